import { type Draft, timeFor } from "../draft";
import type { PaymentIntentRow } from "../payments/new-payment-intent";
import { invalid } from "../refuse";
import type { InvoicePaymentRow, InvoiceRow } from "./invoice-row";
import { markPaid, refuseUnless } from "./settle-invoice";
import { changeCustomer, tell } from "./tell";

/** Adds a payment to an open invoice, beside the one that Stripe made for it. It counts when it has succeeded. */
export function attachPayment(draft: Draft, id: string, paymentIntent: string): InvoiceRow {
  const row = draft.get("invoice", id);
  refuseUnless(row, ["open", "uncollectible"], "paid by another payment");
  const intent = draft.get("payment_intent", paymentIntent, "payment_intent");
  refuseForeign(draft, row, intent);
  const { at } = timeFor(draft, row.customer);
  const joined = draft.put<InvoicePaymentRow>({
    id: draft.newId("invoice_payment"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: intent.amount,
    created: at,
    currency: row.currency,
    invoice: id,
    is_default: false,
    livemode: false,
    payment: { payment_intent: paymentIntent, type: "payment_intent" },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
    ours: { paymentIntent },
  });
  if (intent.status === "succeeded") creditAttached(draft, joined);
  return draft.get("invoice", id);
}

function refuseForeign(draft: Draft, row: InvoiceRow, intent: PaymentIntentRow): void {
  const refuse = (message: string): never => {
    throw invalid(message, { param: "payment_intent" });
  };
  if (draft.rows("invoice_payment", { payment_intent: intent.id }).length > 0) {
    refuse(`The PaymentIntent ${intent.id} is already attached to an invoice.`);
  }
  if (intent.status === "canceled") refuse("A canceled PaymentIntent cannot be attached to an invoice.");
  if (intent.customer !== row.customer) refuse("The PaymentIntent must have the same customer as the invoice.");
  if (intent.currency !== row.currency) refuse("The PaymentIntent must have the same currency as the invoice.");
  if (intent.amount > row.amount_remaining) {
    refuse("The amount of the PaymentIntent cannot be greater than the amount remaining on the invoice.");
  }
}

/** An attached payment has succeeded. What came beyond the amount due is credited to the customer. */
export function creditAttached(draft: Draft, joined: InvoicePaymentRow): void {
  const row = draft.get("invoice", joined.invoice);
  const came = draft.get("payment_intent", joined.ours.paymentIntent ?? "").amount_received;
  const { at } = timeFor(draft, row.customer);
  const status_transitions = { canceled_at: null, paid_at: at };
  const paid = draft.put<InvoicePaymentRow>({ ...joined, amount_paid: came, status: "paid", status_transitions });
  const amount_paid = row.amount_paid + came;
  const amount_overpaid = Math.max(0, amount_paid - row.amount_due);
  const part = { amount_paid, amount_overpaid, amount_remaining: Math.max(0, row.amount_due - amount_paid) };
  if (part.amount_remaining > 0) keepPart(draft, row, part);
  else settle(draft, row, part);
  draft.emit("invoice_payment.paid", draft.render(paid), { at });
}

type Part = Pick<InvoiceRow, "amount_paid" | "amount_overpaid" | "amount_remaining">;

function keepPart(draft: Draft, row: InvoiceRow, part: Part): void {
  const before = draft.render(row);
  tell(draft, "invoice.updated", draft.put<InvoiceRow>({ ...row, ...part }), before);
  const [open] = draft.rows("invoice_payment", { invoice: row.id }).filter(isOpenDefault);
  if (!open?.ours.paymentIntent) return;
  draft.put({ ...open, amount_requested: part.amount_remaining });
  draft.update("payment_intent", open.ours.paymentIntent, { amount: part.amount_remaining });
}

function settle(draft: Draft, row: InvoiceRow, part: Part): void {
  draft.put<InvoiceRow>({ ...row, ...part });
  const paid = markPaid(draft, row.id, { attached: true });
  if (part.amount_overpaid === 0) return;
  const { customer } = row;
  if (customer !== null) {
    const { balance } = draft.get("customer", customer);
    changeCustomer(draft, customer, { balance: balance - part.amount_overpaid });
  }
  tell(draft, "invoice.overpaid", paid);
}

function isOpenDefault({ is_default, status }: InvoicePaymentRow): boolean {
  return is_default && status === "open";
}
