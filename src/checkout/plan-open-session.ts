import type Stripe from "stripe";
import type { FoundSale } from "./find-sale";

export interface OpenTerms {
  sale: Pick<FoundSale, "product" | "connection" | "price">;
  successUrl: string;
  cancelUrl: string | null;
  trialDays: number | null;
}

/**
 * What Stripe is asked for when nobody knows who buys: the buyer says it there. Whose the purchase is, is found out from it
 * as from one that was made elsewhere.
 */
export function planOpenSession({
  sale,
  successUrl,
  cancelUrl,
  trialDays,
}: OpenTerms): Stripe.Checkout.SessionCreateParams {
  const metadata = { latchkey_product: sale.product.key };
  const common = {
    line_items: [{ price: sale.price.id, quantity: 1 }],
    success_url: successUrl,
    ...(cancelUrl === null ? {} : { cancel_url: cancelUrl }),
    ...(sale.connection.allowPromotionCodes ? { allow_promotion_codes: true } : {}),
    metadata,
  };
  if (sale.price.recurring !== null) {
    const trial = {
      trial_period_days: trialDays ?? 0,
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
    } as const;
    const data = { metadata, ...(trialDays === null ? {} : trial) };
    return { mode: "subscription", ...common, payment_method_collection: "if_required", subscription_data: data };
  }
  // A customer is made for whoever pays: without one, what they bought could not be told apart from somebody else's.
  const made = { customer_creation: "always", invoice_creation: { enabled: true } } as const;
  return { mode: "payment", ...common, ...made, payment_intent_data: { metadata } };
}
