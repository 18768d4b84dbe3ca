import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import type { Stored } from "../stored";
import { tell } from "./tell";

/** not_started -> active -> completed | released | canceled. Its phases change the subscription as time passes. */
export type ScheduleRow = Stored<Stripe.SubscriptionSchedule> & {
  ours: {
    /** The place of the phase that is in force, -1 before the first. */
    phase: number;
  };
};
export type Phase = ScheduleRow["phases"][number];

export const DONE: ReadonlySet<string> = new Set(["canceled", "completed", "released"]);

/** Its subscription has ended, so there is nothing left to change. */
export function dropSchedule(draft: Draft, id: string, how: "aborted" | "canceled"): void {
  const row = draft.find("subscription_schedule", id);
  if (!row || DONE.has(row.status)) return;
  const canceled = closeSchedule(draft, row, { status: "canceled", canceled_at: timeFor(draft, row.customer).at });
  tell(draft, `subscription_schedule.${how}`, canceled);
}

export function closeSchedule(draft: Draft, row: ScheduleRow, patch: Partial<ScheduleRow>): ScheduleRow {
  for (const what of ["start", "phase", "expiring"]) {
    draft.cancelTimer({ kind: "subscription_schedule", id: row.id, what });
  }
  return draft.put({ ...row, current_phase: null, ...patch });
}
