import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import type { Stored } from "../stored";

/**
 * requires_payment_method -> requires_confirmation -> (requires_action | processing) -> succeeded; a failure leads back
 * to requires_payment_method, `cancel` ends it in canceled, and manual capture rests at requires_capture.
 */
export type PaymentIntentRow = Stored<Stripe.PaymentIntent> & {
  ours: {
    /** The payment method of the last failure, which `last_payment_error` shows whole. */
    failedWith: string | null;
  };
};

export interface IntentTerms {
  amount: number;
  currency: string;
  customer: string | null;
  description?: string | null | undefined;
  metadata?: Record<string, string> | undefined;
  paymentMethod?: string | null;
  setupFutureUsage?: "off_session" | "on_session" | null | undefined;
  statementDescriptor?: string | null | undefined;
}

export function newPaymentIntent(draft: Draft, terms: IntentTerms): PaymentIntentRow {
  const id = draft.newId("payment_intent");
  const { at } = timeFor(draft, terms.customer);
  return draft.put<PaymentIntentRow>({
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount: terms.amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: "always", enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic_async",
    client_secret: `${id}_secret_${draft.newLetters(24)}`,
    confirmation_method: "automatic",
    created: at,
    currency: terms.currency,
    customer: terms.customer,
    customer_account: null,
    description: terms.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: terms.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: terms.paymentMethod ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card", "sepa_debit", "us_bank_account"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: terms.setupFutureUsage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: terms.statementDescriptor ?? null,
    statement_descriptor_suffix: null,
    status: terms.paymentMethod ? "requires_confirmation" : "requires_payment_method",
    transfer_group: null,
    ours: { failedWith: null },
  });
}
