import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Context } from "../graphql/context";
import { defineLoader } from "../graphql/define-loader";
import type { StripePriceRow, StripeProductRow } from "./catalogue";
import { type CatalogueKey, findPricesOfProducts, findStripePrices, findStripeProducts } from "./catalogue.store";
import { fetchPrices } from "./fetch-catalogue";
import { findLinksOfStripeProducts } from "./product-links.store";

const nameOf = ({ connectionId, id }: CatalogueKey) => `${connectionId} ${id}`;

/** A product as we last saw it. */
export const keptProduct = defineLoader<CatalogueKey, StripeProductRow | null>(async (ctx, keys) => {
  const found = new Map((await findStripeProducts(ctx.db, keys)).map((row) => [nameOf(row), row]));
  return keys.map((key) => found.get(nameOf(key)) ?? null);
}, nameOf);

/** The prices of a product as we last saw them. */
export const keptPrices = defineLoader<CatalogueKey, StripePriceRow[]>(async (ctx, keys) => {
  const rows = await findPricesOfProducts(ctx.db, keys);
  return keys.map((key) => rows.filter((row) => row.connectionId === key.connectionId && row.stripeProduct === key.id));
}, nameOf);

/** A price as we last saw it. */
export const keptPrice = defineLoader<CatalogueKey, StripePriceRow | null>(async (ctx, keys) => {
  const found = new Map((await findStripePrices(ctx.db, keys)).map((row) => [nameOf(row), row]));
  return keys.map((key) => found.get(nameOf(key)) ?? null);
}, nameOf);

/** The prices of a product as Stripe has them now: asked for together, once for each account. */
export const pricesNow = defineLoader<CatalogueKey, StripePriceRow[]>(async (ctx, keys) => {
  const connections = await findConnectionsById(ctx.db, [...new Set(keys.map((key) => key.connectionId))]);
  const prices = (await Promise.all(connections.map((connection) => fetchOf(ctx, connection, keys)))).flat();
  return keys.map((key) =>
    prices.filter((price) => price.connectionId === key.connectionId && price.stripeProduct === key.id),
  );
}, nameOf);

function fetchOf(ctx: Context, connection: ConnectionEntity, keys: readonly CatalogueKey[]): Promise<StripePriceRow[]> {
  const ids = keys.filter((key) => key.connectionId === connection.id).map((key) => key.id);
  return fetchPrices(ctx, connection, ids);
}

/** Which product of ours a Stripe product opens: the one that was linked first. */
export const linkedProductId = defineLoader<CatalogueKey, string | null>(async (ctx, keys) => {
  const connectionIds = [...new Set(keys.map((key) => key.connectionId))];
  const ids = [...new Set(keys.map((key) => key.id))];
  const links = (await findLinksOfStripeProducts(ctx.db, connectionIds, ids)).filter((link) => link.state === "ACTIVE");
  return keys.map(
    (key) =>
      links.find((link) => link.connectionId === key.connectionId && link.stripeProduct === key.id)?.productId ?? null,
  );
}, nameOf);
