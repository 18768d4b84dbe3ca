import type { Draft } from "../draft";
import { invalid } from "../refuse";
import {
  getPaymentMethod,
  newBankAccount,
  newCard,
  newSepaDebit,
  noBillingDetails,
  type PaymentMethodRow,
} from "../payments/new-payment-method";
import { findCard } from "../payments/test-cards";
import type { SessionRow } from "./session-row";

export interface Choice {
  /** One of Stripe's test numbers; 4242424242424242 when nothing is said. */
  card?: string | number | undefined;
  /** `delayed` is a bank account, by which money takes days. */
  method?: "card" | "delayed" | undefined;
  /** A payment method that is there already, instead of both. */
  paymentMethod?: string | undefined;
}

const PAYS = { iban: "AT611904300234573201", account: "000123456789" };

export function chosenMethod(draft: Draft, session: SessionRow, given: Choice): PaymentMethodRow {
  if (given.paymentMethod) return getPaymentMethod(draft, given.paymentMethod);
  const { typed } = session.ours;
  const billing = { ...noBillingDetails, email: typed?.email ?? null, name: typed?.name ?? null };
  if (given.method === "delayed") {
    return session.currency === "eur"
      ? newSepaDebit(draft, PAYS.iban, billing)
      : newBankAccount(draft, PAYS.account, billing);
  }
  const card = findCard(String(given.card ?? "4242424242424242"));
  if (card) return newCard(draft, card, billing);
  throw invalid("Your card number is not one of Stripe's test cards.", { code: "incorrect_number", param: "card" });
}
