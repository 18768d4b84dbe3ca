import type { Draft } from "../draft";
import { invalid } from "../refuse";
import { collectPayment, type Collected } from "../payments/collect-payment";
import { newCard } from "../payments/new-payment-method";
import { findCard } from "../payments/test-cards";

export interface DashboardSale {
  amount: number;
  currency: string;
  customer?: string | null | undefined;
  description?: string | undefined;
  metadata?: Record<string, string> | undefined;
  card?: string | undefined;
}

/** Somebody in the office takes a payment by hand: an intent and a charge, and neither session nor invoice. */
export function sellFromDashboard(draft: Draft, sale: DashboardSale): Collected {
  const { customer = null, card = "4242424242424242", ...terms } = sale;
  const found = findCard(card);
  if (!found) throw invalid("The card number is not one of Stripe's test cards.", { param: "card" });
  const { id } = newCard(draft, found);
  const owner = customer === null ? null : draft.get("customer", customer, "customer").id;
  return collectPayment(draft, { ...terms, customer: owner, paymentMethod: id, offSession: false });
}
