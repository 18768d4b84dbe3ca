import { DAY, HOUR } from "../base/durations";
import type { Dispute, Fact, OrderState, SourceFacts, SubscriptionState } from "./fact";
import type { GrantLife } from "./grant";
import type { Policy } from "./policy";
import { type AccessReason, reasonRank } from "./reasons";

/** What an item in Stripe means for access now: how its grant lives, apart from when it began. */
export type Life = Omit<GrantLife, "startsAt"> & { cancelAtPeriodEnd: boolean };

/** How long a purchase of this link lasts, if it does not last for ever. */
export interface Term {
  accessDurationDays: number | null;
  accessEndsAt: Date | null;
}

/** Stripe is given this long to say whether an announced end has come. */
const SLACK = HOUR;

/** The table of what gives access, and for how long. It is the law of this room: see the tests of the same name. */
export function planLife(source: SourceFacts, fact: Fact, term: Term, policy: Policy): Life {
  const { state } = source;
  const life =
    state.kind === "SUBSCRIPTION"
      ? lifeOfSubscription(state, fact, source.observedAt, policy)
      : lifeOfOrder(state, fact, source, term, policy);
  return disputed(life, state.disputes, policy);
}

function lifeOfSubscription(state: SubscriptionState, fact: Fact, observedAt: Date, policy: Policy): Life {
  const end = scheduledEnd(state, fact);
  const life = byStatus(state, end, observedAt, policy);
  const isSuspended = state.collectionPaused && policy.pausedCollectionSuspends && allows(life);
  return { ...(isSuspended ? none("PAUSED") : life), cancelAtPeriodEnd: end !== null };
}

function byStatus(state: SubscriptionState, end: Date | null, observedAt: Date, policy: Policy): Life {
  switch (state.status) {
    case "trialing":
      return end && !(state.trialEndsAt && state.trialEndsAt < end)
        ? until("TRIAL", end, "CANCELLED", observedAt)
        : until("TRIAL", state.onTestClock ? null : state.trialEndsAt, null, observedAt);
    case "active":
      return until("SUBSCRIPTION", end, "CANCELLED", observedAt);
    case "past_due":
      return inGrace(state, end, observedAt, policy);
    case "incomplete":
      return none("PAYMENT_PENDING");
    case "incomplete_expired":
      return { ...none("PAYMENT_FAILED"), endedAt: state.endedAt ?? observedAt, endReason: "PAYMENT_FAILED" };
    case "unpaid":
      return none("PAYMENT_FAILED");
    case "paused":
      return none("PAUSED");
    case "canceled":
      return over("SUBSCRIPTION", state.endedAt ?? state.canceledAt ?? observedAt, "CANCELLED");
    default:
      // A word of Stripe's that this build has never heard of opens nothing.
      return none("NO_GRANT");
  }
}

/** The portal sets `cancel_at`; the API sets the flag, and then the end is the item's own. Both may be there. */
function scheduledEnd({ cancelAt, cancelAtPeriodEnd, onTestClock }: SubscriptionState, fact: Fact): Date | null {
  if (onTestClock) return null;
  const ends = [cancelAt, cancelAtPeriodEnd ? fact.periodEndsAt : null].filter((end) => end !== null);
  return ends.reduce<Date | null>((first, end) => (first === null || end < first ? end : first), null);
}

/** One grace for a run of unpaid invoices, counted from the first failure. Only facts of older versions may lack it. */
function inGrace(state: SubscriptionState, end: Date | null, observedAt: Date, policy: Policy): Life {
  const graceEnd = new Date((state.unpaid?.sinceAt ?? observedAt).getTime() + policy.pastDueGraceDays * DAY);
  const isCancelledFirst = end !== null && end < graceEnd;
  return {
    ...none("GRACE_PERIOD"),
    endsAt: isCancelledFirst ? end : graceEnd,
    endReason: isCancelledFirst ? "CANCELLED" : "PAYMENT_FAILED",
  };
}

function lifeOfOrder(state: OrderState, fact: Fact, source: SourceFacts, term: Term, policy: Policy): Life {
  if (state.payment === "PENDING") return none("PAYMENT_PENDING");
  if (state.payment === "FAILED") {
    return {
      ...none("PAYMENT_FAILED"),
      endedAt: state.failedAt ?? source.observedAt,
      endReason: "PAYMENT_FAILED",
    };
  }
  const bought = { ...none("PURCHASE"), endsAt: endOfTerm(term, state.paidAt ?? source.boughtAt) };
  const refundedAt = endByRefund(state, fact, source, policy);
  return refundedAt ? { ...bought, endedAt: refundedAt, endReason: "REFUNDED" } : bought;
}

function endOfTerm({ accessDurationDays, accessEndsAt }: Term, from: Date): Date | null {
  return accessDurationDays === null ? accessEndsAt : new Date(from.getTime() + accessDurationDays * DAY);
}

/** Only refunds that have moved money count, and only all of them together. */
function endByRefund(state: OrderState, fact: Fact, source: SourceFacts, policy: Policy): Date | null {
  const moved = state.refunds.filter((refund) => refund.status === "succeeded");
  const amount = moved.reduce((sum, refund) => sum + refund.amount, 0);
  const isFull = amount > 0 && amount >= state.amount;
  const isPartial = amount > 0 && !isFull;
  const ends =
    ((isFull || fact.credited) && policy.fullRefundEndsAccess) || (isPartial && policy.partialRefundEndsAccess);
  if (!ends) return null;
  const moments = [...moved.map(({ createdAt }) => createdAt), ...(fact.creditedAt ? [fact.creditedAt] : [])];
  // Facts of older versions do not say when a line was credited.
  return moments.length > 0 ? new Date(Math.max(...moments.map(Number))) : source.observedAt;
}

// An inquiry (`warning_…`) has moved no money, and a prevented dispute none either.
const HARMLESS = /^(warning_.*|prevented|won)$/;

/** A payment that is being taken back. `won` restores, `lost` ends, and a word that nobody knows is treated as open. */
function disputed(life: Life, disputes: readonly Dispute[], policy: Policy): Life {
  if (!allows(life)) return life;
  const lost = disputes.find((dispute) => dispute.status === "lost");
  if (lost) return { ...life, endedAt: lost.createdAt, endReason: "DISPUTED" };
  const open = disputes.find((dispute) => !HARMLESS.test(dispute.status));
  if (!open || policy.disputeOpened === "KEEP") return life;
  if (policy.disputeOpened === "SUSPEND") return { ...life, reason: "DISPUTED" };
  return { ...life, endedAt: open.createdAt, endReason: "DISPUTED" };
}

function allows(life: Life): boolean {
  return reasonRank.includes(life.reason) && life.endedAt === null;
}

function none(reason: AccessReason): Life {
  return { reason, endsAt: null, closesAt: null, endedAt: null, endReason: null, cancelAtPeriodEnd: false };
}

/** Until an announced end. If Stripe still says the same after it, Stripe is believed, and asked again. */
function until(reason: AccessReason, end: Date | null, endReason: AccessReason | null, observedAt: Date): Life {
  if (end === null) return none(reason);
  const spoken = observedAt > end ? observedAt : end;
  return { ...none(reason), endsAt: end, closesAt: new Date(spoken.getTime() + SLACK), endReason };
}

function over(reason: AccessReason, endedAt: Date, endReason: AccessReason): Life {
  return { ...none(reason), endedAt, endReason };
}
