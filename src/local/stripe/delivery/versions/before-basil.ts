import type { Rendered } from "../../stored";
import type { Step } from "./at-version";
import type { Lookup } from "./look-up";
import { listAt, readPath, textAt, without } from "./read-path";

/** Basil moved the period to the items, the payments of an invoice into a list, and the price of a line into `pricing`. */
export const beforeBasil: Step = {
  since: "2025-03-31",
  objects: {
    subscription,
    subscription_item: item,
    invoice,
    line_item: line,
    charge: money,
    payment_intent: money,
  },
};

function subscription(object: Rendered, look: Lookup): Rendered {
  const period = look.period(String(object["id"]));
  return {
    ...without(object, "billing_mode"),
    current_period_start: period?.start ?? null,
    current_period_end: period?.end ?? null,
    discount: listAt(object, "discounts")[0] ?? null,
  };
}

function item(object: Rendered): Rendered {
  return without(object, "current_period_start", "current_period_end", "current_trial", "billed_until");
}

function invoice(object: Rendered, look: Lookup): Rendered {
  const paid = object["status"] === "paid";
  const payment = look.paymentOf(String(object["id"]));
  const details = readPath(object, "parent.subscription_details");
  return {
    ...without(object, "parent", "payments", "confirmation_secret", "amount_overpaid", "amount_paid_off_stripe"),
    charge: payment?.charge ?? null,
    discount: listAt(object, "discounts")[0] ?? null,
    paid,
    paid_out_of_band: paid && !payment && Number(object["amount_due"] ?? 0) > 0,
    payment_intent: payment?.payment_intent ?? null,
    quote: null,
    subscription: readPath(object, "parent.subscription_details.subscription"),
    subscription_details:
      details === null ? null : { metadata: readPath(object, "parent.subscription_details.metadata") },
    tax: null,
  };
}

function line(object: Rendered, look: Lookup): Rendered {
  const priceId = textAt(object, "pricing.price_details.price");
  const price = priceId === null ? null : look.object("price", priceId);
  const ofSubscription = readPath(object, "parent.type") === "subscription_item_details";
  const parent = `parent.${ofSubscription ? "subscription_item_details" : "invoice_item_details"}`;
  return {
    ...without(object, "parent", "pricing"),
    invoice_item: readPath(object, `${parent}.invoice_item`),
    plan: price && price["recurring"] ? planOf(price) : null,
    price,
    proration: readPath(object, `${parent}.proration`) ?? false,
    subscription: readPath(object, `${parent}.subscription`),
    subscription_item: readPath(object, `${parent}.subscription_item`),
    type: ofSubscription ? "subscription" : "invoiceitem",
  };
}

function planOf(price: Rendered): Rendered {
  return {
    id: price["id"],
    object: "plan",
    active: price["active"],
    amount: price["unit_amount"],
    amount_decimal: price["unit_amount_decimal"],
    created: price["created"],
    currency: price["currency"],
    interval: readPath(price, "recurring.interval"),
    interval_count: readPath(price, "recurring.interval_count"),
    livemode: false,
    product: price["product"],
  };
}

function money(object: Rendered, look: Lookup): Rendered {
  const intent = object["object"] === "charge" ? textAt(object, "payment_intent") : textAt(object, "id");
  return { ...object, invoice: look.invoiceOf(intent) };
}
