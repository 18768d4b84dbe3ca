import type { ActivityLine } from "../activities/record-activities";
import type { Actor, Origin } from "../activities/activity-types";
import { MINUTE } from "../base/durations";
import type { OrderState, SourceFacts, SubscriptionState } from "./fact";
import { mayAllow } from "./grant";
import type { PlannedGrant } from "./plan-grants";

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

type Line = Pick<ActivityLine, "type" | "at" | "message" | "actor"> & {
  /** Names the fact within its source: whatever is delivered how often, it is written once. */
  once: string;
  productId?: string;
  data?: Record<string, unknown>;
};

/** The lines that the journal should have. Those that it has already are left out when they are written. */
export function planActivities(story: Story): ActivityLine[] {
  const { after, userId, grants, origin } = story;
  const [first] = grants;
  // What opens nothing of ours is nobody's business here.
  if (!first) return [];
  const { state } = after;
  const lines = [
    ...linesOfPurchase(after, grants),
    ...(state.kind === "SUBSCRIPTION" ? linesOfSubscription(story, state) : linesOfOrder(after, state)),
    ...linesOfDisputes(after),
  ];
  return lines.map(({ once, productId, data, ...line }) => ({
    ...line,
    mode: after.mode,
    userId,
    productId: productId ?? first.productId,
    origin,
    stripeObject: after.source,
    data: { ...data, ...(grants.length > 1 ? { products: grants.length } : {}) },
    onceKey: `${after.connectionId} ${after.source} ${once}`,
  }));
}

/** One line for each item that was ever paid for; a renewal writes none. */
function linesOfPurchase(after: SourceFacts, grants: readonly PlannedGrant[]): Line[] {
  return grants.filter(mayAllow).flatMap((grant): Line[] => {
    const fact = after.items.find((item) => item.item === grant.stripeItem);
    if (!fact) return [];
    const isFromTheStart = fact.sinceAt.getTime() - after.boughtAt.getTime() < MINUTE;
    const at = isFromTheStart ? after.boughtAt : fact.sinceAt;
    const common = { productId: grant.productId, actor: "CUSTOMER", data: { price: fact.price } } as const;
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
      actor: whoCancelled(state),
      once: `cancelled ${madeAt?.toISOString() ?? ""}`,
      message: "The subscription was cancelled.",
      data: { endsAt: state.endedAt ?? state.cancelAt },
    },
  ];
}

/** The portal asks why, and sets `cancel_at`; an administrator or a server sets the flag, or ends it at once. */
function whoCancelled({ cancellation, cancelAt, cancelAtPeriodEnd }: SubscriptionState): Actor {
  if (cancellation.reason !== null && cancellation.reason !== "cancellation_requested") return "STRIPE";
  const isFromPortal = cancellation.feedback !== null || (cancelAt !== null && !cancelAtPeriodEnd);
  return isFromPortal ? "CUSTOMER" : "ADMIN";
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
    lines.push({ type: "SUBSCRIPTION_RESUMED", at, actor: "CUSTOMER", once: `resumed ${after.observation}`, message });
  }
  // Whatever else has changed: a plan may be changed and the subscription ended before it is read again.
  if (pricesOf(before) !== pricesOf(after)) {
    const at = changedAt(before, after);
    const data = { before: pricesOf(before), after: pricesOf(after) };
    const once = `changed ${after.observation}`;
    const message = "The plan or the quantity changed.";
    lines.push({ type: "SUBSCRIPTION_CHANGED", at, actor: "CUSTOMER", once, message, data });
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

function linesOfOrder(after: SourceFacts, state: OrderState): Line[] {
  const lines: Line[] = [];
  if (state.payment === "PENDING") {
    const message = "The payment was begun and has not arrived.";
    lines.push({ type: "PAYMENT_PENDING", at: after.boughtAt, actor: "CUSTOMER", once: "pending", message });
  }
  if (state.payment === "FAILED") {
    const at = state.failedAt ?? after.observedAt;
    lines.push({ type: "PAYMENT_FAILED", at, actor: "STRIPE", once: "payment failed", message: "The payment failed." });
  }
  for (const refund of state.refunds.filter((each) => each.status === "succeeded")) {
    const isFull = refund.amount >= state.amount;
    lines.push({
      type: "PURCHASE_REFUNDED",
      at: refund.createdAt,
      actor: "ADMIN",
      once: `refunded ${refund.id}`,
      message: isFull ? "The purchase was refunded." : "A part of the purchase was refunded.",
      data: { refund: refund.id },
    });
  }
  return lines;
}

const INQUIRY = /^(warning_.*|prevented)$/;

function linesOfDisputes({ state, observedAt }: SourceFacts): Line[] {
  return state.disputes
    .filter((dispute) => !INQUIRY.test(dispute.status))
    .flatMap((dispute): Line[] => {
      const data = { dispute: dispute.id };
      const once = `dispute opened ${dispute.id}`;
      const message = "The payment was disputed.";
      const opened: Line = { type: "DISPUTE_OPENED", at: dispute.createdAt, actor: "CUSTOMER", once, message, data };
      if (dispute.status !== "won" && dispute.status !== "lost") return [opened];
      const closed: Line = {
        type: "DISPUTE_CLOSED",
        at: observedAt,
        actor: "STRIPE",
        once: `dispute closed ${dispute.id}`,
        message: dispute.status === "won" ? "The dispute was won." : "The dispute was lost.",
        data: { ...data, status: dispute.status },
      };
      return [opened, closed];
    });
}
