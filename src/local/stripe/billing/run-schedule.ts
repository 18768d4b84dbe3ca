import { type Draft, timeFor } from "../draft";
import { invalid } from "../refuse";
import type { ItemChange } from "./change-items";
import { changeSubscription, setTimers } from "./change-subscription";
import { endSubscription } from "./end-subscription";
import { closeSchedule, DONE, type Phase, type ScheduleRow } from "./schedule-row";
import { startSubscription } from "./start-subscription";
import { ENDED, itemsOf, type SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";
import { updateSubscription } from "./update-subscription";

// Stripe's words say seven days; its own script for the event expects it nine days ahead.
const NOTICE_S = 10 * 86_400;

/** The day has come: the subscription begins with the first phase. Its first invoice stays a draft for an hour. */
export function startSchedule(draft: Draft, id: string): void {
  const row = draft.find("subscription_schedule", id);
  const [first] = row?.phases ?? [];
  if (row?.status !== "not_started" || !first) return;
  const { subscription } = startSubscription(draft, {
    customer: row.customer,
    items: first.items.map(({ price, quantity, metadata }) => ({ price, quantity, metadata })),
    metadata: first.metadata,
    discounts: first.discounts,
    trialEnd: first.trial_end,
    collectionMethod: first.collection_method === "send_invoice" ? "send_invoice" : null,
    defaultPaymentMethod: first.default_payment_method ?? row.default_settings.default_payment_method,
    schedule: id,
    cancelAt: cancelTimeOf(row),
    firstInvoiceWaits: true,
  });
  draft.put({ ...row, status: "active", subscription: subscription.id });
  enterPhase(draft, id, 0);
}

/** Writes down which phase is in force, and when it will be over. */
export function enterPhase(draft: Draft, id: string, place: number): void {
  const row = draft.get("subscription_schedule", id);
  const phase = row.phases[place];
  if (!phase) return;
  const { start_date, end_date } = phase;
  draft.put({ ...row, current_phase: { start_date, end_date }, ours: { phase: place } });
  const { at, clock } = timeFor(draft, row.customer);
  const timer = { kind: "subscription_schedule" as const, id, clock };
  draft.setTimer({ ...timer, what: "phase", at: end_date });
  if (place === row.phases.length - 1) {
    draft.setTimer({ ...timer, what: "expiring", at: Math.max(at, end_date - NOTICE_S) });
  }
  // Set again, the renewal of the same second comes after the change of phase, and bills what is new.
  if (!row.subscription) return;
  if (row.end_behavior === "cancel") syncCancel(draft, row, row.subscription);
  setTimers(draft, draft.get("subscription", row.subscription));
}

/** When the subscription ends, where the schedule ends it. */
function cancelTimeOf({ end_behavior: end, phases }: ScheduleRow): number | null {
  return end === "cancel" ? (phases.at(-1)?.end_date ?? null) : null;
}

/** Writes on the subscription when its schedule ends it, or that it no longer does. */
export function syncCancel(draft: Draft, row: ScheduleRow, subscription: string): SubscriptionRow {
  const cancel_at = cancelTimeOf(row);
  return changeSubscription(draft, subscription, (current) => ({
    ...current,
    cancel_at,
    canceled_at: cancel_at === null ? null : (current.canceled_at ?? timeFor(draft, row.customer).at),
  }));
}

export function endPhase(draft: Draft, id: string): void {
  const row = draft.find("subscription_schedule", id);
  if (!row || row.status !== "active" || !row.subscription) return;
  const next = row.phases[row.ours.phase + 1];
  if (!next) return finishSchedule(draft, row);
  const before = draft.render(row);
  applyPhase(draft, row.subscription, next);
  enterPhase(draft, id, row.ours.phase + 1);
  tell(draft, "subscription_schedule.updated", draft.get("subscription_schedule", id), before);
}

function applyPhase(draft: Draft, subscription: string, phase: Phase): void {
  updateSubscription(draft, subscription, {
    items: itemChanges(draft, subscription, phase),
    prorationBehavior: phase.proration_behavior === "none" ? "none" : "create_prorations",
    metadata: phase.metadata,
  });
}

function itemChanges(draft: Draft, subscription: string, { items }: Phase): ItemChange[] {
  const standing = itemsOf(draft, subscription);
  const kept = items.map(({ price, quantity }, at): ItemChange => ({ id: standing[at]?.id, price, quantity }));
  return [...kept, ...standing.slice(items.length).map(({ id }) => ({ id, deleted: true }))];
}

function finishSchedule(draft: Draft, row: ScheduleRow): void {
  const { at } = timeFor(draft, row.customer);
  const completed = closeSchedule(draft, row, { status: "completed", completed_at: at });
  if (row.end_behavior === "cancel" && row.subscription) {
    endSubscription(draft, row.subscription, { reason: "cancellation_requested" });
  } else detach(draft, row.subscription);
  tell(draft, "subscription_schedule.completed", completed);
}

function detach(draft: Draft, subscription: string | null, more: Partial<SubscriptionRow> = {}): void {
  const row = subscription === null ? null : draft.find("subscription", subscription);
  if (row) changeSubscription(draft, row.id, (current) => ({ ...current, schedule: null, ...more }));
}

/** The subscription goes on without it; the date on which it would have ended stays only when that is asked for. */
export function releaseSchedule(draft: Draft, id: string, keepsCancelDate = false): ScheduleRow {
  const row = draft.get("subscription_schedule", id);
  refuseDone(row, "released");
  const released_at = timeFor(draft, row.customer).at;
  const gone = { status: "released", released_at, released_subscription: row.subscription, subscription: null };
  const released = closeSchedule(draft, row, gone);
  const ended = row.end_behavior === "cancel" && !keepsCancelDate;
  detach(draft, row.subscription, ended ? { cancel_at: null, canceled_at: null } : {});
  tell(draft, "subscription_schedule.released", released);
  return released;
}

/** Ends the schedule and its subscription. One that never began is told as aborted too, as Stripe's own script has it. */
export function cancelSchedule(draft: Draft, id: string): ScheduleRow {
  const row = draft.get("subscription_schedule", id);
  refuseDone(row, "canceled");
  const canceled = closeSchedule(draft, row, { status: "canceled", canceled_at: timeFor(draft, row.customer).at });
  const subscription = row.subscription ? draft.find("subscription", row.subscription) : null;
  if (subscription && !ENDED.has(subscription.status)) {
    endSubscription(draft, subscription.id, { reason: "cancellation_requested" });
  }
  tell(draft, "subscription_schedule.canceled", canceled);
  if (row.status === "not_started") tell(draft, "subscription_schedule.aborted", canceled);
  return canceled;
}

function refuseDone({ status }: ScheduleRow, done: string): void {
  if (!DONE.has(status)) return;
  throw invalid(`You cannot change a subscription schedule to be ${done}: its status is ${status}.`);
}

export function tellExpiring(draft: Draft, id: string): void {
  const row = draft.find("subscription_schedule", id);
  if (row?.status === "active") tell(draft, "subscription_schedule.expiring", row);
}
