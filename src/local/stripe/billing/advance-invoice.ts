import type { Draft } from "../draft";
import { findFinalizationError, noteFinalizationError } from "./check-finalization";
import { collectInvoice } from "./collect-invoice";
import { followFailed } from "./follow-invoice";
import type { InvoiceRow } from "./invoice-row";
import { finalizeInvoice, markPaid, markUncollectible, voidInvoice } from "./settle-invoice";
import { tell } from "./tell";

/** The hour of a draft is over: finalized, and then sent, collected or, while collection is paused, given up. */
export function advanceInvoice(draft: Draft, id: string): void {
  const row = draft.find("invoice", id);
  if (row?.status !== "draft") return;
  const subscription = row.ours.subscription ? draft.find("subscription", row.ours.subscription) : null;
  const paused = subscription?.pause_collection?.behavior;
  if (paused === "keep_as_draft") {
    return void draft.update("invoice", id, { auto_advance: false, automatically_finalizes_at: null });
  }
  const error = findFinalizationError(draft, row);
  if (error) return void noteFinalizationError(draft, id, error);
  const open = finalizeInvoice(draft, id);
  if (open.amount_remaining === 0) return void markPaid(draft, id);
  if (paused === "void") return void voidInvoice(draft, id);
  if (paused === "mark_uncollectible") return void markUncollectible(draft, id);
  collectOrSend(draft, open);
}

/** Finalized by the API or by hand. Where nothing is due, nothing is left to be paid. */
export function finalizeByHand(draft: Draft, id: string): InvoiceRow {
  const open = finalizeInvoice(draft, id);
  return open.amount_remaining === 0 ? markPaid(draft, id) : open;
}

export function collectOrSend(draft: Draft, row: InvoiceRow): void {
  if (row.collection_method === "send_invoice") tell(draft, "invoice.sent", row);
  else collectInvoice(draft, row.id, { offSession: true });
}

export function retryInvoice(draft: Draft, id: string): void {
  if (draft.find("invoice", id)?.status === "open") collectInvoice(draft, id, { offSession: true });
}

/** The day on which an invoice that was sent should be paid is near. */
export function noteDueSoon(draft: Draft, id: string): void {
  const row = draft.find("invoice", id);
  if (row?.status === "open") tell(draft, "invoice.will_be_due", row);
}

/** The day on which an invoice that was sent should have been paid has passed. */
export function noteOverdue(draft: Draft, id: string): void {
  const row = draft.find("invoice", id);
  if (row?.status !== "open") return;
  tell(draft, "invoice.overdue", row);
  followFailed(draft, row, { last: false });
}
