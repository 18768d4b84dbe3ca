import type { Kind } from "../kind";

/** Lines are asked for through their invoice, so they have no routes of their own. */
export const invoiceLine: Kind<"line_item"> = {
  prefix: "il",
  idLength: 24,
  indexes: { invoice: (row) => row.invoice },
  expands: { "pricing.price_details.price": "price", subscription: "subscription" },
  routes: [],
};
