import { type Draft, timeFor } from "../draft";
import { billPeriods } from "./bill-periods";
import { setTimers, syncItems, tellChange } from "./change-subscription";
import { subscriptionMethod } from "./collect-invoice";
import { endSubscription } from "./end-subscription";
import { pauseNow } from "./pause-subscription";
import { cycleOf, periodEnd } from "./period";
import { ENDED, itemsOf, type SubscriptionItemRow, type SubscriptionRow } from "./subscription-row";

/**
 * A period is over. The next one begins at once and its invoice is a draft for an hour: whether it is paid is found out
 * later, so a subscription whose card fails has moved its period all the same.
 */
export function renewSubscription(draft: Draft, id: string): void {
  const row = draft.find("subscription", id);
  if (!row || ENDED.has(row.status) || row.status === "paused" || row.status === "incomplete") return;
  if (row.status === "trialing") endTrial(draft, row);
  else beginPeriods(draft, row);
}

function endTrial(draft: Draft, row: SubscriptionRow): void {
  const lacksMethod = row.collection_method !== "send_invoice" && subscriptionMethod(draft, row) === null;
  const behavior = row.trial_settings?.end_behavior.missing_payment_method;
  if (lacksMethod && behavior === "cancel") return void endSubscription(draft, row.id, { reason: "payment_failed" });
  if (lacksMethod && behavior === "pause") return void pauseNow(draft, row.id, "trial_end_without_payment_method");
  beginPeriods(draft, row);
}

function beginPeriods(draft: Draft, row: SubscriptionRow): void {
  const { at } = timeFor(draft, row.customer);
  const before = draft.render(row);
  const due = itemsOf(draft, row.id).filter((item) => item.current_period_end <= at);
  const since = Math.min(...due.map((item) => item.current_period_start));
  const begun = due.map((item) => draft.put(nextPeriod(draft, row, item)));
  if (row.status === "trialing") draft.update("subscription", row.id, { status: "active" });
  syncItems(draft, row.id);
  const advances = row.status !== "unpaid" && row.pause_collection?.behavior !== "keep_as_draft";
  billPeriods(draft, row.id, { reason: "subscription_cycle", items: begun, advances, since });
  const renewed = draft.get("subscription", row.id);
  setTimers(draft, renewed);
  tellChange(draft, renewed, before);
}

function nextPeriod(draft: Draft, row: SubscriptionRow, item: SubscriptionItemRow): SubscriptionItemRow {
  const start = item.current_period_end;
  const end = periodEnd(row.billing_cycle_anchor, start, cycleOf(draft.get("price", item.price)));
  return { ...item, current_period_start: start, current_period_end: end };
}
