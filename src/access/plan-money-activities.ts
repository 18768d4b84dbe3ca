import type { ActivityLine } from "../activities/record-activities";
import type { OrderState, Refund, SourceFacts } from "./fact";

/** A line about one subscription or order, before its user and its source are added. */
export type Line = Pick<ActivityLine, "type" | "customType" | "at" | "message" | "actor"> & {
  /** About every product of the source: each product has a line of its own. */
  isOfEach?: boolean;
  /** Names the fact within its source: whatever is delivered how often, it is written once. */
  once: string;
  productId?: string;
  data?: Record<string, unknown>;
};

/** The lines about the payment of an order and its refunds, one for each product of the order. */
export function linesOfOrder(after: SourceFacts, state: OrderState): Line[] {
  const lines: Line[] = [];
  if (state.payment === "PENDING") {
    const message = "The payment was begun and has not arrived.";
    const at = after.boughtAt;
    lines.push({ type: "PAYMENT_PENDING", at, actor: "CUSTOMER", isOfEach: true, once: "pending", message });
  }
  if (state.payment === "FAILED") {
    const at = state.failedAt ?? after.observedAt;
    const [once, message] = ["payment failed", "The payment failed."];
    lines.push({ type: "PAYMENT_FAILED", at, actor: "STRIPE", isOfEach: true, once, message });
  }
  return [...lines, ...linesOfRefunds(state), ...linesOfFailedRefunds(state, after)];
}

/** In the order in which they were made: the one that completes the sum says so. */
function linesOfRefunds({ refunds, amount }: OrderState): Line[] {
  const moved = inOrder(refunds.filter((each) => each.status === "succeeded"));
  let total = 0;
  return moved.map((refund) => {
    const isFirst = total === 0;
    total += refund.amount;
    const isComplete = total >= amount;
    return {
      type: "PURCHASE_REFUNDED",
      at: refund.createdAt,
      actor: "ADMIN",
      isOfEach: true,
      once: `refunded ${refund.id}`,
      message: isComplete
        ? isFirst
          ? "The purchase was refunded."
          : "The rest of the purchase was refunded."
        : "A part of the purchase was refunded.",
      data: { refund: refund.id, amount: refund.amount, refundedTotal: total, isComplete },
    };
  });
}

/** A refund may fail days after it succeeded: the money stays with the seller, and access comes back. */
function linesOfFailedRefunds({ refunds }: OrderState, { observedAt }: SourceFacts): Line[] {
  const failed = refunds.filter(({ status }) => status === "failed" || status === "canceled");
  return failed.map(({ id, amount, status }) => ({
    type: "CUSTOM",
    customType: "refund.failed",
    at: observedAt,
    actor: "STRIPE",
    isOfEach: true,
    once: `refund failed ${id}`,
    message: status === "failed" ? "A refund failed." : "A refund was cancelled.",
    data: { refund: id, amount },
  }));
}

// Stripe lists the newest first, which is all that tells two refunds of one second apart.
function inOrder(refunds: readonly Refund[]): Refund[] {
  return refunds.toReversed().sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
}

const INQUIRY = /^(warning_.*|prevented)$/;

/** Plans the lines about disputes, of orders and of invoices of subscriptions. Each product has its own lines. */
export function linesOfDisputes({ state, observedAt }: SourceFacts): Line[] {
  return state.disputes
    .filter((dispute) => !INQUIRY.test(dispute.status))
    .flatMap((dispute): Line[] => {
      const data = { dispute: dispute.id };
      const once = `dispute opened ${dispute.id}`;
      const message = "The payment was disputed.";
      const at = dispute.createdAt;
      const opened: Line = { type: "DISPUTE_OPENED", at, actor: "CUSTOMER", isOfEach: true, once, message, data };
      if (dispute.status !== "won" && dispute.status !== "lost") return [opened];
      const closed: Line = {
        type: "DISPUTE_CLOSED",
        at: observedAt,
        actor: "STRIPE",
        isOfEach: true,
        once: `dispute closed ${dispute.id}`,
        message: dispute.status === "won" ? "The dispute was won." : "The dispute was lost.",
        data: { ...data, status: dispute.status },
      };
      return [opened, closed];
    });
}
