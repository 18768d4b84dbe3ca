import type { Kind } from "../kind";
import { retrieves } from "../standard-routes";
import { linesOf } from "./invoice-row";
import { pageInOrder } from "./page-in-order";

export const invoice: Kind<"invoice"> = {
  prefix: "in",
  idLength: 24,
  indexes: { customer: (row) => row.customer, subscription: (row) => row.ours.subscription },
  expands: {
    customer: "customer",
    default_payment_method: "payment_method",
    "parent.subscription_details.subscription": "subscription",
    test_clock: "test_helpers.test_clock",
  },
  routes: [retrieves("invoice", "/v1/invoices/:id")],
  render: (row, draft) => ({
    ...row,
    lines: pageInOrder(draft, linesOf(draft, row.id), {}, `/v1/invoices/${row.id}/lines`),
  }),
};
