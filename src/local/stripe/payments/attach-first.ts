import type { Draft } from "../draft";
import { invalid, missing } from "../refuse";
import { attachPaymentMethod, getPaymentMethod, newCard } from "./new-payment-method";
import { findCardByToken } from "./test-cards";

export interface FirstMethods {
  paymentMethod?: string | null | undefined;
  /** The old way: a token of a card, which becomes the default. */
  source?: string | null | undefined;
  /** As it was sent: a test token here means the method that the same token just made. */
  defaultMethod?: string | null | undefined;
}

export interface Attached {
  default_source: string | null;
  default_payment_method: string | null;
}

/** What a customer is born with: the methods attached, and the ids that are the defaults from now on. */
export function attachFirst(draft: Draft, customer: string, given: FirstMethods): Attached {
  const { paymentMethod, source, defaultMethod = null } = given;
  const method = paymentMethod ? getPaymentMethod(draft, paymentMethod) : null;
  const attached = method ? attachPaymentMethod(draft, method, customer).id : null;
  const default_source = source ? attachSource(draft, customer, source) : null;
  if (defaultMethod !== null && defaultMethod === paymentMethod) {
    return { default_source, default_payment_method: attached };
  }
  if (defaultMethod !== null) checkOwned(draft, customer, defaultMethod);
  return { default_source, default_payment_method: defaultMethod };
}

function attachSource(draft: Draft, customer: string, token: string): string {
  const card = findCardByToken(token);
  if (!card) throw missing("token", token, "source");
  return attachPaymentMethod(draft, newCard(draft, card), customer).id;
}

export function checkOwned(draft: Draft, customer: string, method: string): void {
  if (draft.find("payment_method", method)?.customer === customer) return;
  throw invalid(
    `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
    { code: "resource_missing", param: "invoice_settings[default_payment_method]" },
  );
}
