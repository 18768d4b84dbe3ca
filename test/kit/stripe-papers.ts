import type Stripe from "stripe";
import type { SourceFacts } from "../../src/access/fact";
import type { InvoicePapers, Payment, SessionPapers, Sight, SubscriptionPapers } from "../../src/projection/papers";
import { day } from "./describe-life";

// Objects as Stripe shows them, cut down to what is read. Day 0 is the day of the purchase.

export const SIGHT: Sight = { connectionId: "con", mode: "TEST", observation: 7n, observedAt: day(1) };

/** A day as Stripe writes it. */
export function second(count: number): number {
  return day(count).getTime() / 1000;
}

/** Of an object of Stripe's, what a test says about it. */
type Partly<T extends object> = Partial<Record<keyof T, unknown>>;

function made<T extends object>(plain: object, said: Partly<T>): T {
  return { ...plain, ...said } as T;
}

export function listOf<Row>(data: Row[], has_more = false): Stripe.ApiList<Row> {
  return { object: "list", data, has_more, url: "" };
}

export function aPrice(id: string, product = "prod_course"): Stripe.Price {
  return made<Stripe.Price>({ object: "price", id, product, unit_amount_decimal: "1000" }, {});
}

export function anItem(said: Partly<Stripe.SubscriptionItem> = {}): Stripe.SubscriptionItem {
  const plain = { id: "si_1", object: "subscription_item", quantity: 1, created: second(0) };
  return made(
    { ...plain, current_period_start: second(0), current_period_end: second(30), price: aPrice("price_monthly") },
    said,
  );
}

export function aSubscription(said: Partly<Stripe.Subscription> = {}): Stripe.Subscription {
  const plain = {
    id: "sub_1",
    object: "subscription",
    customer: "cus_1",
    customer_account: null,
    status: "active",
    created: second(0),
    items: listOf([anItem()]),
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    cancellation_details: { reason: null, feedback: null, comment: null },
    latest_invoice: null,
    metadata: {},
    pause_collection: null,
    pending_update: null,
    schedule: null,
    test_clock: null,
    trial_end: null,
  };
  return made(plain, said);
}

export function subscriptionPapers(
  said: Partly<Stripe.Subscription> = {},
  more: Partial<SubscriptionPapers> = {},
): SubscriptionPapers {
  const subscription = aSubscription(said);
  const prices = { lines: [], waiting: [] };
  return { subscription, items: subscription.items.data, sessions: [], disputes: [], unpaid: null, prices, ...more };
}

export function anInvoice(said: Partly<Stripe.Invoice> = {}): Stripe.Invoice {
  const plain = {
    id: "in_1",
    object: "invoice",
    customer: "cus_1",
    customer_email: "ada@example.com",
    customer_name: "Ada",
    status: "paid",
    billing_reason: "manual",
    created: second(0),
    total: 5_000,
    metadata: {},
    parent: null,
  };
  const transitions = { finalized_at: second(0), paid_at: null, voided_at: null, marked_uncollectible_at: null };
  return made({ ...plain, status_transitions: { ...transitions, paid_at: second(0) } }, said);
}

export function transitions(said: Partly<Stripe.Invoice.StatusTransitions>): Stripe.Invoice.StatusTransitions {
  return made({ finalized_at: second(0), paid_at: null, voided_at: null, marked_uncollectible_at: null }, said);
}

/** A line of something that is bought once. */
export function aLine(price: string, said: Partly<Stripe.InvoiceLineItem> = {}): Stripe.InvoiceLineItem {
  const parent = {
    type: "invoice_item_details",
    invoice_item_details: { proration: false, subscription: null },
    subscription_item_details: null,
  };
  const pricing = { type: "price_details", price_details: { price, product: "prod_course" } };
  return made({ id: `il_${price}`, amount: 5_000, quantity: 1, discount_amounts: [], parent, pricing }, said);
}

