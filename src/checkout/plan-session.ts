import type Stripe from "stripe";
import { toPublicId } from "../base/ids";
import type { ProductEntity } from "../products/product.entity";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import type { AskedCheckout } from "./read-checkout-input";

export interface SessionTerms {
  row: CheckoutSessionEntity;
  asked: Pick<AskedCheckout, "locale" | "metadata">;
  product: Pick<ProductEntity, "key">;
  isRecurring: boolean;
  allowPromotionCodes: boolean;
  successUrl: string;
  cancelUrl: string | null;
  /** The customer of the user. Guests have none: Stripe makes one when they pay. */
  buyer: { customer: string } | { email: string };
}

/**
 * What Stripe is asked for. The same terms are the same request, to the letter: its idempotency key follows from it. What
 * is said of us in it is for people who look at it in Stripe; whose the purchase is, is said by our own row.
 */
export function planSession(terms: SessionTerms): Stripe.Checkout.SessionCreateParams {
  const { row, asked, isRecurring, buyer } = terms;
  const metadata = { ...asked.metadata, ...metadataOf(terms) };
  const named = "customer" in buyer ? { customer: buyer.customer } : { customer_email: buyer.email };
  return {
    mode: isRecurring ? "subscription" : "payment",
    line_items: [{ price: row.price, quantity: row.quantity }],
    success_url: terms.successUrl,
    ...(terms.cancelUrl === null ? {} : { cancel_url: terms.cancelUrl }),
    ...named,
    ...(row.userId === null ? {} : { client_reference_id: toPublicId("user", row.userId) }),
    locale: asked.locale,
    ...(terms.allowPromotionCodes ? { allow_promotion_codes: true } : {}),
    metadata,
    ...(isRecurring ? ofSubscription(row, metadata) : ofPayment(metadata, "email" in buyer)),
  };
}

/** The row by which an attempt whose answer was lost is known again. */
export const CHECKOUT_METADATA = "latchkey_checkout";

function metadataOf({ row, product }: SessionTerms): Record<string, string> {
  return {
    [CHECKOUT_METADATA]: row.id,
    latchkey_product: product.key,
    ...(row.userId === null ? {} : { latchkey_user: toPublicId("user", row.userId) }),
  };
}

function ofSubscription(
  { trialDays }: CheckoutSessionEntity,
  metadata: Record<string, string>,
): Partial<Stripe.Checkout.SessionCreateParams> {
  // A trial without a card ends by itself, instead of becoming an invoice that nobody pays.
  const trial = {
    trial_period_days: trialDays ?? 0,
    trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
  } as const;
  return {
    payment_method_collection: "if_required",
    subscription_data: { metadata, ...(trialDays === null ? {} : trial) },
  };
}

function ofPayment(metadata: Record<string, string>, isGuest: boolean): Partial<Stripe.Checkout.SessionCreateParams> {
  return {
    invoice_creation: { enabled: true },
    payment_intent_data: { metadata },
    ...(isGuest ? { customer_creation: "always" } : {}),
  };
}
