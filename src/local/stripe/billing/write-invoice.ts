import { type Draft, timeFor } from "../draft";
import { mergeMetadata, metadata } from "../metadata";
import { bool, choice, integer, list, object, type ParamsOf, required, text } from "../params";
import { checkCurrency } from "../objects/currencies";
import { invalid, missingParam } from "../refuse";
import { createInvoice } from "./create-invoice";
import { discountsParam } from "./discount-param";
import { makeDiscounts } from "./discounts";
import type { InvoiceRow } from "./invoice-row";
import { refuseUnless } from "./settle-invoice";
import { tell } from "./tell";
import { totalInvoice } from "./total-invoice";

export const changeable = {
  auto_advance: bool(),
  automatic_tax: object({ enabled: required(bool()) }),
  collection_method: choice("charge_automatically", "send_invoice"),
  custom_fields: list(object({ name: required(text(40)), value: required(text(140)) }), 4),
  days_until_due: integer({ min: 0 }),
  default_payment_method: text(),
  description: text(),
  discounts: discountsParam,
  due_date: integer(),
  effective_at: integer(),
  footer: text(),
  metadata,
  number: text(26),
  statement_descriptor: text(22),
};

export const creatable = {
  ...changeable,
  currency: text(3),
  customer: text(),
  pending_invoice_items_behavior: choice("exclude", "include", "include_and_require"),
  subscription: text(),
};

type Created = ParamsOf<typeof creatable>;
type Changed = ParamsOf<typeof changeable>;

/** A draft that somebody makes; it is finalized by itself only when `auto_advance` says so. */
export function createByHand(draft: Draft, params: Created): InvoiceRow {
  const subscription = params.subscription ? draft.get("subscription", params.subscription, "subscription") : null;
  const customer = subscription?.customer ?? params.customer;
  if (!customer) throw missingParam("customer");
  const behavior = params.pending_invoice_items_behavior ?? "exclude";
  const takes = behavior !== "exclude" || subscription !== null;
  const currency =
    (params.currency ? checkCurrency(params.currency) : null) ??
    subscription?.currency ??
    waitingCurrency(draft, customer);
  const { id } = createInvoice(draft, {
    customer: draft.get("customer", customer, "customer").id,
    currency,
    reason: subscription ? "subscription_update" : "manual",
    subscription,
    takesPending: takes,
    advances: params.auto_advance ?? false,
    more: fieldsOf(draft, customer, params),
  });
  const isEmpty = draft.rows("line_item", { invoice: id }).length === 0;
  if (isEmpty && subscription) {
    throw invalid("Nothing to invoice for subscription", { code: "invoice_no_subscription_line_items" });
  }
  // Only older versions require something pending; since 2022-08-01 an empty draft is made.
  if (isEmpty && behavior === "include_and_require") {
    throw invalid("Nothing to invoice for customer", { code: "invoice_no_customer_line_items" });
  }
  return draft.get("invoice", id);
}

function waitingCurrency(draft: Draft, customer: string): string {
  const [item] = draft.rows("invoiceitem", { pending: customer });
  return item?.currency ?? draft.find("customer", customer)?.currency ?? "usd";
}

function fieldsOf(draft: Draft, customer: string, params: Changed): Partial<InvoiceRow> {
  const sends = params.collection_method === "send_invoice";
  const days = params.days_until_due ?? null;
  if (sends && days === null && !params.due_date) {
    throw invalid("If invoice collection method is 'send_invoice', you must specify 'days_until_due' or 'due_date'.");
  }
  const method = params.default_payment_method;
  return {
    ...(params.automatic_tax ? { automatic_tax: taxOf(params.automatic_tax.enabled) } : {}),
    ...(params.collection_method ? { collection_method: params.collection_method } : {}),
    ...(days === null ? {} : { due_date: timeFor(draft, customer).at + days * 86_400 }),
    ...(params.due_date ? { due_date: params.due_date } : {}),
    ...(method === undefined ? {} : { default_payment_method: method && draft.get("payment_method", method).id }),
    ...(params.discounts === undefined ? {} : { discounts: makeDiscounts(draft, params.discounts, { customer }) }),
    ...(params.metadata === undefined ? {} : { metadata: mergeMetadata({}, params.metadata) }),
    ...textsOf(params),
  };
}

// Tax itself is not simulated: where the customer is known, it is nothing.
function taxOf(enabled: boolean): InvoiceRow["automatic_tax"] {
  const off = { disabled_reason: null, enabled, liability: null, provider: null, status: null };
  return enabled ? { ...off, liability: { type: "self" }, provider: "stripe" } : off;
}

function textsOf(params: Changed): Partial<InvoiceRow> {
  const { custom_fields, description, effective_at, footer, number, statement_descriptor } = params;
  return {
    ...(custom_fields === undefined ? {} : { custom_fields }),
    ...(description === undefined ? {} : { description }),
    ...(effective_at === undefined ? {} : { effective_at }),
    ...(footer === undefined ? {} : { footer }),
    ...(number === undefined ? {} : { number }),
    ...(statement_descriptor === undefined ? {} : { statement_descriptor }),
  };
}

/** What is written on a draft may change; of an invoice that stands, only the metadata and how it is collected. */
export function updateByHand(draft: Draft, id: string, params: Changed): InvoiceRow {
  const row = draft.get("invoice", id);
  const { metadata: given, auto_advance: advances, default_payment_method: _method, ...drafted } = params;
  if (Object.keys(drafted).length > 0) refuseUnless(row, ["draft"], "changed");
  const before = draft.render(row);
  draft.put({
    ...row,
    ...(row.customer === null ? {} : fieldsOf(draft, row.customer, params)),
    auto_advance: advances ?? row.auto_advance ?? false,
    metadata: mergeMetadata(row.metadata ?? {}, given),
  });
  const after = row.status === "draft" ? totalInvoice(draft, id) : draft.get("invoice", id);
  tell(draft, "invoice.updated", after, before);
  return after;
}
