import { isDeepStrictEqual } from "node:util";
import { type Draft, timeFor } from "../draft";
import { mergeMetadata } from "../metadata";
import { invalid, StripeRefusal } from "../refuse";
import { billPeriods } from "./bill-periods";
import { changeItems, type ItemChange } from "./change-items";
import { setTimers, syncItems, tellChange } from "./change-subscription";
import { awaitPayment, collectInvoice, subscriptionMethod } from "./collect-invoice";
import { endSubscription } from "./end-subscription";
import type { InvoiceRow } from "./invoice-row";
import { newInvoiceItem } from "./new-invoice-item";
import { pauseNow, restartPeriods } from "./pause-subscription";
import { type PendingChange, PENDING_S } from "./pending-update";
import { partsOf, prorate, restarts } from "./prorate";
import { finalizeInvoice } from "./settle-invoice";
import type { PaymentBehavior } from "./start-subscription";
import { ENDED, itemsOf, type SubscriptionItemRow, type SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";

export interface SubscriptionChange {
  items?: readonly ItemChange[] | null | undefined;
  addInvoiceItems?: readonly { price?: string | null | undefined; quantity?: number | null | undefined }[] | undefined;
  prorationBehavior?: "always_invoice" | "create_prorations" | "none" | null | undefined;
  paymentBehavior?: PaymentBehavior | null | undefined;
  trialEnd?: "now" | number | null | undefined;
  anchor?: "now" | "unchanged" | undefined;
  cancelAt?: number | null | undefined;
  cancelAtPeriodEnd?: boolean | null | undefined;
  cancellationDetails?: Partial<SubscriptionRow["cancellation_details"]> | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  /** Fields that are only written down. */
  plain?: Partial<SubscriptionRow>;
}

/** Changes a subscription, bills what the change costs at once or later, and tells of it once. */
export function updateSubscription(draft: Draft, id: string, change: SubscriptionChange): SubscriptionRow {
  const row = draft.get("subscription", id);
  if (ENDED.has(row.status)) return updateEnded(draft, row, change);
  if (change.paymentBehavior === "pending_if_incomplete" && change.items) return updateOncePaid(draft, row, change);
  const before = draft.render(row);
  const items = itemsOf(draft, id);
  draft.put(changed(draft, row, change));
  const stopped = change.trialEnd === "now" ? endTrialWithoutMethod(draft, row) : null;
  if (stopped) return stopped;
  const invoice = applyAndBill(draft, row, change);
  const written = draft.get("subscription", id);
  setTimers(draft, written);
  tellChange(draft, written, before, !isDeepStrictEqual(items, itemsOf(draft, id)));
  if (change.trialEnd === "now" && row.status === "trialing")
    tell(draft, "customer.subscription.trial_will_end", written);
  if (invoice) collectUpdate(draft, invoice, change.paymentBehavior ?? "allow_incomplete");
  return draft.get("subscription", id);
}

function updateEnded(draft: Draft, row: SubscriptionRow, change: SubscriptionChange): SubscriptionRow {
  const { metadata: _metadata, cancellationDetails: _details, ...more } = change;
  if (Object.values(more).some(says)) {
    const message = "A canceled subscription can only update its cancellation_details and metadata.";
    throw invalid(message, { code: "invalid_canceled_subscription_fields" });
  }
  return tellChange(draft, draft.put(changed(draft, row, change)), draft.render(row));
}

function says(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function changed(draft: Draft, row: SubscriptionRow, change: SubscriptionChange): SubscriptionRow {
  const { at } = timeFor(draft, row.customer);
  const { cancelAt, cancelAtPeriodEnd: atPeriodEnd, cancellationDetails: details } = change;
  if (cancelAt && cancelAt <= at) throw invalid("cancel_at must be in the future.", { param: "cancel_at" });
  const next = {
    ...row,
    ...change.plain,
    metadata: mergeMetadata(row.metadata, change.metadata),
    cancel_at: cancelTimeOf(row, change),
    cancel_at_period_end: atPeriodEnd ?? (cancelAt === undefined ? row.cancel_at_period_end : false),
  };
  const ends = next.cancel_at !== null || next.cancel_at_period_end;
  const asked = ends && (row.canceled_at ?? at);
  const reason = ends ? "cancellation_requested" : null;
  const noted = row.cancellation_details ?? { comment: null, feedback: null, feedback_option: null, reason: null };
  if (ENDED.has(row.status)) return { ...next, cancellation_details: { ...noted, ...details } };
  return { ...next, canceled_at: asked || null, cancellation_details: { ...noted, ...details, reason } };
}

// "At the end of the period" names its moment too.
function cancelTimeOf(row: SubscriptionRow, { cancelAt, cancelAtPeriodEnd }: SubscriptionChange): number | null {
  if (cancelAtPeriodEnd === true) return row.ours.periodEnd;
  if (cancelAtPeriodEnd === false && cancelAt === undefined && row.cancel_at_period_end) return null;
  return cancelAt === undefined ? row.cancel_at : cancelAt;
}

function endTrialWithoutMethod(draft: Draft, row: SubscriptionRow): SubscriptionRow | null {
  if (row.status !== "trialing" || row.collection_method === "send_invoice") return null;
  const behavior = row.trial_settings?.end_behavior.missing_payment_method;
  if (behavior === "create_invoice" || subscriptionMethod(draft, row) !== null) return null;
  draft.update("subscription", row.id, { trial_end: timeFor(draft, row.customer).at });
  if (behavior === "cancel") return endSubscription(draft, row.id, { reason: "payment_failed" });
  return pauseNow(draft, row.id, "trial_end_without_payment_method");
}

/** Items and dates; the invoice is there when something is owed at once. */
function applyAndBill(draft: Draft, row: SubscriptionRow, change: SubscriptionChange): InvoiceRow | null {
  const { id } = row;
  const { at } = timeFor(draft, row.customer);
  const items = itemsOf(draft, id);
  if (change.items) changeItems(draft, id, change.items);
  for (const { price, quantity } of change.addInvoiceItems ?? []) {
    newInvoiceItem(draft, { customer: row.customer, currency: row.currency, price, quantity, subscription: id });
  }
  if (typeof change.trialEnd === "number") {
    beginTrial(draft, row, change.trialEnd);
    return null;
  }
  const restart = (change.trialEnd === "now" && row.status === "trialing") || change.anchor === "now";
  const prorates = row.status !== "trialing" && change.prorationBehavior !== "none";
  if (restart) draft.update("subscription", id, endedTrial(row, at));
  if (restart) restartPeriods(draft, id);
  const now = itemsOf(draft, id);
  const owed = prorates ? prorate(draft, row, restart ? partsOf(items, []) : partsOf(items, now)) : 0;
  const begun = now.filter((item) =>
    restarts(
      items.find((was) => was.id === item.id),
      item,
    ),
  );
  const atOnce = change.prorationBehavior === "always_invoice" && (owed > 0 || change.addInvoiceItems !== undefined);
  if (begun.length === 0 && !atOnce) return null;
  return billPeriods(draft, id, { reason: "subscription_update", items: begun, advances: false, since: at });
}

function endedTrial(row: SubscriptionRow, at: number): Partial<SubscriptionRow> {
  return row.status === "trialing" ? { status: "active", trial_end: at } : {};
}

function beginTrial(draft: Draft, row: SubscriptionRow, until: number): void {
  const { at } = timeFor(draft, row.customer);
  if (until <= at) throw invalid("trial_end must be in the future.", { param: "trial_end" });
  const trial_start = row.status === "trialing" ? row.trial_start : at;
  draft.update("subscription", row.id, {
    status: "trialing",
    trial_start,
    trial_end: until,
    billing_cycle_anchor: until,
  });
  for (const item of itemsOf(draft, row.id)) draft.put({ ...item, current_period_end: until });
  syncItems(draft, row.id);
}

function collectUpdate(draft: Draft, { id }: InvoiceRow, behavior: PaymentBehavior): void {
  const open = finalizeInvoice(draft, id);
  draft.update("invoice", id, { auto_advance: true });
  if (open.collection_method === "send_invoice" && open.amount_remaining > 0) return tell(draft, "invoice.sent", open);
  if (behavior === "default_incomplete") return awaitPayment(draft, id);
  const collected = collectInvoice(draft, id, { offSession: false });
  if (behavior !== "error_if_incomplete" || !collected || collected.outcome === "succeeded") return;
  const message = "The payment of this change did not succeed.";
  throw new StripeRefusal(402, { type: "card_error", code: "card_declined", message });
}

/**
 * The change waits until its invoice is paid. It is made and taken back, so that what it costs is known; paying the
 * invoice makes it again.
 */
function updateOncePaid(draft: Draft, row: SubscriptionRow, change: SubscriptionChange): SubscriptionRow {
  const { id } = row;
  const before = draft.render(row);
  const items = itemsOf(draft, id);
  const invoice = applyAndBill(draft, row, { ...change, prorationBehavior: "always_invoice" });
  if (!invoice) return updateSubscription(draft, id, { ...change, paymentBehavior: "allow_incomplete" });
  const pending: PendingChange = { invoice: invoice.id, items: [...(change.items ?? [])], shown: itemsOf(draft, id) };
  putBack(draft, id, items);
  const waiting = draft.get("subscription", id);
  draft.put({ ...waiting, ours: { ...waiting.ours, pending } });
  collectUpdate(draft, invoice, "allow_incomplete");
  const after = draft.get("subscription", id);
  return after.ours.pending === null ? after : tellChange(draft, showPending(draft, after), before);
}

function putBack(draft: Draft, id: string, items: readonly SubscriptionItemRow[]): void {
  for (const item of itemsOf(draft, id)) draft.remove("subscription_item", item.id);
  for (const item of items) draft.put(item);
  syncItems(draft, id);
}

function showPending(draft: Draft, row: SubscriptionRow): SubscriptionRow {
  const { at, clock } = timeFor(draft, row.customer);
  const expires_at = at + PENDING_S;
  draft.setTimer({ kind: "subscription", id: row.id, what: "pending", at: expires_at, clock });
  return draft.put<SubscriptionRow>({
    ...row,
    pending_update: {
      billing_cycle_anchor: null,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at,
      metadata: null,
      trial_end: null,
      trial_from_plan: null,
    },
  });
}
