import type Stripe from "stripe";
import { bool, choice, integer, list, object, type ParamsOf, required, text } from "../params";
import type { Stored } from "../stored";

type Features = Stored<Stripe.BillingPortal.Configuration>["features"];

const interval = object({
  interval: required(choice("day", "month", "week", "year")),
  interval_count: integer({ min: 1 }),
});
const updatable = object({
  adjustable_quantity: object({
    enabled: required(bool()),
    maximum: integer({ min: 1 }),
    minimum: integer({ min: 0 }),
  }),
  prices: required(list(text())),
  product: required(text()),
});

/** What a person may do in the portal, as a caller names it. */
export const featureParams = object({
  customer_update: object({
    allowed_updates: list(choice("address", "email", "name", "phone", "shipping", "tax_id")),
    enabled: bool(),
  }),
  invoice_history: object({ enabled: required(bool()) }),
  payment_method_update: object({ enabled: required(bool()), payment_method_configuration: text() }),
  subscription_cancel: object({
    cancellation_reason: object({
      enabled: required(bool()),
      feedback_options: list(text()),
      options: list(
        choice(
          "customer_service",
          "low_quality",
          "missing_features",
          "other",
          "switched_service",
          "too_complex",
          "too_expensive",
          "unused",
        ),
      ),
    }),
    enabled: bool(),
    mode: choice("at_period_end", "immediately"),
    proration_behavior: choice("always_invoice", "create_prorations", "none"),
  }),
  subscription_pause: object({
    duration: object({ interval_options: list(interval), type: required(choice("indefinite", "interval_options")) }),
    enabled: bool(),
  }),
  subscription_update: object({
    billing_cycle_anchor: choice("now", "unchanged"),
    default_allowed_updates: list(choice("price", "promotion_code", "quantity")),
    enabled: bool(),
    products: list(updatable, 10),
    proration_behavior: choice("always_invoice", "create_prorations", "none"),
    schedule_at_period_end: object({
      conditions: list(object({ type: required(choice("decreasing_item_amount", "shortening_interval")) })),
    }),
    trial_update_behavior: choice("continue_trial", "end_trial"),
  }),
});

type Given = NonNullable<ParamsOf<{ features: typeof featureParams }>["features"]>;

/** Everything off: what is not named when a configuration is created. */
export const noFeatures: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: { enabled: false, feedback_options: null, options: [] },
    enabled: false,
    mode: "at_period_end",
    proration_behavior: "none",
  },
  subscription_pause: { duration: { interval_options: [], type: "indefinite" }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: [],
    proration_behavior: "none",
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: "end_trial",
  },
};

export function changedFeatures(now: Features, given: Given): Features {
  return {
    customer_update: merged(now.customer_update, given.customer_update),
    invoice_history: merged(now.invoice_history, given.invoice_history),
    payment_method_update: merged(now.payment_method_update, given.payment_method_update),
    subscription_cancel: cancelFeature(now.subscription_cancel, given.subscription_cancel ?? {}),
    subscription_pause: pauseFeature(now.subscription_pause, given.subscription_pause ?? {}),
    subscription_update: updateFeature(now.subscription_update, given.subscription_update ?? {}),
  };
}

function cancelFeature(
  now: Features["subscription_cancel"],
  { cancellation_reason: reason, ...given }: NonNullable<Given["subscription_cancel"]>,
): Features["subscription_cancel"] {
  return { ...merged(now, given), cancellation_reason: merged(now.cancellation_reason, reason) };
}

function pauseFeature(
  now: Features["subscription_pause"],
  { duration, enabled }: NonNullable<Given["subscription_pause"]>,
): Features["subscription_pause"] {
  const options = duration?.interval_options?.map((one) => ({ ...one, interval_count: one.interval_count ?? 1 }));
  const next = duration ? { type: duration.type, interval_options: options ?? [] } : now.duration;
  return { duration: next, enabled: enabled ?? now.enabled };
}

function updateFeature(
  now: Features["subscription_update"],
  { products, schedule_at_period_end: schedule, ...given }: NonNullable<Given["subscription_update"]>,
): Features["subscription_update"] {
  const full = products?.map(({ adjustable_quantity: quantity, prices, product }) => ({
    adjustable_quantity: {
      enabled: quantity?.enabled ?? false,
      maximum: quantity?.maximum ?? null,
      minimum: quantity?.minimum ?? 1,
    },
    prices,
    product,
  }));
  return {
    ...merged(now, given),
    products: products === null ? [] : (full ?? now.products ?? []),
    schedule_at_period_end: { conditions: schedule?.conditions ?? now.schedule_at_period_end.conditions },
  };
}

type Sent<T> = { [K in keyof T]?: T[K] | null | undefined };

/** What was sent replaces what was; what was unset (null) goes back to nothing, for lists the empty one. */
export function merged<T extends object>(now: T, given: Sent<NoInfer<T>> | null | undefined): T {
  const next = { ...now };
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === undefined) continue;
    const empty = Array.isArray(new Map<string, unknown>(Object.entries(now)).get(name)) ? [] : null;
    Object.assign(next, { [name]: value ?? empty });
  }
  return next;
}
