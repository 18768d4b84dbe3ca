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
  const chosen = prices.find((price) => price.id === link.checkoutPrice && covers(link, price.id));
  if (chosen) return chosen;
  const sellable = prices.filter((price) => price.active && covers(link, price.id));
  const usual = sellable.find((price) => price.id === product?.defaultPrice);
  return usual ?? (sellable.length === 1 ? (sellable[0] ?? null) : null);
}

/** The prices that the link offers to the public, the one that is sold by default first: those named, else that one alone. */
export function decideOfferedPrices(
  link: Pick<ProductLinkEntity, "checkoutPrice" | "offeredPriceIds" | "priceIds">,
  product: Pick<StripeProductRow, "defaultPrice"> | null,
  prices: readonly StripePriceRow[],
): StripePriceRow[] {
  const usual = decideCheckoutPrice(link, product, prices);
  if (link.offeredPriceIds.length === 0) return usual ? [usual] : [];
  const offered = link.offeredPriceIds.flatMap(
    (id) => prices.find((price) => price.id === id && covers(link, id)) ?? [],
  );
  return usual && offered.includes(usual) ? [usual, ...offered.filter((price) => price !== usual)] : offered;
}

/** Whether the link is about this price: without named prices it is about all of its product. */
export function covers(link: Pick<ProductLinkEntity, "priceIds">, price: string): boolean {
  return link.priceIds.length === 0 || link.priceIds.includes(price);
}
