import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import { pageUrl } from "../objects/page-address";
import { refundPayment } from "../payments/refund-payment";
import { invalid } from "../refuse";
import type { Stored } from "../stored";
import { type InvoiceRow, linesOf } from "./invoice-row";
import { markPaid, refuseUnless } from "./settle-invoice";
import { changeCustomer, tell } from "./tell";

/** issued -> void. Before the payment it lowers what is due; after it, it says where the money went back to. */
export type CreditNoteRow = Stored<Stripe.CreditNote>;
export type CreditNoteLineRow = Stored<Stripe.CreditNoteLineItem> & { ours: { note: string } };

export interface CreditNoteTerms {
  invoice: string;
  /** Some lines of the invoice, whole or in part; or an amount of the whole. */
  lines?: readonly CreditLine[] | null | undefined;
  amount?: number | null | undefined;
  refundAmount?: number | null | undefined;
  creditAmount?: number | null | undefined;
  outOfBandAmount?: number | null | undefined;
  reason?: CreditNoteRow["reason"] | undefined;
  memo?: string | null | undefined;
  metadata?: Record<string, string> | undefined;
}

export interface CreditLine {
  type: "invoice_line_item" | "custom_line_item";
  invoice_line_item?: string | null | undefined;
  amount?: number | null | undefined;
  quantity?: number | null | undefined;
  unit_amount?: number | null | undefined;
  description?: string | null | undefined;
}

export function issueCreditNote(draft: Draft, terms: CreditNoteTerms): CreditNoteRow {
  const { invoice, id, lines, amount } = planCreditNote(draft, terms);
  for (const line of lines) draft.put(line);
  const row = draft.put(newNote(draft, invoice, { id, amount, terms }));
  tell(draft, "credit_note.created", row);
  if (invoice.status === "paid") giveBack(draft, invoice, row);
  else lower(draft, invoice, amount);
  return draft.get("credit_note", id);
}

/** The note as it would be issued, and its lines. Nothing is written. Without an amount, it is all that is left. */
export function previewCreditNote(
  draft: Draft,
  terms: CreditNoteTerms,
): { note: CreditNoteRow; lines: CreditNoteLineRow[] } {
  const row = draft.get("invoice", terms.invoice, "invoice");
  const all = terms.lines ? {} : { amount: terms.amount ?? leftToCredit(row) };
  const { invoice, id, lines, amount } = planCreditNote(draft, { ...terms, ...all });
  const unpaid: InvoiceRow = { ...invoice, status: "open" };
  const type = invoice.status === "paid" ? "post_payment" : "pre_payment";
  return { note: { ...newNote(draft, unpaid, { id, amount, terms }), type }, lines };
}

function planCreditNote(draft: Draft, terms: CreditNoteTerms) {
  const invoice = draft.get("invoice", terms.invoice, "invoice");
  refuseUnless(invoice, ["open", "paid", "uncollectible"], "credited");
  const id = draft.newId("credit_note");
  const lines = creditLines(draft, invoice, terms).map((line) => ({ ...line, ours: { note: id } }));
  const amount = terms.amount ?? lines.reduce((sum, line) => sum + line.amount, 0);
  const left = leftToCredit(invoice);
  if (amount <= 0 || amount > left) {
    throw invalid(`The credit note's amount (${amount}) must be between 1 and what is left to credit (${left}).`, {
      param: "amount",
    });
  }
  return { invoice, id, lines, amount };
}

function leftToCredit(invoice: InvoiceRow): number {
  return invoice.status === "paid" ? creditable(invoice) : invoice.amount_remaining;
}

function creditable({ total, post_payment_credit_notes_amount: given }: InvoiceRow): number {
  return total - given;
}

function creditLines(draft: Draft, invoice: InvoiceRow, { lines, amount }: CreditNoteTerms): CreditNoteLineRow[] {
  if (!lines) return [newLine(draft, { type: "custom_line_item", amount: amount ?? 0, description: null })];
  const known = new Map(linesOf(draft, invoice.id).map((line) => [line.id, line]));
  return lines.map((given) => {
    if (given.type === "custom_line_item") {
      const whole = given.amount ?? (given.unit_amount ?? 0) * (given.quantity ?? 1);
      return newLine(draft, { ...given, amount: whole });
    }
    const line = known.get(given.invoice_line_item ?? "");
    if (!line) throw invalid("A line names no line of this invoice.", { param: "lines[0][invoice_line_item]" });
    const off = (line.discount_amounts ?? []).reduce((sum, { amount: taken }) => sum + taken, 0);
    const each = (line.amount - off) / Math.max(1, line.quantity ?? 1);
    const share = given.quantity ? Math.round(each * given.quantity) : line.amount - off;
    return newLine(draft, { ...given, amount: given.amount ?? share, description: line.description });
  });
}

