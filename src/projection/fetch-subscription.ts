import type Stripe from "stripe";
import { fetchLines } from "./fetch-invoice";
import { fetchChargesOfInvoice, fetchPaymentsOf } from "./fetch-payments";
import { fetchSessionsOf } from "./fetch-sessions";
import { type Desk, PAGE, toTheEnd } from "./open-desk";
import type { SubscriptionPapers, UnpaidPapers } from "./papers";
import { isSwitchedSince } from "./read-item-since";
import { idOf, wholeOf } from "./read-references";
import { isBehind } from "./read-subscription";
import { mayHaveFailed } from "./read-unpaid-run";

const WITH = ["customer", "latest_invoice", "schedule"];

export function fetchSubscription(desk: Desk, id: string): Promise<Stripe.Subscription | null> {
  return desk.once(`subscription ${id}`, () =>
    desk.find(id, (stripe) => stripe.subscriptions.retrieve(id, { expand: WITH })),
  );
}

export async function fetchSubscriptionPapers(
  desk: Desk,
  subscription: Stripe.Subscription,
): Promise<SubscriptionPapers> {
  const { id } = subscription;
  const items = await toTheEnd(desk, subscription.items, (stripe, page) =>
    stripe.subscriptionItems.list({ subscription: id, ...page }),
  );
  const unpaid = await fetchUnpaid(desk, subscription);
  // Somebody may be waiting to be let in, and no answer needs the other.
  const [sessions, disputes, lines] = await Promise.all([
    fetchSessionsOf(desk, { subscription: id }),
    fetchDisputesOf(desk, subscription),
    fetchLinesOfLatest(desk, subscription),
  ]);
  const waiting = isSwitchedSince(items, lines) ? await fetchWaiting(desk, subscription) : [];
  return { subscription, items, sessions, disputes, unpaid, prices: { lines, waiting } };
}

/** Those of the payment of its latest paid invoice: what was paid for longer ago is over. */
async function fetchDisputesOf(desk: Desk, subscription: Stripe.Subscription): Promise<Stripe.Dispute[]> {
  const latest = wholeOf(subscription.latest_invoice);
  const paid = latest?.status === "paid" ? latest : await fetchLatestPaid(desk, subscription);
  if (!paid || paid.amount_paid === 0) return [];
  return (await fetchPaymentsOf(desk, paid.id)).flatMap(({ disputes }) => disputes);
}

async function fetchLatestPaid(desk: Desk, { id, status }: Stripe.Subscription): Promise<Stripe.Invoice | undefined> {
  // It never got as far as being paid.
  if (status === "incomplete" || status === "incomplete_expired") return undefined;
  const question = `invoices of ${id}`;
  if (!desk.has(question)) {
    const { data } = await desk.ask((stripe) => stripe.invoices.list({ subscription: id, status: "paid", limit: 1 }));
    return data[0];
  }
  const known = await desk.once<Stripe.Invoice[]>(question, () => Promise.resolve([]));
  return known.find((invoice) => invoice.status === "paid");
}

/** All invoices of the subscription: where the run of unpaid ones began is found out from the paid and voided ones too. */
async function fetchUnpaid(desk: Desk, { id, status }: Stripe.Subscription): Promise<UnpaidPapers | null> {
  if (!isBehind(status)) return null;
  const invoices = await desk.once(`invoices of ${id}`, () =>
    desk.all((stripe) => stripe.invoices.list({ subscription: id, limit: PAGE })),
  );
  const charges = new Map<string, Stripe.Charge[]>();
  for (const invoice of invoices) {
    if (mayHaveFailed(invoice, invoices)) charges.set(invoice.id, await fetchChargesOfInvoice(desk, invoice));
  }
  return { invoices, charges };
}

async function fetchLinesOfLatest(desk: Desk, subscription: Stripe.Subscription): Promise<Stripe.InvoiceLineItem[]> {
  const latest = wholeOf(subscription.latest_invoice);
  return latest ? fetchLines(desk, latest) : [];
}

/** A change of price that is not on an invoice yet stands among what waits for the next one. */
async function fetchWaiting(desk: Desk, { customer }: Stripe.Subscription): Promise<Stripe.InvoiceItem[]> {
  const id = idOf(customer);
  if (id === null) return [];
  return desk.once(`waiting for ${id}`, () =>
    desk.all((stripe) => stripe.invoiceItems.list({ customer: id, pending: true, limit: PAGE })),
  );
}

/** The schedule's own events name the schedule. */
export async function findSubscriptionOfSchedule(desk: Desk, id: string): Promise<string | null> {
  const schedule = await desk.find(id, (stripe) => stripe.subscriptionSchedules.retrieve(id));
  return idOf(schedule?.subscription) ?? schedule?.released_subscription ?? null;
}
