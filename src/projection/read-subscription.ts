import type Stripe from "stripe";
import type { Fact, SourceFacts, SubscriptionState, UnpaidRun } from "../access/fact";
import type { Sight, SubscriptionPapers } from "./papers";
import { readDispute } from "./read-payments";
import { readItemSince } from "./read-item-since";
import { buyerOf, idOf, isIgnored, momentOf, wholeOf } from "./read-references";
import { readUnpaidRun } from "./read-unpaid-run";

/** What a subscription means for access. It says what Stripe says, and judges nothing. */
export function readSubscription(papers: SubscriptionPapers, sight: Sight): SourceFacts {
  const { subscription, items, sessions } = papers;
  return {
    ...sight,
    source: subscription.id,
    customer: idOf(subscription.customer),
    buyer: readBuyer(papers),
    sessions: sessions.map(({ id }) => id).sort(),
    ignored: isIgnored(subscription) || sessions.some(isIgnored),
    boughtAt: momentOf(subscription.created),
    state: readState(papers, sight.observedAt),
    items: items.map((item) => readItem(item, papers, sight.observedAt)),
  };
}

/** The customer's address, else the one given at checkout. */
function readBuyer({ subscription, sessions }: SubscriptionPapers): SourceFacts["buyer"] {
  const { email, name } = buyerOf(subscription.customer);
  const given = sessions.find((session) => session.customer_details?.email)?.customer_details;
  return { email: email ?? given?.email ?? null, name: name ?? given?.name ?? null };
}

function readItem(item: Stripe.SubscriptionItem, { prices }: SubscriptionPapers, observedAt: Date): Fact {
  return {
    item: item.id,
    stripeProduct: idOf(item.price.product) ?? "",
    price: item.price.id,
    // Metered usage has no quantity.
    quantity: item.quantity ?? 1,
    sinceAt: readItemSince(item, prices, observedAt),
    // Items of one subscription may have periods of their own.
    periodEndsAt: momentOf(item.current_period_end ?? null),
    credited: false,
    amount: amountOf(item),
    currency: item.price.currency,
  };
}

/** Null for metered usage and for tiers: their price is known when the invoice is. */
function amountOf({ price, quantity }: Stripe.SubscriptionItem): number | null {
  if (price.unit_amount === null || price.recurring?.usage_type === "metered") return null;
  return price.unit_amount * (quantity ?? 1);
}

function readState({ subscription, disputes, unpaid }: SubscriptionPapers, observedAt: Date): SubscriptionState {
  return {
    kind: "SUBSCRIPTION",
    status: subscription.status,
    trialEndsAt: momentOf(subscription.trial_end),
    cancelAt: momentOf(subscription.cancel_at),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    canceledAt: momentOf(subscription.canceled_at),
    endedAt: momentOf(subscription.ended_at),
    cancellation: {
      reason: subscription.cancellation_details?.reason ?? null,
      feedback: subscription.cancellation_details?.feedback ?? null,
    },
    collectionPaused: subscription.pause_collection !== null,
    unpaid: unpaid && (readUnpaidRun(unpaid, observedAt) ?? runOfPeriod(subscription)),
    latestInvoice: latestOf(subscription),
    disputes: disputes.map(readDispute),
    onTestClock: subscription.test_clock !== null,
    comingChange: comingChange(subscription),
  };
}

/** A payment is missing that should have been made. */
export function isBehind(status: string): boolean {
  return status === "past_due" || status === "unpaid";
}

/** Stripe says that a payment is missing and shows no invoice: it is one of the period, whenever that is read. */
function runOfPeriod({ items, created }: Stripe.Subscription): UnpaidRun {
  const starts = items.data.map((item) => item.current_period_start);
  return { sinceAt: momentOf(Math.max(created, ...starts)), paidAt: null, invoices: [] };
}

function latestOf({ latest_invoice: latest }: Stripe.Subscription): SubscriptionState["latestInvoice"] {
  const id = idOf(latest);
  if (id === null) return null;
  const whole = wholeOf(latest);
  const paidAt = whole?.status === "paid" ? momentOf(whole.status_transitions.paid_at) : null;
  return {
    id,
    billingReason: whole?.billing_reason ?? null,
    paidAt,
    ...(whole ? { isAboveZero: whole.total > 0 } : {}),
  };
}

/** What waits for its payment, or for its phase. Neither gives anything before it is in force. */
function comingChange({ pending_update: pending, schedule }: Stripe.Subscription): SubscriptionState["comingChange"] {
  const waiting = pending?.subscription_items ?? null;
  if (waiting) return { startsAt: null, prices: waiting.map(({ price }) => price.id) };
  const plan = wholeOf(schedule);
  const end = plan?.current_phase?.end_date;
  const next = plan && end ? plan.phases.find(({ start_date: start }) => start >= end) : undefined;
  if (!next) return null;
  return { startsAt: momentOf(next.start_date), prices: next.items.map(({ price }) => idOf(price) ?? "") };
}
