import { Refusal } from "../base/refusal";
import type { StripePriceRow, StripeProductRow } from "../links/catalogue";
import { covers, decideCheckoutPrice } from "../links/decide-checkout-price";
import type { ProductLinkEntity } from "../links/product-link.entity";

/** A link of the product, with what is known of it in Stripe. */
export interface Offer {
  link: ProductLinkEntity;
  isConnected: boolean;
  product: StripeProductRow | null;
  prices: readonly StripePriceRow[];
}

export interface Sale {
  link: ProductLinkEntity;
  price: StripePriceRow;
}

/**
 * What is sold: the named price, if a link is about it, or what the first link that sells anything sells. The refusal says
 * what somebody has to change.
 */
export function decideSale(offers: readonly Offer[], priceId: string | null): Sale {
  if (offers.length === 0) throw new Refusal("NOT_LINKED", { say: "The product is not linked to Stripe.", field });
  const sold = offers.filter(({ link }) => link.checkoutEnabled);
  if (sold.length === 0) throw switchedOff();
  const reachable = sold.filter(({ isConnected }) => isConnected);
  if (reachable.length === 0) {
    throw new Refusal("STRIPE_NOT_CONNECTED", { say: "The Stripe account that sells this is disconnected." });
  }
  if (priceId !== null) return namedSale(offers, reachable, priceId);
  const candidates = reachable.flatMap((offer) => {
    const price = decideCheckoutPrice(offer.link, offer.product, offer.prices);
    return price ? [{ offer, price }] : [];
  });
  const found = candidates.find(({ offer, price }) => isSold(offer, price));
  if (found) return { link: found.offer.link, price: found.price };
  if (candidates.length > 0) throw priceInactive(field);
  throw new Refusal("NO_PRICE", {
    say: "There is no price to sell, or several and none is chosen. `updateProductLink(checkoutPriceId:)` chooses one.",
    field,
    details: { prices: reachable.flatMap(sellable) },
  });
}

const field = "input.product";

function namedSale(offers: readonly Offer[], reachable: readonly Offer[], priceId: string): Sale {
  const of = (offer: Offer) => offer.prices.find(({ id }) => id === priceId && covers(offer.link, id));
  const offer = reachable.find(of);
  const price = offer && of(offer);
  if (!offer || !price) {
    if (offers.some(of)) throw switchedOff();
    const say = "This price belongs to no Stripe product that the product is linked to.";
    throw new Refusal("PRICE_NOT_OF_PRODUCT", { say, field: "input.priceId" });
  }
  if (!isSold(offer, price)) throw priceInactive("input.priceId");
  return { link: offer.link, price };
}

function isSold({ product }: Offer, price: StripePriceRow): boolean {
  return price.active && (product?.active ?? true);
}

function sellable({ link, prices }: Offer): string[] {
  return prices.filter((price) => price.active && covers(link, price.id)).map(({ id }) => id);
}

function switchedOff(): Refusal {
  const say = "Checkout is switched off for this link. `updateProductLink(checkoutEnabled: true)` switches it on.";
  return new Refusal("CHECKOUT_DISABLED", { say, field });
}

export function priceInactive(at: string): Refusal {
  return new Refusal("PRICE_INACTIVE", {
    say: "The price is archived in Stripe and can no longer be bought.",
    field: at,
  });
}
