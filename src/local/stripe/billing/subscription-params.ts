import { metadata } from "../metadata";
import { bool, choice, decimal, either, type Field, integer, list, object, required, text } from "../params";
import { invalid } from "../refuse";
import { discountsParam } from "./discount-param";

const quantity = integer({ min: 0, max: 999_999_999 });
const behavior = choice("always_invoice", "create_prorations", "none");

const newItem = object({ price: text(), price_data: inlinePrice(), quantity, metadata, discounts: discountsParam });

// A price that is made on the spot and belongs to this one object.
export function inlinePrice() {
  return object({
    currency: required(text(3)),
    product: required(text()),
    recurring: object({
      interval: required(choice("day", "week", "month", "year")),
      interval_count: integer({ min: 1 }),
    }),
    tax_behavior: choice("exclusive", "inclusive", "unspecified"),
    unit_amount: integer({ min: 0 }),
    unit_amount_decimal: decimal(),
  });
}

export const details = object({
  comment: text(),
  feedback: choice(
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
  ),
  feedback_option: text(),
});

/** A moment, or one of the words for one. */
function moment<const W extends string>(...words: W[]): Field<number | W, false> {
  return {
    required: false,
    read: (value, param) => {
      const word = words.find((known) => known === value);
      if (word !== undefined) return word;
      if (typeof value === "string" && /^\d{1,12}$/.test(value)) return Number(value);
      throw invalid(`Invalid ${param}: must be a Unix timestamp${words.map((known) => ` or ${known}`).join("")}.`, {
        param,
      });
    },
  };
}

const common = {
  add_invoice_items: list(newItem, 20),
  automatic_tax: object({ enabled: required(bool()) }),
  cancel_at: moment("max_billed_until", "max_period_end", "min_period_end"),
  cancel_at_period_end: bool(),
  collection_method: choice("charge_automatically", "send_invoice"),
  days_until_due: integer({ min: 0 }),
  default_payment_method: text(),
  description: text(500),
  discounts: discountsParam,
  metadata,
  off_session: bool(),
  payment_behavior: choice("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"),
  payment_settings: object({
    payment_method_types: list(text()),
    save_default_payment_method: choice("off", "on_subscription"),
  }),
  proration_behavior: behavior,
  trial_end: moment("now"),
  trial_from_plan: bool(),
  trial_settings: object({
    end_behavior: required(
      object({
        billing_cycle_anchor: choice("now", "unchanged"),
        missing_payment_method: required(choice("cancel", "create_invoice", "pause")),
      }),
    ),
  }),
};

export const creatable = {
  ...common,
  billing_cycle_anchor: integer(),
  billing_mode: object({
    type: required(choice("classic", "flexible")),
    flexible: object({ proration_discounts: choice("included", "itemized") }),
  }),
  currency: text(3),
  customer: required(text()),
  items: list(newItem, 20),
  trial_period_days: integer({ min: 1, max: 730 }),
};

export const changeable = {
  ...common,
  billing_cycle_anchor: object({ type: required(choice("now", "unchanged")) }),
  cancellation_details: details,
  items: list(
    object({
      id: text(),
      price: text(),
      price_data: inlinePrice(),
      quantity,
      deleted: bool(),
      metadata,
      discounts: discountsParam,
      clear_usage: bool(),
    }),
    20,
  ),
  pause_collection: object({
    behavior: required(choice("keep_as_draft", "mark_uncollectible", "void")),
    resumes_at: integer(),
  }),
  proration_date: integer(),
};

export const pausable = {
  bill_for: object({
    outstanding_usage_through: object({ type: required(choice("none", "now")) }),
    unused_time_from: object({ type: required(choice("item_current_period_start", "none", "now")) }),
  }),
  invoicing_behavior: choice("invoice", "pending_invoice_item"),
  type: choice("subscription"),
};

export const resumable = {
  billing_cycle_anchor: either(choice("now", "unchanged"), object({ type: required(choice("now", "unchanged")) })),
  payment_behavior: choice("resume_on_payment_attempt", "resume_on_payment_success"),
  proration_behavior: behavior,
  proration_date: integer(),
};

export const endable = { cancellation_details: details, invoice_now: bool(), prorate: bool() };
