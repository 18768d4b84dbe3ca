import type { ActivityLine } from "../activities/record-activities";
import type { Actor, Origin } from "../activities/activity-types";
import { MINUTE } from "../base/durations";
import type { SourceFacts, SubscriptionState } from "./fact";
import { mayAllow } from "./grant";
import type { PlannedGrant } from "./plan-grants";
import { type Line, linesOfDisputes, linesOfOrder } from "./plan-money-activities";

/** What happened to one subscription or order, as far as it opens anything. */
export interface Story {
  /** As it was held until now; null: it was never seen. */
  before: SourceFacts | null;
  after: SourceFacts;
  userId: string;
  /** Its grants as they are now. */
  grants: readonly PlannedGrant[];
  origin: Origin;
}

/** The lines that the journal should have. Those that it has already are left out when they are written. */
export function planActivities(story: Story): ActivityLine[] {
  const { after, grants } = story;
  const [first] = grants;
  // What opens nothing of ours is nobody's business here.
  if (!first) return [];
  const { state } = after;
  const lines = [
    ...linesOfPurchase(after, grants),
    ...(state.kind === "SUBSCRIPTION" ? linesOfSubscription(story, state) : linesOfOrder(after, state)),
    ...linesOfDisputes(after),
  ];
  const products = [...new Set(grants.map(({ productId }) => productId))];
  return lines.flatMap(({ isOfEach, ...line }) =>
    isOfEach
      ? products.map((productId) => toLine(story, { ...line, productId, once: `${line.once} ${productId}` }))
      : toLine(story, { productId: first.productId, ...line }),
  );
}

function toLine({ after, userId, grants, origin }: Story, { once, data, ...line }: Line): ActivityLine {
  return {
    ...line,
    mode: after.mode,
    userId,
    origin,
    stripeObject: after.source,
    data: { ...data, ...(grants.length > 1 ? { products: grants.length } : {}) },
    onceKey: `${after.connectionId} ${after.source} ${once}`,
  };
}

/** One line for each item that was ever paid for; a renewal writes none. */
function linesOfPurchase(after: SourceFacts, grants: readonly PlannedGrant[]): Line[] {
  return grants.filter(mayAllow).flatMap((grant): Line[] => {
    const fact = after.items.find((item) => item.item === grant.stripeItem);
    if (!fact) return [];
    const isFromTheStart = fact.sinceAt.getTime() - after.boughtAt.getTime() < MINUTE;
    const at = isFromTheStart ? after.boughtAt : fact.sinceAt;
    const { price, amount = null, currency = null } = fact;
    const data = { price, amount, currency };
    const common = { productId: grant.productId, actor: "CUSTOMER", data } as const;
    const bought: Line = {
      ...common,
      type: "PRODUCT_PURCHASED",
      at,
      once: `purchased ${grant.stripeItem}`,
      message: "The product was bought.",
    };
    if (after.state.kind !== "SUBSCRIPTION") return [bought];
    const started = "SUBSCRIPTION_STARTED" as const;
    const once = `started ${grant.stripeItem}`;
    return [bought, { ...common, type: started, at, once, message: "The subscription began." }];
  });
}

function linesOfSubscription({ before, after }: Story, state: SubscriptionState): Line[] {
  const earlier = before?.state.kind === "SUBSCRIPTION" ? before.state : null;
  return [
    ...linesOfPayments(state),
    ...linesOfCancellation(state, after),
    ...(earlier && before ? linesOfChange({ earlier, before }, state, after) : []),
    ...(state.status === "canceled"
      ? [
          {
            type: "SUBSCRIPTION_ENDED",
            at: state.endedAt ?? after.observedAt,
            actor: "STRIPE",
            once: "ended",
            message: "The subscription is over.",
          } as const,
        ]
      : []),
  ];
}

function linesOfPayments({ latestInvoice, unpaid }: SubscriptionState): Line[] {
  const lines: Line[] = [];
  if (latestInvoice?.billingReason === "subscription_cycle" && latestInvoice.paidAt) {
    const once = `renewed ${latestInvoice.id}`;
    const message = "The subscription was renewed.";
    lines.push({ type: "SUBSCRIPTION_RENEWED", at: latestInvoice.paidAt, actor: "STRIPE", once, message });
  }
  for (const { id, failedAt } of unpaid?.invoices ?? []) {
    const once = `payment failed ${id}`;
    const message = "An invoice was not paid in time.";
    lines.push({ type: "PAYMENT_FAILED", at: failedAt, actor: "STRIPE", once, message, data: { invoice: id } });
  }
  return lines;
}

