import type { StripePriceRow } from "../links/catalogue";
import type { UnclaimedRow } from "./unclaimed.store";

export interface Amount {
  amount: number | null;
  currency: string | null;
}

/** What an order cost, or what a period of a subscription costs by its prices. Null where the prices do not say. */
export function readAmount(
  { amount, items }: Pick<UnclaimedRow, "amount" | "items">,
  prices: readonly (StripePriceRow | null)[],
): Amount {
  const currency = prices.find((price) => price !== null)?.currency ?? null;
  if (amount !== null || currency === null) return { amount, currency };
  const parts = items.map(({ quantity }, at) => {
    const price = prices[at] ?? null;
    return price?.currency === currency && price.unitAmount !== null ? price.unitAmount * quantity : null;
  });
  const isKnown = parts.every((part) => part !== null);
  return { amount: isKnown ? parts.reduce((sum, part) => sum + part, 0) : null, currency };
}
