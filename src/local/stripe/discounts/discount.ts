import type { Kind } from "../kind";

/** Without routes, as at Stripe: a discount is only ever seen inside what it is on. */
export const discount: Kind<"discount"> = {
  prefix: "di",
  idLength: 24,
  indexes: { customer: (row) => row.customer, subscription: (row) => row.subscription },
  expands: { customer: "customer", promotion_code: "promotion_code", "source.coupon": "coupon" },
  routes: [],
};
