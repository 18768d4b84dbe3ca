import { type Draft, timeFor } from "../draft";
import { pageUrl } from "../objects/page-address";
import { cancelPayment } from "../payments/capture-payment";
import { invalid, StripeRefusal } from "../refuse";
import { findFinalizationError, noteFinalizationError } from "./check-finalization";
import { followClosed, followPaid } from "./follow-invoice";
import { type InvoiceRow, linesOf } from "./invoice-row";
import { billingSettings } from "./settings";
import { changeCustomer, tell } from "./tell";

/** Draft to open: it gets a number and a page, and its amounts stand. What is due then may be nothing. */
export function finalizeInvoice(draft: Draft, id: string, { collects = true } = {}): InvoiceRow {
  const row = draft.get("invoice", id);
  if (row.status !== "draft") {
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: "invoice_not_editable",
    });
  }
  const error = findFinalizationError(draft, row);
  if (error) {
    noteFinalizationError(draft, id, error);
    throw new StripeRefusal(400, error, true);
  }
  const { at } = timeFor(draft, row.customer);
  draft.cancelTimer({ kind: "invoice", id, what: "finalize" });
  const open = draft.put<InvoiceRow>({
    ...row,
    status: "open",
    auto_advance: collects && row.auto_advance === true,
    automatic_tax: row.automatic_tax.enabled ? { ...row.automatic_tax, status: "complete" } : row.automatic_tax,
    automatically_finalizes_at: null,
    last_finalization_error: null,
    effective_at: row.effective_at ?? at,
    ending_balance: useBalance(draft, row),
    hosted_invoice_url: pageUrl(draft, `/invoice/${id}`),
    invoice_pdf: pageUrl(draft, `/invoice/${id}/pdf`),
    number: nextNumber(draft, row),
    status_transitions: { ...row.status_transitions, finalized_at: at },
  });
  if (open.due_date !== null) setDueTimers(draft, open, open.due_date);
  tell(draft, "invoice.finalized", open);
  return open;
}

function setDueTimers(draft: Draft, { id, customer }: InvoiceRow, due: number): void {
  const { at, clock } = timeFor(draft, customer);
  const { dueNoticeBeforeS } = billingSettings(draft);
  const notice = due - dueNoticeBeforeS;
  if (dueNoticeBeforeS > 0 && notice > at) draft.setTimer({ kind: "invoice", id, what: "dueSoon", at: notice, clock });
  draft.setTimer({ kind: "invoice", id, what: "overdue", at: due, clock });
}

// A credit stays with the customer and pays later invoices; a negative invoice adds to it.
function useBalance(draft: Draft, { customer, total, starting_balance: start, amount_due: due }: InvoiceRow): number {
  const end = start - (due - total);
  if (customer === null || end === start) return start;
  changeCustomer(draft, customer, { balance: end });
  return end;
}

function nextNumber(draft: Draft, { customer, number }: InvoiceRow): string | null {
  if (number !== null || customer === null) return number;
  const { invoice_prefix: prefix, next_invoice_sequence: turn = 1 } = draft.get("customer", customer);
  draft.update("customer", customer, { next_invoice_sequence: turn + 1 });
  return `${prefix ?? customer.slice(4, 12).toUpperCase()}-${String(turn).padStart(4, "0")}`;
}

/**
 * All that is due has come. Both events are told, except when the money did not come through Stripe. `attached`: by payments
 * that were attached to the invoice, whose amounts it has already.
 */
export function markPaid(draft: Draft, id: string, { outOfBand = false, attached = false } = {}): InvoiceRow {
  const row = draft.get("invoice", id);
  const paid = close(draft, row, {
    status: "paid",
    amount_paid: outOfBand || attached ? row.amount_paid : row.amount_due,
    ...(outOfBand ? { amount_paid_off_stripe: row.amount_remaining } : {}),
    amount_remaining: 0,
    attempted: true,
    attempt_count: row.attempt_count + (outOfBand || attached || row.amount_due === 0 ? 0 : 1),
    auto_advance: false,
    status_transitions: { ...row.status_transitions, paid_at: timeFor(draft, row.customer).at },
  });
  if (attached) cancelPayments(draft, id, "automatic");
  tell(draft, "invoice.paid", paid);
  if (!outOfBand) tell(draft, "invoice.payment_succeeded", paid);
  setDelinquency(draft, paid.customer, false);
  followPaid(draft, paid);
  return paid;
}