function newLine(draft: Draft, given: CreditLine & { amount: number }): CreditNoteLineRow {
  return {
    id: draft.newId("credit_note_line_item"),
    object: "credit_note_line_item",
    amount: given.amount,
    description: given.description ?? null,
    discount_amount: 0,
    discount_amounts: [],
    ...(given.invoice_line_item ? { invoice_line_item: given.invoice_line_item } : {}),
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: given.quantity ?? 1,
    tax_rates: [],
    taxes: [],
    type: given.type,
    unit_amount: given.unit_amount ?? null,
    unit_amount_decimal:
      given.unit_amount === null || given.unit_amount === undefined ? null : String(given.unit_amount),
    ours: { note: "" },
  };
}

function newNote(
  draft: Draft,
  invoice: InvoiceRow,
  { id, amount, terms }: { id: string; amount: number; terms: CreditNoteTerms },
): CreditNoteRow {
  const { at } = timeFor(draft, invoice.customer);
  const turn = draft.rows("credit_note", { invoice: invoice.id }).length + 1;
  const paid = invoice.status === "paid";
  return {
    id,
    object: "credit_note",
    amount,
    amount_shipping: 0,
    created: at,
    currency: invoice.currency,
    customer: invoice.customer ?? "",
    customer_account: null,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: at,
    invoice: invoice.id,
    livemode: false,
    memo: terms.memo ?? null,
    metadata: terms.metadata ?? {},
    number: `${invoice.number ?? "DRAFT"}-CN-${String(turn).padStart(2, "0")}`,
    out_of_band_amount: terms.outOfBandAmount ?? null,
    pdf: pageUrl(draft, `/credit_note/${id}/pdf`),
    post_payment_amount: paid ? amount : 0,
    pre_payment_amount: paid ? 0 : amount,
    pretax_credit_amounts: [],
    reason: terms.reason ?? null,
    refunds: paid ? refundsOf(draft, invoice, amount, terms) : [],
    shipping_cost: null,
    status: "issued",
    subtotal: amount,
    subtotal_excluding_tax: amount,
    total: amount,
    total_excluding_tax: amount,
    total_taxes: [],
    type: paid ? "post_payment" : "pre_payment",
    voided_at: null,
  };
}

function refundsOf(
  draft: Draft,
  { ours }: InvoiceRow,
  amount: number,
  { refundAmount, creditAmount, outOfBandAmount, reason }: CreditNoteTerms,
): CreditNoteRow["refunds"] {
  const back = refundAmount ?? 0;
  if (back + (creditAmount ?? 0) + (outOfBandAmount ?? 0) !== amount) {
    throw invalid(
      `The sum of credit amount, refund amount and out of band amount must equal the credit note amount (${amount}).`,
    );
  }
  const charge = ours.paymentIntent && draft.get("payment_intent", ours.paymentIntent).latest_charge;
  if (back === 0) return [];
  if (!charge)
    throw invalid("This invoice was not paid by a charge that could be refunded.", { param: "refund_amount" });
  const known = (["duplicate", "fraudulent"] as const).find((word) => word === reason) ?? null;
  const refund = refundPayment(draft, { charge, amount: back, reason: known });
  return [{ amount_refunded: back, payment_record_refund: null, refund: refund.id, type: "refund" }];
}

/** What went neither back to the card nor out of band is a credit of the customer. */
function giveBack(draft: Draft, invoice: InvoiceRow, note: CreditNoteRow): void {
  const refunded = note.refunds.reduce((sum, { amount_refunded: amount }) => sum + amount, 0);
  const credit = note.amount - refunded - (note.out_of_band_amount ?? 0);
  const { balance } = draft.get("customer", note.customer);
  if (credit > 0) changeCustomer(draft, note.customer, { balance: balance - credit });
  changeCredited(draft, invoice, note.amount);
}

function changeCredited(draft: Draft, invoice: InvoiceRow, by: number): void {
  const sum = invoice.post_payment_credit_notes_amount + by;
  const next = draft.put({ ...draft.get("invoice", invoice.id), post_payment_credit_notes_amount: sum });
  tell(draft, "invoice.updated", next, draft.render(invoice));
}

function lower(draft: Draft, invoice: InvoiceRow, by: number): void {
  const next = draft.put({
    ...invoice,
    amount_due: invoice.amount_due - by,
    amount_remaining: invoice.amount_remaining - by,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + by,
  });
  tell(draft, "invoice.updated", next, draft.render(invoice));
  if (next.amount_remaining === 0) markPaid(draft, invoice.id);
}

/** Only a note on an invoice that is still open can be taken back. */
export function voidCreditNote(draft: Draft, id: string): CreditNoteRow {
  const row = draft.get("credit_note", id);
  const invoice = draft.get("invoice", row.invoice);
  if (row.status === "void") throw invalid("This credit note is void already.");
  refuseUnless(invoice, ["open"], "given back what was credited");
  const voided = draft.put<CreditNoteRow>({ ...row, status: "void", voided_at: timeFor(draft, row.customer).at });
  lower(draft, invoice, -row.amount);
  tell(draft, "credit_note.voided", voided);
  return voided;
}
