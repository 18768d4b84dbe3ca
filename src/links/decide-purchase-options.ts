import type { ErrorCode } from "../base/error-codes";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { ProductEntity, PurchaseMethod } from "../products/product.entity";
import type { StripePriceRow, StripeProductRow } from "./catalogue";
import { covers, decideCheckoutPrice } from "./decide-checkout-price";
import type { ProductLinkEntity } from "./product-link.entity";

/** What is known, without asking anybody, about one link of the product. */
export interface Offer {
  link: Pick<ProductLinkEntity, "checkoutEnabled" | "checkoutPrice" | "priceIds">;
  connection: Pick<ConnectionEntity, "status" | "exposePurchaseOptions">;
  /** As it was last seen in Stripe; null: never. */
  product: Pick<StripeProductRow, "active" | "defaultPrice"> | null;
  prices: readonly StripePriceRow[];
}

export interface PurchaseOption {
  method: PurchaseMethod;
  /** Null for checkout, which makes a session. */
  url: string | null;
  price: StripePriceRow | null;
  /** Why it cannot be bought; null: it can. */
  blocker: ErrorCode | null;
}

export interface Audience {
  /** Whoever sells also sees what cannot be bought, and why. */
  sells: boolean;
  /** Servers see what a connection keeps from the public. */
  isPublic: boolean;
}

export type Sold = Pick<ProductEntity, "status" | "purchaseMethod" | "salesPageUrl" | "externalUrl">;

/** How somebody without access gets it: the price that is sold when none is named comes first. */
export function decidePurchaseOptions(sold: Sold, offers: readonly Offer[], audience: Audience): PurchaseOption[] {
  const shown = offers.filter(({ connection }) => connection.exposePurchaseOptions || !audience.isPublic);
  const options = listAll(sold, shown, offers.length > 0).map((option) =>
    sold.status === "LIVE" ? option : { ...option, blocker: "PRODUCT_NOT_LIVE" as const },
  );
  return audience.sells ? options : options.filter(({ blocker }) => blocker === null);
}

function listAll(sold: Sold, offers: readonly Offer[], isLinked: boolean): PurchaseOption[] {
  const method = sold.purchaseMethod;
  // What is sold elsewhere has its price there.
  if (method === "EXTERNAL_URL") return [ofPage(method, sold.externalUrl, null)];
  if (method === "SALES_PAGE") return [ofPage(method, sold.salesPageUrl, firstPrice(offers))];
  if (method !== "CHECKOUT") return [];
  if (!isLinked) return [ofCheckout(null, "NOT_LINKED")];
  return offers.flatMap(ofLink);
}

function ofPage(method: PurchaseMethod, url: string | null, price: StripePriceRow | null): PurchaseOption {
  return { method, url, price, blocker: url === null ? "NOT_FOR_SALE" : null };
}

function ofCheckout(price: StripePriceRow | null, blocker: ErrorCode | null): PurchaseOption {
  return { method: "CHECKOUT", url: null, price, blocker };
}

function firstPrice(offers: readonly Offer[]): StripePriceRow | null {
  const first = offers.flatMap(ofLink).find(({ blocker }) => blocker === null);
  return first?.price ?? null;
}

function ofLink(offer: Offer): PurchaseOption[] {
  const { link, product, prices } = offer;
  const usual = decideCheckoutPrice(link, product, prices);
  const named = (price: StripePriceRow) => price.active || link.priceIds.includes(price.id);
  const others = prices.filter((price) => price.id !== usual?.id && covers(link, price.id) && named(price));
  const listed = usual ? [usual, ...others] : others;
  const blocker = blockerOf(offer);
  if (listed.length === 0) return [ofCheckout(null, blocker ?? "NO_PRICE")];
  return listed.map((price) => ofCheckout(price, blocker ?? (price.active ? null : "PRICE_INACTIVE")));
}

function blockerOf({ link, connection, product }: Offer): ErrorCode | null {
  if (connection.status === "DISCONNECTED") return "STRIPE_NOT_CONNECTED";
  if (!link.checkoutEnabled) return "CHECKOUT_DISABLED";
  // Archived or deleted in Stripe: its holders keep it, and nobody buys it any more.
  return product?.active === false ? "PRICE_INACTIVE" : null;
}