/** A line for a period of a subscription, or for what a change of one costs. */
export function aPeriod(price: string): Stripe.InvoiceLineItem {
  const details = { proration: false, subscription: "sub_1", subscription_item: "si_1" };
  const parent = { type: "subscription_item_details", subscription_item_details: details, invoice_item_details: null };
  return aLine(price, { parent });
}

export function aProration(price: string): Stripe.InvoiceLineItem {
  const details = { proration: true, subscription: "sub_1" };
  return aLine(price, {
    parent: { type: "invoice_item_details", invoice_item_details: details, subscription_item_details: null },
  });
}

export function aPayment(
  said: {
    intent?: Partly<Stripe.PaymentIntent>;
    charge?: Partly<Stripe.Charge> | null;
    refunds?: { id?: string; amount: number; status?: string | null }[];
    disputes?: string[];
  } = {},
): Payment {
  const intent = made<Stripe.PaymentIntent>(
    { id: "pi_1", status: "succeeded", created: second(0), amount_received: 5_000, canceled_at: null, metadata: {} },
    said.intent ?? {},
  );
  const charge = { id: "ch_1", status: "succeeded", created: second(0), amount_captured: 5_000 };
  return {
    intent,
    charge: said.charge === null ? null : made<Stripe.Charge>(charge, said.charge ?? {}),
    refunds: (said.refunds ?? []).map((refund, at) =>
      made<Stripe.Refund>({ id: `re_${at}`, status: "succeeded", created: second(3) }, refund),
    ),
    disputes: (said.disputes ?? []).map((status, at) =>
      made<Stripe.Dispute>({ id: `du_${at}`, status, created: second(3) }, {}),
    ),
  };
}

export function invoicePapers(said: Partly<Stripe.Invoice> = {}, more: Partial<InvoicePapers> = {}): InvoicePapers {
  return {
    invoice: anInvoice(said),
    lines: [aLine("price_once")],
    payments: [aPayment()],
    sessions: [],
    notes: [],
    wasKnown: false,
    ...more,
  };
}

export function aSession(said: Partly<Stripe.Checkout.Session> = {}): Stripe.Checkout.Session {
  const plain = {
    id: "cs_1",
    object: "checkout.session",
    mode: "payment",
    status: "complete",
    payment_status: "paid",
    created: second(0),
    amount_total: 5_000,
    customer: null,
    customer_details: { email: "ada@example.com", name: "Ada" },
    metadata: {},
  };
  return made(plain, said);
}

export function sessionPapers(
  said: Partly<Stripe.Checkout.Session> = {},
  more: Partial<SessionPapers> = {},
): SessionPapers {
  const lines = [made<Stripe.LineItem>({ id: "li_1", quantity: 1, price: aPrice("price_once") }, {})];
  return { session: aSession(said), lines, payment: aPayment(), ...more };
}

/** The day of a moment, as tables of tests say it. */
export function dayOf(moment: Date | null): string {
  if (moment === null) return "never";
  return `day ${(moment.getTime() - day(0).getTime()) / 86_400_000}`;
}

/** An order in words. */
export function describeOrder(facts: SourceFacts | null): string {
  if (facts?.state.kind !== "ORDER") return "nothing was bought";
  const { payment, paidAt, failedAt, amount, refunds, disputes } = facts.state;
  const when = { PAID: ` on ${dayOf(paidAt)}`, FAILED: ` on ${dayOf(failedAt)}`, PENDING: "" }[payment];
  const back = refunds.map((refund) => `, ${refund.amount} ${refund.status} back`).join("");
  const fought = disputes.map(({ status }) => `, dispute ${status}`).join("");
  const items = facts.items.map(
    ({ price, quantity, credited }) => `${quantity} ${price}${credited ? " (credited)" : ""}`,
  );
  return `${payment} ${amount}${when}${back}${fought}: ${items.join(" and ")}`;
}
