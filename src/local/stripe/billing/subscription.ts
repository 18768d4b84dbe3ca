import type { Kind } from "../kind";
import { retrieves } from "../standard-routes";
import { pageInOrder } from "./page-in-order";
import { itemsOf } from "./subscription-row";

export const subscription: Kind<"subscription"> = {
  prefix: "sub",
  idLength: 24,
  indexes: { customer: (row) => row.customer, test_clock: (row) => row.test_clock },
  expands: {
    customer: "customer",
    default_payment_method: "payment_method",
    latest_invoice: "invoice",
    test_clock: "test_helpers.test_clock",
  },
  routes: [retrieves("subscription", "/v1/subscriptions/:id")],
  render: (row, draft) => ({
    ...row,
    items: pageInOrder(draft, itemsOf(draft, row.id), {}, `/v1/subscription_items?subscription=${row.id}`),
  }),
};
