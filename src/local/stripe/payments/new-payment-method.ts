import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import type { Stored } from "../stored";
import { type Act, findCardByToken, type TestCard } from "./test-cards";

/** A way to pay is made by its own route, on a hosted page, or out of a test token wherever an id is expected. */
export type PaymentMethodRow = Stored<Stripe.PaymentMethod> & {
  ours: {
    act: Act;
    /** Its owner has allowed payments without being asked, which satisfies the cards that ask once. */
    setUp: boolean;
  };
};

type BillingDetails = PaymentMethodRow["billing_details"];

export const noBillingDetails: BillingDetails = { address: null, email: null, name: null, phone: null, tax_id: null };

export function newCard(draft: Draft, card: TestCard, billing: BillingDetails = noBillingDetails): PaymentMethodRow {
  const { brand, funding, number, act } = card;
  const row = blankMethod(draft, "card", act, billing);
  return draft.put<PaymentMethodRow>({
    ...row,
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
      country: "US",
      display_brand: brand,
      exp_month: 12,
      exp_year: 2034,
      // The same number has the same fingerprint, for every customer.
      fingerprint: `Fp${number.slice(-14)}`,
      funding,
      generated_from: null,
      last4: number.slice(-4),
      networks: { available: [brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  });
}

const ACCOUNT_THAT_FAILS = "000111111116";

export function newBankAccount(draft: Draft, accountNumber: string, billing = noBillingDetails): PaymentMethodRow {
  const ends = accountNumber === ACCOUNT_THAT_FAILS ? "failed" : "succeeded";
  return draft.put<PaymentMethodRow>({
    ...blankMethod(draft, "us_bank_account", { does: "delays", ends }, billing),
    us_bank_account: {
      account_holder_type: "individual",
      account_type: "checking",
      bank_name: "STRIPE TEST BANK",
      financial_connections_account: null,
      fingerprint: `Fp${accountNumber}`,
      last4: accountNumber.slice(-4),
      networks: { preferred: "ach", supported: ["ach"] },
      routing_number: "110000000",
      status_details: {},
    },
  });
}

// Of Stripe's test numbers, those of each country that end in failure; every other one pays.
const IBANS_THAT_FAIL =
  /^(AT861904300235473202|AT051904300235473205|DE62370400440532013001|IT60X0542811101000000123456)$/;

export function newSepaDebit(draft: Draft, iban: string, billing = noBillingDetails): PaymentMethodRow {
  const ends = IBANS_THAT_FAIL.test(iban) ? "failed" : "succeeded";
  return draft.put<PaymentMethodRow>({
    ...blankMethod(draft, "sepa_debit", { does: "delays", ends }, billing),
    sepa_debit: {
      bank_code: iban.slice(4, 9),
      branch_code: null,
      country: iban.slice(0, 2),
      fingerprint: `Fp${iban.slice(-14)}`,
      generated_from: { charge: null, setup_attempt: null },
      last4: iban.slice(-4),
    },
  });
}

function blankMethod(draft: Draft, type: string, act: Act, billing: BillingDetails): PaymentMethodRow {
  return {
    id: draft.newId("payment_method"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: billing,
    created: draft.now,
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type,
    ours: { act, setUp: false },
  };
}

/**
 * The payment method of this id; a test token such as `pm_card_visa` makes a new one each time, as at Stripe, which is
 * why whoever is given an id must go on with the row and not with the id.
 */
export function getPaymentMethod(draft: Draft, id: string, param = "payment_method"): PaymentMethodRow {
  if (id === "pm_usBankAccount_success") return newBankAccount(draft, "000123456789");
  if (id.startsWith("pm_usBankAccount_")) return newBankAccount(draft, ACCOUNT_THAT_FAILS);
  const card = draft.find("payment_method", id) ? null : findCardByToken(id);
  return card ? newCard(draft, card) : draft.get("payment_method", id, param);
}

/** Stores it for the customer. Saying it twice changes nothing. */
export function attachPaymentMethod(draft: Draft, method: PaymentMethodRow, customer: string): PaymentMethodRow {
  if (method.customer === customer) return method;
  const row = draft.put({ ...method, customer });
  draft.emit("payment_method.attached", draft.render(row), { at: timeFor(draft, customer).at });
  return row;
}
