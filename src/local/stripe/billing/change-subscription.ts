import { type Draft, timeFor } from "../draft";
import { syncEntitlements } from "./entitlement";
import { billingSettings } from "./settings";
import { ENDED, itemsOf, type SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";

/** Writes a subscription and tells of it, if anything that can be seen has changed. */
export function changeSubscription(
  draft: Draft,
  id: string,
  change: (row: SubscriptionRow) => SubscriptionRow,
): SubscriptionRow {
  const row = draft.get("subscription", id);
  const before = draft.render(row);
  const changed = draft.put(change(row));
  setTimers(draft, changed);
  return tellChange(draft, changed, before);
}

/** With `always`, even when no field that the event shows has changed: an item beyond the first page did. */
export function tellChange(
  draft: Draft,
  row: SubscriptionRow,
  before: Record<string, unknown>,
  always = false,
): SubscriptionRow {
  if (row.ours.told) tell(draft, "customer.subscription.updated", row, before, always);
  return row;
}

/** After items came, went or moved: what lists filter on, and the timers that hang on the periods. */
export function syncItems(draft: Draft, id: string): SubscriptionRow {
  const row = draft.get("subscription", id);
  const items = itemsOf(draft, id);
  const periodEnd = Math.min(...items.map((item) => item.current_period_end));
  const periodStart = Math.max(...items.map((item) => item.current_period_start));
  const prices = items.map(({ price }) => price);
  const cancel_at = row.cancel_at_period_end ? periodEnd : row.cancel_at;
  const synced = draft.put({ ...row, cancel_at, ours: { ...row.ours, prices, periodEnd, periodStart } });
  setTimers(draft, synced);
  return synced;
}

const TRIAL_NOTICE_S = 3 * 86_400;

/** All that will happen to a subscription by itself, and what it grants. Called whenever its status or a date moved. */
export function setTimers(draft: Draft, row: SubscriptionRow): void {
  const { at, clock } = timeFor(draft, row.customer);
  const set = (what: string, when: number | null): void => {
    const timer = { kind: "subscription" as const, id: row.id, what };
    if (when === null) draft.cancelTimer(timer);
    // A pause may have outlasted the period at whose end something was to happen: then it happens now.
    else draft.setTimer({ ...timer, at: Math.max(at, when), clock });
  };
  const lives = !ENDED.has(row.status) && row.status !== "incomplete";
  const turns = lives && row.status !== "paused";
  const trialEnd = row.status === "trialing" ? row.trial_end : null;
  // The end comes before the renewal of the same second: what ends then is not billed again.
  set("end", lives ? endOf(row) : null);
  set("renew", turns ? row.ours.periodEnd : null);
  set("upcoming", turns ? upcomingAt(draft, row, at) : null);
  set("trialNotice", trialEnd !== null && trialEnd - TRIAL_NOTICE_S > at ? trialEnd - TRIAL_NOTICE_S : null);
  set("collect", lives ? (row.pause_collection?.resumes_at ?? null) : null);
  syncEntitlements(draft, row.customer, at);
}

// Stripe tells of invoices that it collects itself. A period shorter than the notice has none.
function upcomingAt(draft: Draft, row: SubscriptionRow, now: number): number | null {
  const { upcomingBeforeS } = billingSettings(draft);
  const { periodEnd } = row.ours;
  const end = endOf(row);
  const renews = (end === null || end > periodEnd) && row.collection_method === "charge_automatically";
  const when = periodEnd - upcomingBeforeS;
  return renews && upcomingBeforeS > 0 && when > now ? when : null;
}

function endOf({ cancel_at: at, cancel_at_period_end: atPeriodEnd, ours }: SubscriptionRow): number | null {
  return at ?? (atPeriodEnd ? ours.periodEnd : null);
}
