import { type Kind } from "../kind";
import { retrieves } from "../standard-routes";

export const charge: Kind<"charge"> = {
  prefix: "ch",
  idLength: 24,
  indexes: { customer: (row) => row.customer, payment_intent: (row) => row.payment_intent },
  expands: { customer: "customer", payment_intent: "payment_intent" },
  routes: [retrieves("charge", "/v1/charges/:id")],
  timers: { dispute: () => {} },
};
