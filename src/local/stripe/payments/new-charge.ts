import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import type { Stored } from "../stored";
import type { PaymentIntentRow } from "./new-payment-intent";
import type { PaymentMethodRow } from "./new-payment-method";

/** One attempt to move money: pending (only at a bank) -> succeeded | failed. Each attempt of an intent has its own. */
export type ChargeRow = Stored<Stripe.Charge>;

export interface Failure {
  code: string;
  decline: string;
  message: string;
}

export interface Attempt {
  intent: PaymentIntentRow;
  method: PaymentMethodRow;
  status: "succeeded" | "pending" | "failed";
  failure?: Failure;
}

export function newCharge(draft: Draft, { intent, method, status, failure }: Attempt): ChargeRow {
  const captured = status !== "failed" && intent.capture_method !== "manual";
  const { at } = timeFor(draft, intent.customer);
  return draft.put<ChargeRow>({
    id: draft.newId("charge"),
    object: "charge",
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: intent.statement_descriptor ?? "SIMULATED SHOP",
    captured,
    created: at,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(failure),
    paid: status === "succeeded",
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: detailsOf(method),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null,
  });
}

export function outcomeOf(failure: Failure | undefined): ChargeRow["outcome"] {
  const network = { advice_code: null, network_advice_code: null, network_decline_code: null };
  if (!failure) {
    return {
      ...network,
      network_status: "approved_by_network",
      reason: null,
      risk_level: "normal",
      risk_score: 12,
      seller_message: "Payment complete.",
      type: "authorized",
    };
  }
  return {
    ...network,
    network_status: "declined_by_network",
    reason: failure.decline,
    risk_level: "normal",
    risk_score: 12,
    seller_message: "The bank did not return any further details with this decline.",
    type: "issuer_declined",
  };
}

function detailsOf({ type, card, sepa_debit: sepa, us_bank_account: bank }: PaymentMethodRow): ChargeDetails {
  if (card) return { type, card: cardDetails(card) };
  if (sepa) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
    return { type, sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
  }
  if (!bank) return { type };
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = bank;
  const account = { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number };
  return { type, us_bank_account: { ...account, payment_reference: null } };
}

type ChargeDetails = NonNullable<ChargeRow["payment_method_details"]>;

function cardDetails(card: NonNullable<PaymentMethodRow["card"]>): NonNullable<ChargeDetails["card"]> {
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } = card;
  return {
    amount_authorized: null,
    authorization_code: null,
    brand,
    checks,
    country,
    electronic_commerce_indicator: null,
    exp_month,
    exp_year,
    fingerprint: fingerprint ?? null,
    funding,
    installments: null,
    last4,
    mandate: null,
    network: brand,
    network_transaction_id: null,
    regulated_status: "unregulated",
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}
