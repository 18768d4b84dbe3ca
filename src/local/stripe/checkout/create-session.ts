import { type Draft, timeFor } from "../draft";
import { mergeMetadata } from "../metadata";
import { pageUrl } from "../objects/page-address";
import { findOffer } from "../discounts/redeem-coupon";
import { fullShipping } from "../payments/shipping";
import { checkPromotion } from "./check-promotion";
import { checkTotal, leavesAmount } from "./check-total";
import { makeLines } from "./make-lines";
import type { SessionParams } from "./session-params";
import type { PaymentData, SessionRow, SubscriptionData } from "./session-row";
import { totalSession } from "./total-session";

const EXPIRES_AFTER_S = 24 * 3_600;

/** What a payment link adds to the session of a visit. */
export interface FromLink {
  paymentLink: string;
  prefilledEmail: string | null;
}

/** An open session. The parameters were checked; what they name is looked up here. */
export function createSession(draft: Draft, params: SessionParams, link?: FromLink): SessionRow {
  const customer = params.customer ? draft.get("customer", params.customer, "customer") : null;
  const { at, clock } = timeFor(draft, customer?.id ?? null);
  const mode = params.mode ?? "payment";
  const lines = mode === "setup" ? [] : makeLines(draft, params.line_items ?? [], mode);
  const email = params.customer_email ?? customer?.email ?? null;
  const id = draft.newId("checkout.session");
  const hosted = (params.ui_mode ?? "hosted_page") === "hosted_page";
  const expires_at = params.expires_at ?? at + EXPIRES_AFTER_S;
  const row: SessionRow = {
    ...plainSession(params),
    id,
    object: "checkout.session",
    client_secret: hosted ? null : `${id}_secret_${draft.newLetters(24)}`,
    created: at,
    currency: lines[0]?.currency ?? params.currency?.toLowerCase() ?? null,
    customer: customer?.id ?? null,
    customer_creation: customer ? null : (params.customer_creation ?? (mode === "payment" ? "if_required" : "always")),
    customer_details: email ? { ...noDetails, email, name: customer?.name ?? null } : null,
    discounts: readDiscounts(draft, params, customer?.id ?? null),
    expires_at,
    metadata: mergeMetadata({}, params.metadata),
    mode,
    payment_link: link?.paymentLink ?? null,
    payment_status: mode === "setup" ? "no_payment_required" : "unpaid",
    setup_intent: null,
    url: hosted ? pageUrl(draft, `/c/pay/${id}`) : null,
    ours: {
      lines,
      subscriptionData: mode === "subscription" ? readSubscription(params) : null,
      paymentData: readPayment(params),
      paymentIntent: null,
      setupIntent: null,
      typed: null,
      prefilledEmail: link?.prefilledEmail ?? null,
    },
  };
  draft.setTimer({ kind: "checkout.session", id, what: "expire", at: expires_at, clock });
  const totaled = totalSession(draft, row);
  if (!leavesAmount(draft, lines)) checkTotal(totaled.amount_total ?? 0, totaled.currency);
  return draft.put(totaled);
}

export const noDetails: NonNullable<SessionRow["customer_details"]> = {
  address: null,
  business_name: null,
  email: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: "none",
  tax_ids: null,
};

function readDiscounts(draft: Draft, params: SessionParams, customer: string | null): SessionRow["discounts"] {
  const [given] = params.discounts ?? [];
  if (!given) return [];
  const { coupon, promotionCode } = findOffer(draft, { coupon: given.coupon, promotionCode: given.promotion_code });
  if (promotionCode) checkPromotion(draft, promotionCode, { customer, guest: isGuest(params) });
  return [
    promotionCode ? { coupon: null, promotion_code: promotionCode.id } : { coupon: coupon.id, promotion_code: null },
  ];
}

export function isGuest({ mode, customer, customer_creation: creation }: SessionParams): boolean {
  return mode === "payment" && !customer && creation !== "always";
}

function readSubscription({ subscription_data: data }: SessionParams): SubscriptionData {
  return {
    metadata: data?.metadata ?? {},
    description: data?.description ?? null,
    trialPeriodDays: data?.trial_period_days ?? null,
    trialEnd: data?.trial_end ?? null,
    missingPaymentMethod: data?.trial_settings?.end_behavior.missing_payment_method ?? null,
    billingMode: data?.billing_mode?.type ?? null,
  };
}

