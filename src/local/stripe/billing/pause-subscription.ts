import { type Draft, timeFor } from "../draft";
import { setTimers, syncItems, tellChange } from "./change-subscription";
import { cycleOf, periodEnd } from "./period";
import { itemsOf, type SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";

export type PauseReason =
  "trial_end_without_payment_method" | "pause_requested" | "first_payment_failure" | "final_payment_failure" | "system";

/** Nothing is billed and no period begins until it is resumed. */
export function pauseNow(draft: Draft, id: string, reason: PauseReason): SubscriptionRow {
  const row = draft.get("subscription", id);
  const before = draft.render(row);
  const transitioned_at = timeFor(draft, row.customer).at;
  const paused = draft.put<SubscriptionRow>({
    ...row,
    status: "paused",
    status_details: { paused: { subscription: { type: reason }, transitioned_at, type: "subscription" } },
  });
  setTimers(draft, paused);
  tellChange(draft, paused, before);
  tell(draft, "customer.subscription.paused", paused);
  return paused;
}

/** Back into service. With `restart`, a new period begins now; else the one that time has reached goes on. */
export function resumeNow(
  draft: Draft,
  id: string,
  { restart, status = "active" }: { restart: boolean; status?: "active" | "past_due" },
): SubscriptionRow {
  const row = draft.get("subscription", id);
  const before = draft.render(row);
  const { status_details: _paused, ...lasting } = row;
  draft.put<SubscriptionRow>({ ...lasting, status, ours: { ...row.ours, resumption: null } });
  if (restart) restartPeriods(draft, id);
  const resumed = draft.get("subscription", id);
  setTimers(draft, resumed);
  tellChange(draft, resumed, before);
  tell(draft, "customer.subscription.resumed", resumed);
  return resumed;
}

/** The billing cycle begins anew: every item's period starts now. */
export function restartPeriods(draft: Draft, id: string): SubscriptionRow {
  const row = draft.get("subscription", id);
  const { at } = timeFor(draft, row.customer);
  draft.put({ ...row, billing_cycle_anchor: at });
  for (const item of itemsOf(draft, id)) {
    const end = periodEnd(at, at, cycleOf(draft.get("price", item.price)));
    draft.put({ ...item, current_period_start: at, current_period_end: end });
  }
  return syncItems(draft, id);
}
