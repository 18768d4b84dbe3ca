import { type Kind } from "../kind";
import { retrieves } from "../standard-routes";
import { settlePayment } from "./settle-payment";

export const paymentIntent: Kind<"payment_intent"> = {
  prefix: "pi",
  idLength: 24,
  indexes: { customer: (row) => row.customer },
  expands: { customer: "customer", latest_charge: "charge", payment_method: "payment_method" },
  routes: [retrieves("payment_intent", "/v1/payment_intents/:id")],
  timers: { settle: (draft, id) => void settlePayment(draft, id) },
  render: (row, draft) => {
    const { last_payment_error: error, ours } = row;
    if (!error || !ours.failedWith) return row;
    const method = draft.renderById("payment_method", ours.failedWith);
    return { ...row, last_payment_error: { ...error, payment_method: method } };
  },
};
