import type { StripePriceRow, StripeProductRow } from "./catalogue";
import type { ProductLinkEntity } from "./product-link.entity";

/**
 * What a link sells if the buyer names no price: the price that was chosen for it, else the default price in Stripe, else
 * the only one there is. Null: nothing can be sold, or somebody has to choose.
 */
export function decideCheckoutPrice(
  link: Pick<ProductLinkEntity, "checkoutPrice" | "priceIds">,
  product: Pick<StripeProductRow, "defaultPrice"> | null,
  prices: readonly StripePriceRow[],
): StripePriceRow | null {
  const chosen = prices.find((price) => price.id === link.checkoutPrice);
  if (chosen) return chosen;
  const sellable = prices.filter((price) => price.active && covers(link, price.id));
  const usual = sellable.find((price) => price.id === product?.defaultPrice);
  return usual ?? (sellable.length === 1 ? (sellable[0] ?? null) : null);
}

/** Whether the link is about this price: without named prices it is about all of its product. */
export function covers(link: Pick<ProductLinkEntity, "priceIds">, price: string): boolean {
  return link.priceIds.length === 0 || link.priceIds.includes(price);
}
