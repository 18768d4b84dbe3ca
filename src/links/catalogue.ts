/** A product as Stripe has it, when it was last looked at. */
export interface StripeProductRow {
  connectionId: string;
  id: string;
  name: string;
  description: string | null;
  /** An archived one can no longer be bought; whoever holds it keeps it. */
  active: boolean;
  imageUrl: string | null;
  defaultPrice: string | null;
  deleted: boolean;
  observation: bigint;
}

export interface StripePriceRow {
  connectionId: string;
  id: string;
  stripeProduct: string;
  currency: string;
  /** In the smallest unit of the currency, as Stripe counts it; null for tiers, fractions and amounts of the buyer's. */
  unitAmount: number | null;
  customAmount: PriceBounds | null;
  recurring: PriceRhythm | null;
  nickname: string | null;
  active: boolean;
  observation: bigint;
}

/** The buyer chooses the amount. */
export interface PriceBounds {
  minimum: number | null;
  maximum: number | null;
  preset: number | null;
}

export interface PriceRhythm {
  interval: string;
  intervalCount: number;
  trialPeriodDays: number | null;
}
