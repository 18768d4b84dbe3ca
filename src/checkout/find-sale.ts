import { connectionOf } from "../connections/find-connection";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Context } from "../graphql/context";
import { Refusal } from "../base/refusal";
import {
  findPricesOfProducts,
  findStripeProducts,
  keepStripePrices,
  keepStripeProducts,
} from "../links/catalogue.store";
import { fetchStripeProduct } from "../links/fetch-catalogue";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksOfProducts } from "../links/product-links.store";
import type { ProductEntity } from "../products/product.entity";
import { productNotFound } from "../products/products.store";
import { seeProduct } from "../products/see-product";
import { type Offer, type Sale, decideSale } from "./decide-sale";

export interface FoundSale extends Sale {
  product: ProductEntity;
  connection: ConnectionEntity;
  /** Everything in Stripe that opens the product. */
  stripeProducts: string[];
}

/** The product that is named, and what of it can be sold. A price that we have not seen yet is looked for in Stripe. */
export async function findSale(ctx: Context, named: string, priceId: string | null): Promise<FoundSale> {
  const product = await seeProduct(ctx, named);
  if (!product) throw productNotFound("input.product");
  if (product.status !== "LIVE") {
    const say = "The product is a draft or archived: nobody could open it.";
    throw new Refusal("PRODUCT_NOT_LIVE", { say, field: "input.product" });
  }
  const links = await findLinksOfProducts(ctx.db, ctx.identity.mode, [product.id]);
  // Without any account there is nothing to be linked to, and that is what has to change first.
  if (links.length === 0) await connectionOf(ctx, ctx.identity.mode).catch(refuseUnconnected);
  const connections = await findConnectionsById(
    ctx.db,
    links.map((link) => link.connectionId),
  );
  const connectionById = new Map(connections.map((connection) => [connection.id, connection]));
  const load = async (): Promise<Offer[]> => {
    const keys = links.map((link) => ({ connectionId: link.connectionId, id: link.stripeProduct }));
    const [products, prices] = [await findStripeProducts(ctx.db, keys), await findPricesOfProducts(ctx.db, keys)];
    const isOf = (link: ProductLinkEntity, connectionId: string, id: string) =>
      link.connectionId === connectionId && link.stripeProduct === id;
    return links.map((link) => ({
      link,
      isConnected: connectionById.get(link.connectionId)?.status !== "DISCONNECTED",
      product: products.find((each) => isOf(link, each.connectionId, each.id)) ?? null,
      prices: prices.filter((each) => isOf(link, each.connectionId, each.stripeProduct)),
    }));
  };
  const offers = await load();
  // Strangers do not make us ask Stripe by making up names.
  const mayAsk = priceId !== null && ctx.identity.role !== "PUBLISHABLE";
  const isUnseen = mayAsk && !offers.some(({ prices }) => prices.some(({ id }) => id === priceId));
  if (isUnseen) await lookAgain(ctx, offers, connectionById);
  const sale = decideSale(isUnseen ? await load() : offers, priceId);
  const connection = connectionById.get(sale.link.connectionId);
  if (!connection) throw new Refusal("STRIPE_NOT_CONNECTED", { say: "The Stripe account that sells this is gone." });
  return { ...sale, product, connection, stripeProducts: links.map((link) => link.stripeProduct) };
}

function refuseUnconnected(error: unknown): void {
  if (error instanceof Refusal && error.code === "STRIPE_NOT_CONNECTED") throw error;
}

/** It was made a moment ago, and Stripe has not told us yet. */
async function lookAgain(
  ctx: Context,
  offers: readonly Offer[],
  connectionById: ReadonlyMap<string, ConnectionEntity>,
): Promise<void> {
  for (const { link, isConnected } of offers) {
    const connection = connectionById.get(link.connectionId);
    if (!connection || !isConnected || !link.checkoutEnabled) continue;
    const found = await fetchStripeProduct(ctx, connection, link.stripeProduct);
    if (!found) continue;
    await ctx.db.transaction(async (tx) => {
      await keepStripeProducts(tx, [found.product]);
      await keepStripePrices(tx, found.prices);
    });
  }
}
