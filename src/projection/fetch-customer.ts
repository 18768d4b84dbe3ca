import type Stripe from "stripe";
import { subscriptionOf } from "./fetch-invoice";
import { fetchPayment, intentsOf } from "./fetch-payments";
import { fetchSessionsOf } from "./fetch-sessions";
import { type Desk, PAGE } from "./open-desk";
import type { Payment } from "./papers";
import { idOf, wholeOf } from "./read-references";

/** Everything of one customer, list by list, so that each of it need not be asked for. */
export interface CustomerPapers {
  customer: Stripe.Customer | Stripe.DeletedCustomer | null;
  subscriptions: Stripe.Subscription[];
  invoices: Stripe.Invoice[];
  sessions: Stripe.Checkout.Session[];
}

/** Reads the lists of a customer to their ends and lays them on the desk. */
export async function fetchCustomerPapers(desk: Desk, customer: string): Promise<CustomerPapers> {
  const found = await desk.find(customer, (stripe) => stripe.customers.retrieve(customer));
  if (!found) return { customer: null, subscriptions: [], invoices: [], sessions: [] };
  const of = { customer, limit: PAGE } as const;
  const subscriptions = await desk.all((stripe) =>
    stripe.subscriptions.list({ ...of, status: "all", expand: ["data.latest_invoice", "data.schedule"] }),
  );
  const sessions = await fetchSessionsOf(desk, { customer });
  const invoices = await desk.all((stripe) => stripe.invoices.list({ ...of, expand: ["data.payments"] }));
  const charges = await desk.all((stripe) => stripe.charges.list({ ...of, expand: ["data.payment_intent"] }));
  for (const each of subscriptions) each.customer = found;
  for (const each of invoices) each.customer = found;
  layOut(desk, { customer: found, subscriptions, invoices, sessions });
  await layPayments(desk, invoices, charges);
  return { customer: found, subscriptions, invoices, sessions };
}

function layOut(desk: Desk, { subscriptions, invoices, sessions }: CustomerPapers): void {
  for (const each of invoices) desk.lay(`invoice ${each.id}`, each);
  for (const each of subscriptions) {
    const { id } = each;
    desk.lay(`subscription ${id}`, each);
    desk.lay(
      `sessions of ${id}`,
      sessions.filter((session) => idOf(session.subscription) === id),
    );
    desk.lay(
      `invoices of ${id}`,
      invoices.filter((invoice) => subscriptionOf(invoice) === id),
    );
  }
  const intents = new Set(sessions.flatMap((session) => idOf(session.payment_intent) ?? []));
  for (const intent of intents) {
    desk.lay(
      `sessions of ${intent}`,
      sessions.filter((session) => idOf(session.payment_intent) === intent),
    );
  }
}

/** Each payment with its last charge, which says whether there is more to ask. */
async function layPayments(
  desk: Desk,
  invoices: readonly Stripe.Invoice[],
  charges: readonly Stripe.Charge[],
): Promise<void> {
  const byIntent = new Map<string, Stripe.Charge[]>();
  for (const charge of charges) {
    const intent = idOf(charge.payment_intent);
    if (intent !== null) byIntent.set(intent, [...(byIntent.get(intent) ?? []), charge]);
  }
  for (const [intent, tries] of byIntent) desk.lay(`charges of ${intent}`, tries);
  for (const invoice of invoices) {
    const rows = invoice.payments;
    // Unpaid drafts have none; long lists and unusual payments are asked for when they matter.
    if (!rows || rows.has_more) continue;
    desk.lay(`intents of ${invoice.id}`, intentsOf(rows.data));
    const intents = rows.data.flatMap(({ status, payment }) =>
      status === "canceled" ? [] : (idOf(payment.payment_intent) ?? "unusual"),
    );
    if (!intents.every((intent) => byIntent.has(intent))) continue;
    const payments: Payment[] = [];
    for (const intent of intents) payments.push(await paymentOf(desk, byIntent.get(intent) ?? []));
    desk.lay(`payments of ${invoice.id}`, payments);
  }
}

function paymentOf(desk: Desk, tries: readonly Stripe.Charge[]): Promise<Payment> {
  // Newest first: after one that succeeded there is no other.
  const [charge = null] = tries;
  return fetchPayment(desk, wholeOf(charge?.payment_intent), charge);
}
