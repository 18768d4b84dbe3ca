import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import type { Stored } from "../stored";

/**
 * draft -> open -> paid | void | uncollectible; uncollectible -> paid | void. A draft may be deleted, and nothing else.
 */
export type InvoiceRow = Stored<Stripe.Invoice> & {
  ours: {
    subscription: string | null;
    /** The payment intent that collects it, once it is open. */
    paymentIntent: string | null;
  };
};

export type LineRow = Stored<Stripe.InvoiceLineItem>;
export type InvoicePaymentRow = Stored<Stripe.InvoicePayment> & { ours: { paymentIntent: string | null } };

export function linesOf(draft: Draft, invoice: string): LineRow[] {
  return draft.rows("line_item", { invoice });
}

/** An empty draft for this customer, with what Stripe copies from the customer on the day it is made. */
export function blankInvoice(draft: Draft, customer: string, currency: string): InvoiceRow {
  const { at, clock } = timeFor(draft, customer);
  const payer = draft.get("customer", customer, "customer");
  return {
    ...emptyInvoice(at, currency),
    id: draft.newId("invoice"),
    object: "invoice",
    account_name: draft.rows("account")[0]?.business_profile?.name ?? null,
    customer,
    customer_address: payer.address ?? null,
    customer_email: payer.email,
    customer_name: payer.name ?? null,
    customer_phone: payer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: payer.tax_exempt ?? "none",
    starting_balance: 0,
    test_clock: clock,
  };
}

type Empty = Omit<
  InvoiceRow,
  | "id"
  | "object"
  | "account_name"
  | "customer"
  | "customer_address"
  | "customer_email"
  | "customer_name"
  | "customer_phone"
  | "customer_shipping"
  | "customer_tax_exempt"
  | "starting_balance"
  | "test_clock"
>;

function emptyInvoice(at: number, currency: string): Empty {
  return {
    account_country: "US",
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: "manual",
    collection_method: "charge_automatically",
    created: at,
    currency,
    custom_fields: null,
    customer_account: null,
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: at,
    period_start: at,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    statement_descriptor: null,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: at,
    ours: { subscription: null, paymentIntent: null },
  };
}
