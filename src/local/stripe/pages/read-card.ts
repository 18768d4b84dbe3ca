import type { Draft } from "../draft";
import { newCard, noBillingDetails, type PaymentMethodRow } from "../payments/new-payment-method";
import { findCard } from "../payments/test-cards";
import { findCardFaults, readExpiry, sumUpFaults } from "./find-form-faults";
import { FormRefusal } from "./form-refusal";

/** The card that was typed in as a payment method. Refuses it with each field that is wrong. */
export function readCard(draft: Draft, form: URLSearchParams, email: string | null): PaymentMethodRow {
  const faults = findCardFaults(form, draft.now);
  const card = findCard(form.get("number") ?? "");
  const expiry = readExpiry(form.get("expiry") ?? "");
  if (faults.size > 0 || !card || !expiry) throw new FormRefusal(faults, sumUpFaults(faults));
  const name = form.get("name")?.trim() || null;
  const row = newCard(draft, card, { ...noBillingDetails, email, name });
  if (!row.card) return row;
  return draft.put({ ...row, card: { ...row.card, exp_month: expiry.month, exp_year: expiry.year } });
}