export function voidInvoice(draft: Draft, id: string): InvoiceRow {
  const row = draft.get("invoice", id);
  refuseUnless(row, ["open", "uncollectible"], "voided");
  refuseAttached(draft, row, ["open", "paid"], "voided");
  const transitions = { ...row.status_transitions, voided_at: timeFor(draft, row.customer).at };
  const voided = close(draft, row, { status: "void", auto_advance: false, status_transitions: transitions });
  cancelPayments(draft, id, "void_invoice");
  tell(draft, "invoice.voided", voided);
  followClosed(draft, voided);
  return voided;
}

type GivenUp = "max_payment_attempts" | "payment_not_received" | "subscription_canceled" | "user_forgiven";

export function markUncollectible(draft: Draft, id: string, reason: GivenUp = "user_forgiven"): InvoiceRow {
  const row = draft.get("invoice", id);
  refuseUnless(row, ["open"], "marked as uncollectible");
  refuseAttached(draft, row, ["open"], "marked as uncollectible");
  const transitions = { ...row.status_transitions, marked_uncollectible_at: timeFor(draft, row.customer).at };
  const given = close(draft, row, {
    status: "uncollectible",
    status_details: { uncollectible: { reason } },
    status_transitions: transitions,
  });
  tell(draft, "invoice.marked_uncollectible", given);
  followClosed(draft, given);
  return given;
}

function close(draft: Draft, row: InvoiceRow, patch: Partial<InvoiceRow>): InvoiceRow {
  const before = draft.render(row);
  for (const what of ["finalize", "retry", "dueSoon", "overdue"])
    draft.cancelTimer({ kind: "invoice", id: row.id, what });
  const closed = draft.put<InvoiceRow>({ ...row, next_payment_attempt: null, ...patch });
  tell(draft, "invoice.updated", closed, before);
  return closed;
}

const CANCELABLE: ReadonlySet<string> = new Set([
  "requires_payment_method",
  "requires_action",
  "requires_confirmation",
]);

// What was open is not needed any more. Only Stripe's own payment is canceled with it.
function cancelPayments(draft: Draft, invoice: string, reason: "automatic" | "void_invoice"): void {
  for (const row of draft.rows("invoice_payment", { invoice })) {
    if (row.status !== "open" || !row.is_default) continue;
    const canceled_at = timeFor(draft, draft.get("invoice", invoice).customer).at;
    draft.put({ ...row, status: "canceled", status_transitions: { ...row.status_transitions, canceled_at } });
    const intent = row.ours.paymentIntent ? draft.find("payment_intent", row.ours.paymentIntent) : null;
    if (intent && CANCELABLE.has(intent.status)) cancelPayment(draft, intent.id, reason);
  }
}

export function setDelinquency(draft: Draft, customer: string | null, delinquent: boolean): void {
  const payer = customer === null ? null : draft.find("customer", customer);
  if (payer) changeCustomer(draft, payer.id, { delinquent });
}

export function refuseUnless({ status, id }: InvoiceRow, allowed: readonly string[], done: string): void {
  if (status !== null && allowed.includes(status)) return;
  throw invalid(`This invoice (${id}) can not be ${done}: its status is ${status ?? "unknown"}.`, {
    code: status === "draft" ? "invoice_not_editable" : "status_transition_invalid",
  });
}

function refuseAttached(draft: Draft, { id }: InvoiceRow, statuses: readonly string[], done: string): void {
  const attached = draft.rows("invoice_payment", { invoice: id }).filter((row) => !row.is_default);
  if (!attached.some(({ status }) => statuses.includes(status))) return;
  throw invalid(`This invoice (${id}) can not be ${done}: payments are attached to it.`, {
    code: "status_transition_invalid",
  });
}

/** A draft is gone with its lines; what was pending before is pending again. */
export function deleteDraft(draft: Draft, id: string): void {
  for (const row of draft.rows("invoiceitem", { invoice: id })) draft.put({ ...row, invoice: null });
  for (const line of linesOf(draft, id)) draft.remove("line_item", line.id);
  draft.cancelTimer({ kind: "invoice", id, what: "finalize" });
  draft.remove("invoice", id);
}
