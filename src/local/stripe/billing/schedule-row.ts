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

export function blankSchedule(draft: Draft, customer: string): ScheduleRow {
  const { at, clock } = timeFor(draft, customer);
  return {
    id: draft.newId("subscription_schedule"),
    object: "subscription_schedule",
    application: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible" },
    canceled_at: null,
    completed_at: null,
    created: at,
    current_phase: null,
    customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      billing_cycle_anchor: "automatic",
      billing_thresholds: null,
      collection_method: "charge_automatically",
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: "self" },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: "release",
    livemode: false,
    metadata: {},
    pause_schedules: [],
    phases: [],
    released_at: null,
    released_subscription: null,
    status: "not_started",
    subscription: null,
    test_clock: clock,
    ours: { phase: -1 },
  };
}
