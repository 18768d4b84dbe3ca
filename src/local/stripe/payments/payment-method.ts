import { type Kind } from "../kind";
import { retrieves } from "../standard-routes";

export const paymentMethod: Kind<"payment_method"> = {
  prefix: "pm",
  idLength: 24,
  indexes: { customer: (row) => row.customer },
  expands: { customer: "customer" },
  routes: [retrieves("payment_method", "/v1/payment_methods/:id")],
};
