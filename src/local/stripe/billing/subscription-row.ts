import type Stripe from "stripe";
import type { Draft } from "../draft";
import type { Rendered, Stored } from "../stored";
import type { PendingChange } from "./pending-update";

/**
 * incomplete -> active | incomplete_expired (final, after 23 hours)
 * trialing -> active | past_due | paused | canceled
 * active <-> past_due -> canceled | unpaid | paused, as the account is set; paused -> active by `resume`
 * canceled is final.
 */
export type SubscriptionRow = Omit<Stored<Stripe.Subscription>, "pending_update"> & {
  pending_update: Omit<NonNullable<Stored<Stripe.Subscription>["pending_update"]>, "subscription_items"> | null;
  ours: {
    /** False while it is being made: changes on the way to its first status are not told. */
    told: boolean;
    /** What lists filter on, kept here because 150,000 rows are walked: the items' prices and periods. */
    prices: string[];
    periodEnd: number;
    periodStart: number;
    /** Set in the control room: how the next payment ends, whatever the card says. */
    nextPayment: "fails" | "succeeds" | null;
    pending: PendingChange | null;
    /** The invoice that a paused subscription waits for, so that it may resume. */
    resumption: string | null;
  };
};

export type SubscriptionItemRow = Omit<Stored<Stripe.SubscriptionItem>, "price" | "plan"> & { price: string };

export const ENDED: ReadonlySet<string> = new Set(["canceled", "incomplete_expired"]);

/** Only flexible billing pauses a subscription when a payment fails, or when somebody asks for it. */
export function isFlexible({ billing_mode: mode }: Pick<SubscriptionRow, "billing_mode">): boolean {
  return mode.type === "flexible";
}

export function blankSubscription(id: string, customer: string, at: number): SubscriptionRow {
  return {
    id,
    object: "subscription",
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: at,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible", updated_at: at },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: "charge_automatically",
    created: at,
    currency: "usd",
    customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: "self" },
    },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: "off" },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: at,
    status: "incomplete",
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: "create_invoice" } },
    trial_start: null,
    ours: {
      told: false,
      prices: [],
      periodEnd: at,
      periodStart: at,
      nextPayment: null,
      pending: null,
      resumption: null,
    },
  };
}

export function itemsOf(draft: Draft, subscription: string): SubscriptionItemRow[] {
  return draft.rows("subscription_item", { subscription });
}

/** The item as Stripe shows it: with its price whole, and the same once more as the plan of old. */
export function renderItem(row: SubscriptionItemRow, draft: Draft): Rendered {
  const price = draft.get("price", row.price);
  const { recurring } = price;
  const plan = {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: recurring?.interval ?? "month",
    interval_count: recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: recurring?.trial_period_days ?? null,
    usage_type: recurring?.usage_type ?? "licensed",
  };
  return { ...row, plan, price: draft.render(price) };
}
