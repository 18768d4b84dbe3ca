import { type AccountDeps, findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader } from "../database/db";
import type { StripePriceRow, StripeProductRow } from "./catalogue";
import { keepStripePrices, keepStripeProducts, markPricesDeleted, markProductsDeleted } from "./catalogue.store";
import { drawObservation } from "./observations.store";
import { findLinksOfStripeProducts } from "./product-links.store";
import { readStripePrice, readStripeProduct } from "./read-catalogue";

/** Products and prices of which Stripe says that something changed, by their ids. */
export interface CatalogueHints {
  products: readonly string[];
  prices: readonly string[];
}

/**
 * Looks again at what changed in the catalogue, so that links show the name, the archiving and the prices of today. Only
 * what is linked is kept. Nobody's access depends on it.
 */
export async function refreshCatalogue(
  deps: AccountDeps,
  connection: ConnectionEntity,
  hints: CatalogueHints,
): Promise<void> {
  const connectionId = connection.id;
  const observation = await drawObservation(deps.db);
  const seen = { connectionId, observation };
  const products = new Map<string, StripeProductRow | null>();
  for (const id of await linkedAmong(deps.db, connectionId, hints.products)) {
    const product = await findInAccount(deps, connection, id, (stripe) => stripe.products.retrieve(id));
    products.set(id, product && !product.deleted ? readStripeProduct(product, seen) : null);
  }
  const prices = new Map<string, StripePriceRow | null>();
  for (const id of new Set(hints.prices)) {
    const price = await findInAccount(deps, connection, id, (stripe) => stripe.prices.retrieve(id));
    prices.set(id, price && !price.deleted ? readStripePrice(price, seen) : null);
  }
  const gone = (rows: ReadonlyMap<string, object | null>) =>
    [...rows].flatMap(([id, row]) => (row === null ? [{ connectionId, id }] : []));
  await deps.db.transaction(async (tx) => {
    const found = [...prices.values()].filter((price) => price !== null);
    const linked = await linkedAmong(
      tx,
      connectionId,
      found.map((price) => price.stripeProduct),
    );
    await keepStripeProducts(
      tx,
      [...products.values()].filter((product) => product !== null),
    );
    await keepStripePrices(
      tx,
      found.filter((price) => linked.has(price.stripeProduct)),
    );
    await markProductsDeleted(tx, gone(products), observation);
    await markPricesDeleted(tx, gone(prices), observation);
  });
}

async function linkedAmong(db: Reader, connectionId: string, products: readonly string[]): Promise<Set<string>> {
  if (products.length === 0) return new Set();
  const links = await findLinksOfStripeProducts(db, [connectionId], [...new Set(products)]);
  return new Set(links.map((link) => link.stripeProduct));
}
