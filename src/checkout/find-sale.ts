import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import { connectionOf } from "../connections/find-connection";
import { isShown } from "../decisions/is-shown";
import { mayAct } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Refusal } from "../base/refusal";
import type { StripePriceRow } from "../links/catalogue";
import {
  findPricesOfProducts,
  findStripeProducts,
  keepStripePrices,
  keepStripeProducts,
} from "../links/catalogue.store";
import { sellsByCheckout } from "../links/decide-purchase-options";
import { fetchStripeProduct } from "../links/fetch-catalogue";
import type { FoundOffer } from "../links/list-purchase-options";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksOfProducts } from "../links/product-links.store";
import type { ProductEntity } from "../products/product.entity";
import { productNotFound } from "../products/products.store";
import { seeProduct } from "../products/see-product";
import { decidePublicSale, decideSale } from "./decide-sale";

export interface FoundSale {
  product: ProductEntity;
  connection: ConnectionEntity;
  link: ProductLinkEntity;
  price: StripePriceRow;
  /** Everything in Stripe that opens the product. */
  stripeProducts: string[];
}

/**
 * The product that is named, and what of it can be sold to this caller: to the public what its purchase options show, by
 * server keys every linked price. Only a server key makes us ask Stripe for a price that we have not seen yet.
 */
export async function findSale(ctx: Context, named: string, priceId: string | null): Promise<FoundSale> {
  const isPublic = !mayAct(ctx.identity.role, ["WRITE"]);
  const product = await seeForSale(ctx, named);
  if (product.status !== "LIVE") {
    const say = "The product is a draft or archived: nobody could open it.";
    throw new Refusal("PRODUCT_NOT_LIVE", { say, field: "input.product" });
  }
  const links = await findLinksOfProducts(ctx.db, ctx.identity.mode, [product.id]);
  // Without any account there is nothing to be linked to, and that is what has to change first.
  if (links.length === 0 && (!isPublic || sellsByCheckout(product)))
    await connectionOf(ctx, ctx.identity.mode).catch(refuseUnconnected);
  const connections = await findConnectionsById(
    ctx.db,
    links.map((link) => link.connectionId),
  );
  const load = () => loadOffers(ctx, links, connections);
  const decideBy = (offers: FoundOffer[]) =>
    isPublic ? decidePublicSale(product, offers, priceId) : decideSale(offers, priceId);
  const offers = await load();
  const isUnseen =
    !isPublic && priceId !== null && !offers.some(({ prices }) => prices.some(({ id }) => id === priceId));
  if (isUnseen) await lookAgain(ctx, offers);
  const { offer, price } = decideBy(isUnseen ? await load() : offers);
  const stripeProducts = links.map((link) => link.stripeProduct);
  return { product, connection: offer.connection, link: offer.link, price, stripeProducts };
}

/** The product, if this caller may see it: one that listings hide from them does not exist. */
export async function seeForSale(ctx: Context, named: string, field = "input.product"): Promise<ProductEntity> {
  const product = await seeProduct(ctx, named);
  if (!product || !(await isShown(ctx, { uuid: product.id, showWhenLocked: product.showWhenLocked }))) {
    throw productNotFound(field);
  }
  return product;
}

async function loadOffers(
  ctx: Context,
  links: readonly ProductLinkEntity[],
  connections: readonly ConnectionEntity[],
): Promise<FoundOffer[]> {
  const keys = links.map((link) => ({ connectionId: link.connectionId, id: link.stripeProduct }));
  const [products, prices] = [await findStripeProducts(ctx.db, keys), await findPricesOfProducts(ctx.db, keys)];
  const isOf = (link: ProductLinkEntity, connectionId: string, id: string) =>
    link.connectionId === connectionId && link.stripeProduct === id;
  return links.flatMap((link) => {
    const connection = connections.find(({ id }) => id === link.connectionId);
    const product = products.find((each) => isOf(link, each.connectionId, each.id)) ?? null;
    const ofLink = prices.filter((each) => isOf(link, each.connectionId, each.stripeProduct));
    return connection ? [{ link, connection, product, prices: ofLink }] : [];
  });
}

function refuseUnconnected(error: unknown): void {
  if (!(error instanceof Refusal) || error.code === "STRIPE_NOT_CONNECTED") throw error;
}

/** It was made a moment ago, and Stripe has not told us yet. */
async function lookAgain(ctx: Context, offers: readonly FoundOffer[]): Promise<void> {
  for (const { link, connection } of offers) {
    if (connection.status === "DISCONNECTED" || !link.checkoutEnabled) continue;
    const found = await fetchStripeProduct(ctx, connection, link.stripeProduct);
    if (!found) continue;
    await ctx.db.transaction(async (tx) => {
      await keepStripeProducts(tx, [found.product]);
      await keepStripePrices(tx, found.prices);
    });
  }
}
