import type { Kind } from "../kind";
import { retrieves } from "../standard-routes";

export const invoiceItem: Kind<"invoiceitem"> = {
  prefix: "ii",
  idLength: 24,
  indexes: {
    customer: (row) => row.customer,
    invoice: (row) => row.invoice,
    pending: (row) => (row.invoice === null ? row.customer : null),
  },
  expands: {
    customer: "customer",
    invoice: "invoice",
    "pricing.price_details.price": "price",
    test_clock: "test_helpers.test_clock",
  },
  routes: [retrieves("invoiceitem", "/v1/invoiceitems/:id")],
};
