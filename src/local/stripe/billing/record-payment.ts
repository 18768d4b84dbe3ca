import { type Draft, timeFor } from "../draft";
import type { InvoicePaymentRow } from "./invoice-row";

/** Joins a payment to its invoice: open while it is tried, paid when it has come. */
export function recordPayment(
  draft: Draft,
  invoice: string,
  paymentIntent: string,
  status: "open" | "paid",
): InvoicePaymentRow {
  const row = draft.get("invoice", invoice);
  const { at } = timeFor(draft, row.customer);
  const known = draft.rows("invoice_payment", { payment_intent: paymentIntent })[0];
  const paid = status === "paid";
  const requested = known?.amount_requested ?? row.amount_due;
  const joined = draft.put<InvoicePaymentRow>({
    id: known?.id ?? draft.newId("invoice_payment"),
    object: "invoice_payment",
    amount_paid: paid ? requested : null,
    amount_requested: requested,
    created: known?.created ?? at,
    currency: row.currency,
    invoice,
    is_default: true,
    livemode: false,
    payment: { payment_intent: paymentIntent, type: "payment_intent" },
    status,
    status_transitions: { canceled_at: null, paid_at: paid ? at : null },
    ours: { paymentIntent },
  });
  draft.update("invoice", invoice, { ours: { ...row.ours, paymentIntent } });
  if (paid) draft.emit("invoice_payment.paid", draft.render(joined), { at });
  return joined;
}
