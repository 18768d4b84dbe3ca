import type { ErrorCode } from "../base/error-codes";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { ProductEntity, PurchaseMethod } from "../products/product.entity";
import type { StripePriceRow, StripeProductRow } from "./catalogue";
import { decideOfferedPrices } from "./decide-checkout-price";
import type { ProductLinkEntity } from "./product-link.entity";

/** What is known, without asking anybody, about one link of the product. */
export interface Offer {
  link: Pick<ProductLinkEntity, "checkoutEnabled" | "checkoutPrice" | "offeredPriceIds" | "priceIds">;
  connection: Pick<ConnectionEntity, "status" | "exposePurchaseOptions">;
  /** As it was last seen in Stripe; null: never. */
  product: Pick<StripeProductRow, "active" | "defaultPrice"> | null;
  prices: readonly StripePriceRow[];
}

export interface PurchaseOption<Found extends Offer = Offer> {
  method: PurchaseMethod;
  /** Null for checkout, which makes a session. */
  url: string | null;
  price: StripePriceRow | null;
  /** The link that sells the price. */
  offer: Found | null;
  /** Why it cannot be bought; null: it can. */
  blocker: ErrorCode | null;
}

export interface Audience {
  /** Administrators also see what cannot be bought, and why. */
  sells: boolean;
  /** Servers see what a connection keeps from the public. */
  isPublic: boolean;
}

export type Sold = Pick<ProductEntity, "status" | "purchaseMethod" | "salesPageUrl" | "externalUrl">;

/**
 * How somebody without access gets the product; the price that is sold when none is named comes first. This is the one rule
 * of what the public may buy: `purchaseOptions` shows the result, `purchaseUrl` is there while it is not empty, and checkout
 * sells the prices in it.
 */
export function decidePurchaseOptions<Found extends Offer>(
  sold: Sold,
  offers: readonly Found[],
  audience: Audience,
): PurchaseOption<Found>[] {
  const shown = offers.filter(({ connection }) => connection.exposePurchaseOptions || !audience.isPublic);
  // The accounts of all its links keep it from the public.
  if (offers.length > 0 && shown.length === 0) return [];
  const options = listAll(sold, shown).map((option) =>
    sold.status === "LIVE" ? option : { ...option, blocker: "PRODUCT_NOT_LIVE" as const },
  );
  return audience.sells ? options : options.filter(({ blocker }) => blocker === null);
}

/** Whether the public buys the product through checkout sessions. */
export function sellsByCheckout({ purchaseMethod }: Pick<Sold, "purchaseMethod">): boolean {
  return purchaseMethod === "CHECKOUT" || purchaseMethod === "SALES_PAGE";
}

function listAll<Found extends Offer>(sold: Sold, offers: readonly Found[]): PurchaseOption<Found>[] {
  switch (sold.purchaseMethod) {
    case "CHECKOUT":
      return offers.length === 0
        ? [ofCheckout<Found>(null, null, "NOT_LINKED")]
        : offers.flatMap((offer) => ofLink(offer));
    case "SALES_PAGE":
      return ofSalesPage(sold.salesPageUrl, offers);
    case "EXTERNAL_URL":
      // The page elsewhere says the price.
      return [ofPage("EXTERNAL_URL", sold.externalUrl)];
    case "NONE":
      return [];
  }
}

/** The sales page leads to the prices that can be bought; without any, to itself alone. */
function ofSalesPage<Found extends Offer>(url: string | null, offers: readonly Found[]): PurchaseOption<Found>[] {
  const sold = offers.flatMap((offer) => ofLink(offer)).filter(({ blocker }) => blocker === null);
  const page: PurchaseOption<Found> = ofPage("SALES_PAGE", url);
  return sold.length === 0 ? [page] : sold.map(({ price, offer }) => ({ ...page, price, offer }));
}

function ofPage(method: PurchaseMethod, url: string | null): PurchaseOption<never> {
  return { method, url, price: null, offer: null, blocker: url === null ? "NOT_FOR_SALE" : null };
}

function ofCheckout<Found extends Offer>(
  offer: Found | null,
  price: StripePriceRow | null,
  blocker: ErrorCode | null,
): PurchaseOption<Found> {
  return { method: "CHECKOUT", url: null, price, offer, blocker };
}

function ofLink<Found extends Offer>(offer: Found): PurchaseOption<Found>[] {
  const { link, product, prices } = offer;
  const listed = decideOfferedPrices(link, product, prices);
  const blocker = blockerOf(offer);
  if (listed.length === 0) return [ofCheckout(offer, null, blocker ?? "NO_PRICE")];
  return listed.map((price) => ofCheckout(offer, price, blocker ?? (price.active ? null : "PRICE_INACTIVE")));
}

function blockerOf({ link, connection, product }: Offer): ErrorCode | null {
  if (connection.status === "DISCONNECTED") return "STRIPE_NOT_CONNECTED";
  if (!link.checkoutEnabled) return "CHECKOUT_DISABLED";
  // Archived or deleted in Stripe: its holders keep it, and nobody buys it any more.
  return product?.active === false ? "PRICE_INACTIVE" : null;
}
