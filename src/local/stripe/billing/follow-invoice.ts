import type { Draft } from "../draft";
import { changeSubscription } from "./change-subscription";
import { endSubscription, expireSubscription } from "./end-subscription";
import type { InvoiceRow } from "./invoice-row";
import { pauseNow, resumeNow } from "./pause-subscription";
import { applyPending, dropPending } from "./pending-update";
import { billingSettings } from "./settings";
import { ENDED, isFlexible, type SubscriptionRow } from "./subscription-row";

/** What a subscription does when one of its invoices was paid, was not paid, or was given up. */
export function followPaid(draft: Draft, invoice: InvoiceRow): void {
  const row = subscriptionOf(draft, invoice);
  if (!row) return;
  if (row.ours.pending?.invoice === invoice.id) return void applyPending(draft, row.id);
  if (row.ours.resumption === invoice.id) return void resumeNow(draft, row.id, { restart: false });
  if (row.status === "incomplete" || isBehindOn(row, invoice)) activate(draft, row.id);
}

export function followFailed(draft: Draft, invoice: InvoiceRow, { last }: { last: boolean }): void {
  const row = subscriptionOf(draft, invoice);
  if (!row || row.ours.pending?.invoice === invoice.id || row.ours.resumption === invoice.id) return;
  const { afterRetries, pauseAtFirstFailure } = billingSettings(draft);
  if (row.status === "active" || row.status === "trialing") {
    if (pauseAtFirstFailure && isFlexible(row)) return void pauseNow(draft, row.id, "first_payment_failure");
    changeSubscription(draft, row.id, (current) => ({ ...current, status: "past_due" }));
  }
  if (!last || draft.get("subscription", row.id).status !== "past_due") return;
  const pauses = afterRetries === "pause" && isFlexible(row);
  if (afterRetries === "cancel" || (afterRetries === "pause" && !pauses)) {
    endSubscription(draft, row.id, { reason: "payment_failed" });
  }
  if (pauses) pauseNow(draft, row.id, "final_payment_failure");
  if (afterRetries === "unpaid") changeSubscription(draft, row.id, (current) => ({ ...current, status: "unpaid" }));
}

/** Void: nothing was owed. Uncollectible: it is given up, and the subscription goes on as if it had been paid. */
export function followClosed(draft: Draft, invoice: InvoiceRow): void {
  const row = subscriptionOf(draft, invoice);
  if (!row) return;
  const voided = invoice.status === "void";
  if (row.ours.pending?.invoice === invoice.id) return void dropPending(draft, row.id);
  if (row.ours.resumption === invoice.id) {
    if (!voided) return void resumeNow(draft, row.id, { restart: false });
    return void draft.put({ ...row, ours: { ...row.ours, resumption: null } });
  }
  if (row.status === "incomplete" && voided) return void expireSubscription(draft, row.id);
  if (row.status === "incomplete" || isBehindOn(row, invoice)) activate(draft, row.id);
}

function isBehindOn(row: SubscriptionRow, invoice: InvoiceRow): boolean {
  return (row.status === "past_due" || row.status === "unpaid") && row.latest_invoice === invoice.id;
}

function activate(draft: Draft, id: string): void {
  changeSubscription(draft, id, (row) => ({ ...row, status: "active" }));
  draft.cancelTimer({ kind: "subscription", id, what: "expire" });
}

function subscriptionOf(draft: Draft, { ours }: InvoiceRow): SubscriptionRow | null {
  const row = ours.subscription ? draft.find("subscription", ours.subscription) : null;
  return row && !ENDED.has(row.status) ? row : null;
}