function readPayment({ payment_intent_data: data, setup_intent_data: setup }: SessionParams): PaymentData {
  return {
    metadata: data?.metadata ?? setup?.metadata ?? {},
    description: data?.description ?? setup?.description ?? null,
    setupFutureUsage: data?.setup_future_usage ?? null,
    captureMethod: data?.capture_method ?? null,
    receiptEmail: data?.receipt_email ?? null,
    statementDescriptor: data?.statement_descriptor ?? null,
    shipping: data?.shipping ? fullShipping(data.shipping) : null,
  };
}

type Plain = Omit<
  SessionRow,
  | "id"
  | "object"
  | "client_secret"
  | "created"
  | "currency"
  | "customer"
  | "customer_creation"
  | "customer_details"
  | "discounts"
  | "expires_at"
  | "metadata"
  | "mode"
  | "payment_link"
  | "payment_status"
  | "setup_intent"
  | "url"
  | "ours"
>;

/** What is only echoed, and what nothing here ever sets. */
function plainSession(params: SessionParams): Plain {
  const { consent_collection: consent, mode, invoice_creation: invoice, custom_text: words } = params;
  const recovery = params.after_expiration?.recovery;
  return {
    adaptive_pricing: { enabled: params.adaptive_pricing?.enabled ?? true },
    after_expiration: recovery
      ? {
          recovery: {
            allow_promotion_codes: recovery.allow_promotion_codes ?? false,
            enabled: recovery.enabled,
            expires_at: null,
            url: null,
          },
        }
      : null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: null,
    amount_total: null,
    automatic_tax: automaticTax(params),
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    collected_information: null,
    consent: null,
    consent_collection: consent
      ? {
          payment_method_reuse_agreement: null,
          promotions: consent.promotions ?? null,
          terms_of_service: consent.terms_of_service ?? null,
        }
      : null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: words?.after_submit ?? null,
      shipping_address: words?.shipping_address ?? null,
      submit: words?.submit ?? null,
      terms_of_service_acceptance: words?.terms_of_service_acceptance ?? null,
    },
    customer_account: null,
    customer_email: params.customer_email ?? null,
    ...(params.excluded_payment_method_types
      ? { excluded_payment_method_types: params.excluded_payment_method_types }
      : {}),
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation: mode === "payment" ? invoiceCreation(invoice) : null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    origin_context: params.origin_context ?? null,
    payment_intent: null,
    payment_method_collection: params.payment_method_collection ?? (mode === "payment" ? "if_required" : "always"),
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    permissions: null,
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    recovered_from: null,
    ...(params.redirect_on_completion ? { redirect_on_completion: params.redirect_on_completion } : {}),
    ...(params.return_url ? { return_url: params.return_url } : {}),
    saved_payment_method_options: {
      allow_redisplay_filters: ["always"],
      payment_method_remove: "disabled",
      payment_method_save: params.saved_payment_method_options?.payment_method_save ?? null,
    },
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: "open",
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    tax_id_collection: {
      enabled: params.tax_id_collection?.enabled ?? false,
      required: params.tax_id_collection?.required ?? "never",
    },
    total_details: mode === "setup" ? null : { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: params.ui_mode ?? "hosted_page",
    wallet_options: null,
  };
}

// Tax is not simulated: it is always nothing, and complete as soon as somebody asks for it.
function automaticTax({ automatic_tax: tax }: SessionParams): SessionRow["automatic_tax"] {
  if (!tax?.enabled) return { enabled: false, liability: null, provider: null, status: null };
  return { enabled: true, liability: { type: "self" }, provider: "stripe", status: "requires_location_inputs" };
}

export function invoiceCreation(given: SessionParams["invoice_creation"]): NonNullable<SessionRow["invoice_creation"]> {
  const data = given?.invoice_data;
  return {
    enabled: given?.enabled ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      issuer: null,
      metadata: data?.metadata ?? {},
      rendering_options: null,
    },
  };
}
