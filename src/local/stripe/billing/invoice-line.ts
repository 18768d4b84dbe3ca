import type { Kind } from "../kind";

/** Lines are asked for through their invoice, so they have no routes of their own. */
export const invoiceLine: Kind<"line_item"> = {
  prefix: "il",
  idLength: 24,
  indexes: { invoice: (row) => row.invoice },
  expands: { "pricing.price_details.price": "price" },
  // The types have this field, and no recorded answer since basil does: the subscription is in `parent`.
  render: ({ subscription: _missing, ...row }) => row,
  routes: [],
};
