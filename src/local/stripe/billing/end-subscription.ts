import { type Draft, timeFor } from "../draft";
import { changeSubscription, setTimers } from "./change-subscription";
import { dropSchedule } from "./schedule-row";
import type { SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";

type Reason = "cancellation_requested" | "payment_failed" | "payment_disputed";

/**
 * Ends it now and for ever. `canceled_at` is when somebody asked and stays as it was when they asked earlier; what is
 * still open stays open, and is no longer collected by itself.
 */
export function endSubscription(
  draft: Draft,
  id: string,
  { reason, details = {} }: { reason: Reason; details?: Partial<SubscriptionRow["cancellation_details"]> },
): SubscriptionRow {
  const row = draft.get("subscription", id);
  const { at } = timeFor(draft, row.customer);
  const kept = row.cancellation_details ?? { comment: null, feedback: null, feedback_option: null, reason: null };
  const { status_details: _paused, ...lasting } = row;
  const ended = draft.put<SubscriptionRow>({
    ...lasting,
    status: "canceled",
    ended_at: at,
    canceled_at: row.canceled_at ?? at,
    cancellation_details: { ...kept, ...details, reason: kept.reason ?? reason },
    pending_update: null,
    schedule: null,
    ours: { ...row.ours, pending: null, resumption: null },
  });
  setTimers(draft, ended);
  stopCollecting(draft, id);
  if (ended.ours.told) tell(draft, "customer.subscription.deleted", ended);
  if (row.schedule) dropSchedule(draft, row.schedule, reason === "payment_failed" ? "aborted" : "canceled");
  return ended;
}

/** The first invoice was not paid for 23 hours. This end is an update, not a deletion, and its invoice is voided. */
export function expireSubscription(
  draft: Draft,
  id: string,
  details: Partial<SubscriptionRow["cancellation_details"]> = {},
): SubscriptionRow {
  return changeSubscription(draft, id, (row) => {
    const { at } = timeFor(draft, row.customer);
    const kept = row.cancellation_details ?? { comment: null, feedback: null, feedback_option: null, reason: null };
    return {
      ...row,
      status: "incomplete_expired",
      canceled_at: row.canceled_at ?? at,
      cancellation_details: { ...kept, ...details },
      ended_at: at,
    };
  });
}

function stopCollecting(draft: Draft, subscription: string): void {
  for (const invoice of draft.rows("invoice", { subscription })) {
    if (invoice.status !== "open" && invoice.status !== "draft") continue;
    draft.put({ ...invoice, auto_advance: false, next_payment_attempt: null, automatically_finalizes_at: null });
    for (const what of ["finalize", "retry"]) draft.cancelTimer({ kind: "invoice", id: invoice.id, what });
  }
}
