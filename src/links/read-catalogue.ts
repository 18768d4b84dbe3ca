import type Stripe from "stripe";
import type { StripePriceRow, StripeProductRow } from "./catalogue";

interface Seen {
  connectionId: string;
  observation: bigint;
}

export function readStripeProduct(product: Stripe.Product, seen: Seen): StripeProductRow {
  return {
    ...seen,
    id: product.id,
    name: product.name,
    description: product.description,
    active: product.active,
    imageUrl: product.images[0] ?? null,
    defaultPrice: idOf(product.default_price ?? null),
    deleted: false,
  };
}

export function readStripePrice(price: Stripe.Price, seen: Seen): StripePriceRow {
  const { custom_unit_amount: custom, recurring } = price;
  return {
    ...seen,
    id: price.id,
    stripeProduct: idOf(price.product) ?? "",
    currency: price.currency,
    unitAmount: price.unit_amount,
    customAmount: custom && { minimum: custom.minimum, maximum: custom.maximum, preset: custom.preset },
    recurring: recurring && {
      interval: recurring.interval,
      intervalCount: recurring.interval_count,
      trialPeriodDays: recurring.trial_period_days,
    },
    nickname: price.nickname,
    active: price.active,
  };
}

function idOf(reference: string | { id: string } | null): string | null {
  return typeof reference === "string" ? reference : (reference?.id ?? null);
}
