import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import {
  bool,
  choice,
  decimal,
  integer,
  listParams,
  object,
  type ParamsOf,
  required,
  text,
  timeRange,
} from "../params";
import { checkCurrency } from "../objects/currencies";
import { createPrice } from "../objects/price";
import { invalid } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { takeItem } from "./create-invoice";
import { discountsParam } from "./discount-param";
import { makeDiscounts } from "./discounts";
import { inRange } from "./in-range";
import { amountOf } from "./invoice-lines";
import { type InvoiceItemRow, newInvoiceItem } from "./new-invoice-item";
import { refuseUnless } from "./settle-invoice";
import { tell } from "./tell";
import { totalInvoice } from "./total-invoice";

const changeable = {
  amount: integer(),
  description: text(),
  discountable: bool(),
  discounts: discountsParam,
  metadata,
  period: object({ start: required(integer()), end: required(integer()) }),
  quantity: integer({ min: 0 }),
};
const creatable = {
  ...changeable,
  currency: text(3),
  customer: required(text()),
  invoice: text(),
  price_data: object({
    currency: required(text(3)),
    product: required(text()),
    tax_behavior: choice("exclusive", "inclusive", "unspecified"),
    unit_amount: integer(),
    unit_amount_decimal: decimal(),
  }),
  pricing: object({ price: text() }),
  subscription: text(),
  unit_amount_decimal: decimal(),
};
const listable = { ...listParams, created: timeRange, customer: text(), invoice: text(), pending: bool() };

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
    discounts: "discount",
    invoice: "invoice",
    "pricing.price_details.price": "price",
    test_clock: "test_helpers.test_clock",
  },
  routes: [
    route("POST", "/v1/invoiceitems", creatable, ({ draft, params }) => draft.render(createItem(draft, params))),
    retrieves("invoiceitem", "/v1/invoiceitems/:id"),
    route("POST", "/v1/invoiceitems/:id", changeable, ({ draft, params, ids }) =>
      draft.render(updateItem(draft, ids.id, params)),
    ),
    route("DELETE", "/v1/invoiceitems/:id", {}, ({ draft, ids }) => deleteItem(draft, ids.id)),
    route("GET", "/v1/invoiceitems", listable, ({ draft, params }) => listItems(draft, params)),
  ],
};

function createItem(draft: Draft, params: ParamsOf<typeof creatable>): InvoiceItemRow {
  const { customer, invoice: onInvoice, pricing, price_data: terms, subscription } = params;
  draft.get("customer", customer, "customer");
  const invoice = onInvoice ? draft.get("invoice", onInvoice, "invoice") : null;
  if (invoice) refuseUnless(invoice, ["draft"], "changed");
  const made = terms ? createPrice(draft, { ...terms, active: false }).id : null;
  const id = pricing?.price ?? made;
  const price = id ? draft.get("price", id, "pricing[price]") : null;
  if (!price && (params.amount ?? params.unit_amount_decimal ?? null) === null) {
    throw invalid("You must specify an amount, a price or price_data.", { param: "amount" });
  }
  if (price?.recurring) {
    throw invalid("The price specified is recurring; an invoice item takes prices with `type=one_time`.", {
      param: "pricing[price]",
    });
  }
  const unit = params.unit_amount_decimal ? Number(params.unit_amount_decimal) * (params.quantity ?? 1) : null;
  const item = newInvoiceItem(draft, {
    ...params,
    amount: params.amount ?? (unit === null ? null : Math.round(unit)),
    currency:
      price?.currency ?? (params.currency ? checkCurrency(params.currency) : null) ?? invoice?.currency ?? "usd",
    price: price?.id,
    metadata: mergeMetadata({}, params.metadata),
    discounts: makeDiscounts(draft, params.discounts, { customer }),
    subscription: subscription ? draft.get("subscription", subscription, "subscription").id : null,
  });
  if (!invoice) return item;
  takeItem(draft, invoice, item);
  totalInvoice(draft, invoice.id);
  return draft.get("invoiceitem", item.id);
}

function updateItem(draft: Draft, id: string, params: ParamsOf<typeof changeable>): InvoiceItemRow {
  const row = draft.get("invoiceitem", id);
  refuseStanding(draft, row);
  const price = row.pricing?.price_details?.price;
  const quantity = params.quantity ?? row.quantity;
  const recounts = price !== undefined && price !== null && params.quantity !== undefined;
  const amount = params.amount ?? (recounts ? amountOf(draft.get("price", price), quantity) : row.amount);
  const next = draft.put<InvoiceItemRow>({
    ...row,
    amount,
    net_amount: amount,
    quantity,
    quantity_decimal: String(quantity),
    description: params.description === undefined ? row.description : params.description,
    discountable: params.discountable ?? row.discountable,
    metadata: mergeMetadata(row.metadata ?? {}, params.metadata),
    period: params.period ?? row.period,
    ...(params.discounts === undefined
      ? {}
      : { discounts: makeDiscounts(draft, params.discounts, { customer: row.customer, invoice_item: id }) }),
  });
  if (row.invoice) replaceLine(draft, row.invoice, next);
  return next;
}

function replaceLine(draft: Draft, invoice: string, item: InvoiceItemRow): void {
  dropLine(draft, invoice, item.id);
  takeItem(draft, draft.get("invoice", invoice), item);
  totalInvoice(draft, invoice);
}

function dropLine(draft: Draft, invoice: string, item: string): void {
  for (const { id, parent } of draft.rows("line_item", { invoice })) {
    if (parent?.invoice_item_details?.invoice_item === item) draft.remove("line_item", id);
    else if (parent?.subscription_item_details?.invoice_item === item) draft.remove("line_item", id);
  }
}

function deleteItem(draft: Draft, id: string): Rendered {
  const row = draft.get("invoiceitem", id);
  refuseStanding(draft, row);
  if (row.invoice) dropLine(draft, row.invoice, id);
  if (row.invoice) totalInvoice(draft, row.invoice);
  tell(draft, "invoiceitem.deleted", row);
  return { ...draft.remove("invoiceitem", id) };
}

function refuseStanding(draft: Draft, { invoice }: InvoiceItemRow): void {
  if (invoice !== null) refuseUnless(draft.get("invoice", invoice), ["draft"], "changed");
}

function listItems(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { customer, invoice, pending } = params;
  return listPage(draft, "invoiceitem", params, {
    url: "/v1/invoiceitems",
    by: invoice ? { invoice } : customer ? { customer } : undefined,
    keep: (row) =>
      (!customer || row.customer === customer) &&
      (pending === undefined || pending === null || (row.invoice === null) === pending) &&
      inRange(row.date, params.created),
  });
}