/** Written when it is made. An end that Stripe made of a failed payment or a dispute was made by nobody else. */
function linesOfCancellation(state: SubscriptionState, after: SourceFacts): Line[] {
  const isMade = state.cancelAt !== null || state.cancelAtPeriodEnd || state.status === "canceled";
  if (!isMade) return [];
  const madeAt = state.canceledAt ?? state.endedAt ?? state.cancelAt;
  return [
    {
      type: "SUBSCRIPTION_CANCELLED",
      at: state.canceledAt ?? after.observedAt,
      actor: whoCancelled(state, after),
      once: `cancelled ${madeAt?.toISOString() ?? ""}`,
      message: "The subscription was cancelled.",
      data: { endsAt: endOf(state, after) },
    },
  ];
}

/** When it is over, or was: as announced by `cancel_at`, or at the end of the last period of its items. */
function endOf(state: SubscriptionState, { items, observedAt }: SourceFacts): Date {
  if (state.endedAt) return state.endedAt;
  const periods = items.flatMap(({ periodEndsAt }) => periodEndsAt?.getTime() ?? []);
  const lastPeriod = state.cancelAtPeriodEnd && periods.length > 0 ? new Date(Math.max(...periods)) : null;
  const [first] = [state.cancelAt, lastPeriod].filter((end) => end !== null).sort((a, b) => a.getTime() - b.getTime());
  return first ?? state.canceledAt ?? observedAt;
}

function whoCancelled(state: SubscriptionState, after: SourceFacts): Actor {
  const { reason } = state.cancellation;
  if (reason !== null && reason !== "cancellation_requested") return "STRIPE";
  return isFromPortal(state, after) ? "CUSTOMER" : "ADMIN";
}

/**
 * The portal asks why, and sets `cancel_at` to the end of a period without the flag. An administrator or a server sets the
 * flag, names another moment, or ends it at once.
 */
function isFromPortal({ cancellation, cancelAt, cancelAtPeriodEnd, trialEndsAt }: SubscriptionState, of: SourceFacts) {
  if (cancellation.feedback !== null) return true;
  if (cancelAt === null || cancelAtPeriodEnd) return false;
  const ends = [trialEndsAt, ...of.items.map(({ periodEndsAt }) => periodEndsAt)];
  return ends.some((end) => end?.getTime() === cancelAt.getTime());
}

const GOES_ON: ReadonlySet<string> = new Set(["active", "trialing", "past_due", "unpaid"]);

/** What can be seen only by comparing two looks: it happened between them. */
function linesOfChange(
  { earlier, before }: { earlier: SubscriptionState; before: SourceFacts },
  state: SubscriptionState,
  after: SourceFacts,
): Line[] {
  const at = after.observedAt;
  const goesOn = GOES_ON.has(state.status);
  const wasScheduled = earlier.cancelAt !== null || earlier.cancelAtPeriodEnd;
  const isScheduled = state.cancelAt !== null || state.cancelAtPeriodEnd;
  const isResumed =
    goesOn &&
    (earlier.status === "paused" ||
      (wasScheduled && !isScheduled) ||
      (earlier.collectionPaused && !state.collectionPaused));
  const lines: Line[] = [];
  if (isResumed) {
    const message = "The subscription goes on.";
    // Who takes back a cancellation is not said by Stripe. In the portal, customers take back what they made there.
    const isTakenBack = wasScheduled && !isScheduled && isFromPortal(earlier, before);
    const actor = isTakenBack ? "CUSTOMER" : "ADMIN";
    lines.push({ type: "SUBSCRIPTION_RESUMED", at, actor, once: `resumed ${after.observation}`, message });
  }
  // Whatever else has changed: a plan may be changed and the subscription ended before it is read again.
  if (pricesOf(before) !== pricesOf(after)) {
    const at = changedAt(before, after);
    const data = { before: pricesOf(before), after: pricesOf(after) };
    const once = `changed ${after.observation}`;
    const message = "The plan or the quantity changed.";
    // Stripe does not say who changed a plan. Our portal does not let customers change it.
    lines.push({ type: "SUBSCRIPTION_CHANGED", at, actor: "ADMIN", once, message, data });
  }
  return lines;
}

/** When the last of its items came or was switched; Stripe does not tell when a quantity was changed. */
function changedAt(before: SourceFacts, after: SourceFacts): Date {
  const moments = after.items
    .filter(({ item, price }) => !before.items.some((was) => was.item === item && was.price === price))
    .map(({ sinceAt }) => sinceAt.getTime());
  const last = Math.max(...moments);
  return last > after.boughtAt.getTime() && last <= after.observedAt.getTime() ? new Date(last) : after.observedAt;
}

function pricesOf(source: SourceFacts): string {
  return source.items
    .map((item) => `${item.price} × ${item.quantity}`)
    .sort()
    .join(", ");
}
