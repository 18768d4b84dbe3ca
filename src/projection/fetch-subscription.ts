import type Stripe from "stripe";
import { fetchPaymentsOf } from "./fetch-payments";
import { fetchSessionsOf } from "./fetch-sessions";
import { type Desk, PAGE, toTheEnd } from "./open-desk";
import type { SubscriptionPapers } from "./papers";
import { idOf, wholeOf } from "./read-references";

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
  // Somebody may be waiting to be let in, and neither answer needs the other.
  const [sessions, disputes] = await Promise.all([
    fetchSessionsOf(desk, { subscription: id }),
    fetchDisputesOf(desk, subscription),
  ]);
  return { subscription, items, sessions, disputes, failure: await fetchFailure(desk, subscription) };
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

async function fetchFailure(desk: Desk, { id, status }: Stripe.Subscription): Promise<SubscriptionPapers["failure"]> {
  if (status !== "past_due" && status !== "unpaid") return null;
  const open = (await fetchOpenInvoices(desk, id)).filter((each) => each.attempted && each.attempt_count > 0);
  const oldest = open.sort((a, b) => a.created - b.created)[0];
  if (!oldest) return null;
  const tries: Stripe.Charge[] = [];
  for (const { intent } of await fetchPaymentsOf(desk, oldest.id)) {
    if (intent) tries.push(...(await fetchChargesOf(desk, intent.id)));
  }
  return { invoice: oldest, tries };
}

async function fetchOpenInvoices(desk: Desk, subscription: string): Promise<Stripe.Invoice[]> {
  const question = `invoices of ${subscription}`;
  if (!desk.has(question)) {
    return desk.all((stripe) => stripe.invoices.list({ subscription, status: "open", limit: PAGE }));
  }
  const known = await desk.once<Stripe.Invoice[]>(question, () => Promise.resolve([]));
  return known.filter((invoice) => invoice.status === "open");
}

function fetchChargesOf(desk: Desk, intent: string): Promise<Stripe.Charge[]> {
  return desk.once(`charges of ${intent}`, () =>
    desk.all((stripe) => stripe.charges.list({ payment_intent: intent, limit: PAGE })),
  );
}

/** The schedule's own events name the schedule. */
export async function findSubscriptionOfSchedule(desk: Desk, id: string): Promise<string | null> {
  const schedule = await desk.find(id, (stripe) => stripe.subscriptionSchedules.retrieve(id));
  return idOf(schedule?.subscription) ?? schedule?.released_subscription ?? null;
}
