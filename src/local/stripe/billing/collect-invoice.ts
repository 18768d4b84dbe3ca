import { type Draft, timeFor } from "../draft";
import { type Collected, collectPayment, retryPayment } from "../payments/collect-payment";
import { failPayment } from "../payments/confirm-payment";
import { getPaymentMethod } from "../payments/new-payment-method";
import { declined } from "../payments/test-cards";
import { followFailed } from "./follow-invoice";
import type { InvoiceRow } from "./invoice-row";
import { recordPayment } from "./record-payment";
import { markPaid, setDelinquency } from "./settle-invoice";
import { billingSettings } from "./settings";
import { isFlexible, type SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";

export interface Collecting {
  /** Instead of the one that is stored for the invoice, its subscription or its customer. */
  paymentMethod?: string | null | undefined;
  offSession: boolean;
}

/** One attempt to get an open invoice paid. Nothing is thrown for a card that declines. */
export function collectInvoice(draft: Draft, id: string, { paymentMethod, offSession }: Collecting): Collected | null {
  const row = draft.get("invoice", id);
  if (row.amount_remaining === 0) {
    markPaid(draft, id);
    return null;
  }
  const collected = attempt(draft, row, { paymentMethod: paymentMethod ?? methodFor(draft, row), offSession });
  if (collected.outcome === "succeeded") settlePaid(draft, id, collected.paymentIntent.id);
  else if (collected.outcome === "processing") noteAttempt(draft, id, { counts: true, next: null });
  else noteFailure(draft, id, collected);
  return collected;
}

/** Makes the payment that somebody will confirm, and does not try anything: `default_incomplete`. */
export function awaitPayment(draft: Draft, id: string): void {
  const row = draft.get("invoice", id);
  if (row.amount_remaining === 0) return void markPaid(draft, id);
  attempt(draft, row, { paymentMethod: null, offSession: false });
}

function attempt(draft: Draft, row: InvoiceRow, collecting: { paymentMethod: string | null; offSession: boolean }) {
  const planned = plannedEnd(draft, row);
  const stored = row.ours.paymentIntent;
  const given = planned === "fails" ? { ...collecting, paymentMethod: null } : collecting;
  const method =
    planned === "succeeds" ? { ...given, paymentMethod: getPaymentMethod(draft, "pm_card_visa").id } : given;
  const first = stored
    ? retryPayment(draft, stored, method)
    : collectPayment(draft, {
        ...method,
        customer: row.customer,
        amount: row.amount_remaining,
        currency: row.currency,
        description: row.billing_reason === "subscription_create" ? "Subscription creation" : "Subscription update",
      });
  recordPayment(draft, row.id, first.paymentIntent.id, "open");
  return planned === "fails" ? refuse(draft, first, collecting.paymentMethod) : first;
}

// The control room said so, whatever the card would have done.
function refuse(draft: Draft, { paymentIntent }: Collected, paymentMethod: string | null): Collected {
  const method = getPaymentMethod(draft, paymentMethod ?? "pm_card_visa");
  const failed = failPayment(draft, paymentIntent, method, declined);
  return { ...failed, outcome: "requires_payment_method", declineCode: declined.decline };
}

function plannedEnd(draft: Draft, { ours }: InvoiceRow): "fails" | "succeeds" | null {
  const row = ours.subscription ? draft.find("subscription", ours.subscription) : null;
  if (!row?.ours.nextPayment) return null;
  draft.put({ ...row, ours: { ...row.ours, nextPayment: null } });
  return row.ours.nextPayment;
}

export function methodFor(draft: Draft, { customer, default_payment_method: own, ours }: InvoiceRow): string | null {
  const subscription = ours.subscription ? draft.find("subscription", ours.subscription) : null;
  return own ?? (subscription ? subscriptionMethod(draft, subscription) : customerMethod(draft, customer));
}

export function subscriptionMethod(draft: Draft, row: SubscriptionRow): string | null {
  return row.default_payment_method ?? customerMethod(draft, row.customer);
}

function customerMethod(draft: Draft, id: string | null): string | null {
  const row = id === null ? null : draft.find("customer", id);
  return row?.invoice_settings.default_payment_method ?? row?.default_source ?? null;
}

export function settlePaid(draft: Draft, id: string, paymentIntent: string): void {
  markPaid(draft, id);
  recordPayment(draft, id, paymentIntent, "paid");
}

/**
 * The attempt did not bring the money: told, and tried again while the schedule has another turn. An attempt that waits for
 * authentication is not counted, and Stripe does not retry it.
 */
export function noteFailure(draft: Draft, id: string, { outcome }: Pick<Collected, "outcome">): void {
  const before = draft.get("invoice", id);
  const asks = outcome === "requires_action";
  const next = asks ? null : nextAttempt(draft, before);
  const row = noteAttempt(draft, id, { counts: !asks, next });
  tell(draft, "invoice.payment_failed", row);
  if (asks) tell(draft, "invoice.payment_action_required", row);
  setDelinquency(draft, row.customer, true);
  followFailed(draft, row, { last: next === null && !asks && isRenewal(row) });
}

function noteAttempt(draft: Draft, id: string, { counts, next }: { counts: boolean; next: number | null }): InvoiceRow {
  const row = draft.get("invoice", id);
  const { clock } = timeFor(draft, row.customer);
  const before = draft.render(row);
  const tried = {
    ...row,
    attempted: true,
    attempt_count: row.attempt_count + Number(counts),
    next_payment_attempt: next,
  };
  if (next === null) draft.cancelTimer({ kind: "invoice", id, what: "retry" });
  else draft.setTimer({ kind: "invoice", id, what: "retry", at: next, clock });
  const noted = draft.put(tried);
  tell(draft, "invoice.updated", noted, before);
  return noted;
}

function nextAttempt(draft: Draft, row: InvoiceRow): number | null {
  const { retryAfterS, pauseAtFirstFailure } = billingSettings(draft);
  const subscription = row.ours.subscription ? draft.find("subscription", row.ours.subscription) : null;
  const pauses = pauseAtFirstFailure && subscription !== null && isFlexible(subscription);
  if (!isRenewal(row) || row.auto_advance !== true || pauses) return null;
  const after = retryAfterS[row.attempt_count];
  return after === undefined ? null : timeFor(draft, row.customer).at + after;
}

// The first invoice of a subscription has its 23 hours, and one that was made by hand is collected by hand.
function isRenewal({ billing_reason: reason, collection_method: method }: InvoiceRow): boolean {
  const byItself = reason === "subscription_cycle" || reason === "subscription_update";
  return byItself && method === "charge_automatically";
}
