import type { Kind } from "../kind";
import { retrieves } from "../standard-routes";

export const invoicePayment: Kind<"invoice_payment"> = {
  prefix: "inpay",
  idLength: 24,
  indexes: { invoice: (row) => row.invoice, payment_intent: (row) => row.ours.paymentIntent },
  expands: { invoice: "invoice", "payment.payment_intent": "payment_intent", "payment.charge": "charge" },
  routes: [retrieves("invoice_payment", "/v1/invoice_payments/:id")],
};
