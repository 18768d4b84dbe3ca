import type { ErrorCode } from "../base/error-codes";
import { Refusal } from "../base/refusal";
import type { StripePriceRow } from "../links/catalogue";
import { covers, decideCheckoutPrice } from "../links/decide-checkout-price";
import { type Offer, type Sold, decidePurchaseOptions } from "../links/decide-purchase-options";

export interface Sale<Found extends Offer = Offer> {
  offer: Found;
  price: StripePriceRow;
}

const field = "input.product";

/** What the public is sold: a price among its purchase options, the first of them if none is named. */
export function decidePublicSale<Found extends Offer>(
  sold: Sold,
  offers: readonly Found[],
  priceId: string | null,
): Sale<Found> {
  const options = decidePurchaseOptions(sold, offers, { isPublic: true, sells: false });
  for (const { method, offer, price } of options) {
    const isNamed = priceId === null || price?.id === priceId;
    if (method !== "EXTERNAL_URL" && offer && price && isNamed) return { offer, price };
  }
  throw whyNotSold(sold, offers, priceId);
}

/** What somebody has to change before the public can buy it. */
function whyNotSold(sold: Sold, offers: readonly Offer[], priceId: string | null): Refusal {
  const isOnPage = sold.purchaseMethod === "SALES_PAGE" && sold.salesPageUrl !== null;
  if (sold.purchaseMethod !== "CHECKOUT" && !isOnPage) return notForSale();
  const asked = { isPublic: true, sells: true };
  const options = decidePurchaseOptions({ ...sold, purchaseMethod: "CHECKOUT" }, offers, asked);
  const named = options.find(({ price }) => priceId !== null && price?.id === priceId);
  if (named?.blocker) return blocked(named.blocker, offers, "input.priceId");
  if (options.every(({ blocker }) => blocker !== null)) {
    return blocked(options[0]?.blocker ?? "NOT_FOR_SALE", offers, field);
  }
  if (!offers.some((offer) => priceOf(offer, priceId))) return notOfProduct();
  const say = "The public is not offered this price. `updateProductLink(offeredPriceIds:)` offers it.";
  return new Refusal("NOT_FOR_SALE", { say, field: "input.priceId" });
}

/**
 * What a server key sells: the named price, if a link is about it, or what the first link that sells anything sells. The
 * refusal says what somebody has to change.
 */
export function decideSale<Found extends Offer>(offers: readonly Found[], priceId: string | null): Sale<Found> {
  if (offers.length === 0) throw blocked("NOT_LINKED", offers, field);
  const enabled = offers.filter(({ link }) => link.checkoutEnabled);
  if (enabled.length === 0) throw blocked("CHECKOUT_DISABLED", offers, field);
  const reachable = enabled.filter(({ connection }) => connection.status !== "DISCONNECTED");
  if (reachable.length === 0) throw blocked("STRIPE_NOT_CONNECTED", offers, field);
  if (priceId !== null) return namedSale(offers, reachable, priceId);
  const candidates = reachable.flatMap((offer) => {
    const price = decideCheckoutPrice(offer.link, offer.product, offer.prices);
    return price ? [{ offer, price }] : [];
  });
  const found = candidates.find(({ offer, price }) => isSold(offer, price));
  if (found) return found;
  throw blocked(candidates.length > 0 ? "PRICE_INACTIVE" : "NO_PRICE", reachable, field);
}

function namedSale<Found extends Offer>(
  offers: readonly Found[],
  reachable: readonly Found[],
  priceId: string,
): Sale<Found> {
  const offer = reachable.find((each) => priceOf(each, priceId));
  const price = offer && priceOf(offer, priceId);
  if (!offer || !price) {
    const isKnown = offers.some((each) => priceOf(each, priceId));
    throw isKnown ? blocked("CHECKOUT_DISABLED", offers, field) : notOfProduct();
  }
  if (!isSold(offer, price)) throw priceInactive("input.priceId");
  return { offer, price };
}

function priceOf({ link, prices }: Offer, priceId: string | null): StripePriceRow | undefined {
  return prices.find(({ id }) => id === priceId && covers(link, id));
}

function isSold({ product }: Offer, price: StripePriceRow): boolean {
  return price.active && (product?.active ?? true);
}

function notForSale(): Refusal {
  return new Refusal("NOT_FOR_SALE", { say: "The product is not offered to the public.", field });
}

function notOfProduct(): Refusal {
  const say = "This price belongs to no Stripe product that the product is linked to.";
  return new Refusal("PRICE_NOT_OF_PRODUCT", { say, field: "input.priceId" });
}

function blocked(code: ErrorCode, offers: readonly Offer[], at: string): Refusal {
  if (code === "PRICE_INACTIVE") return priceInactive(at);
  if (code === "STRIPE_NOT_CONNECTED") return new Refusal(code, { say: sentences[code] });
  if (code === "NO_PRICE") {
    return new Refusal(code, { say: sentences[code], field, details: { prices: offers.flatMap(sellable) } });
  }
  const say = sentences[code];
  return say === undefined ? notForSale() : new Refusal(code, { say, field });
}

const sentences: Partial<Record<ErrorCode, string>> & Record<"NO_PRICE" | "STRIPE_NOT_CONNECTED", string> = {
  NOT_LINKED: "The product is not linked to Stripe.",
  CHECKOUT_DISABLED:
    "Checkout is switched off for this link. `updateProductLink(checkoutEnabled: true)` switches it on.",
  STRIPE_NOT_CONNECTED: "The Stripe account that sells this is disconnected.",
  NO_PRICE:
    "There is no price to sell, or several and none is chosen. `updateProductLink(checkoutPriceId:)` chooses one.",
};

function sellable({ link, prices }: Offer): string[] {
  return prices.filter((price) => price.active && covers(link, price.id)).map(({ id }) => id);
}

export function priceInactive(at: string): Refusal {
  return new Refusal("PRICE_INACTIVE", {
    say: "The price is archived in Stripe and can no longer be bought.",
    field: at,
  });
}
