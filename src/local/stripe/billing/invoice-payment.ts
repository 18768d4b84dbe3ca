import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { choice, listParams, object, required, text, timeRange } from "../params";
import { retrieves } from "../standard-routes";

const listable = {
  ...listParams,
  created: timeRange,
  invoice: text(),
  payment: object({
    payment_intent: text(),
    payment_record: text(),
    type: required(choice("payment_intent", "payment_record")),
  }),
  status: choice("canceled", "open", "paid"),
};

/** The join of payments and invoices: since basil the only way from a payment to its invoice. */
export const invoicePayment: Kind<"invoice_payment"> = {
  prefix: "inpay",
  idLength: 24,
  indexes: { invoice: (row) => row.invoice, payment_intent: (row) => row.ours.paymentIntent },
  expands: { invoice: "invoice", "payment.payment_intent": "payment_intent", "payment.charge": "charge" },
  routes: [
    retrieves("invoice_payment", "/v1/invoice_payments/:id"),
    route("GET", "/v1/invoice_payments", listable, ({ draft, params }) => {
      const { invoice, payment, status } = params;
      const intent = payment?.payment_intent;
      return listPage(draft, "invoice_payment", params, {
        url: "/v1/invoice_payments",
        by: intent ? { payment_intent: intent } : invoice ? { invoice } : undefined,
        created: params.created,
        keep: (row) =>
          (!status || row.status === status) &&
          (!invoice || row.invoice === invoice) &&
          (!payment || (row.payment.type === payment.type && (!intent || row.ours.paymentIntent === intent))),
      });
    }),
  ],
};
