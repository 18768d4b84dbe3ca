import { type AccountDeps, findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { StripePriceRow, StripeProductRow } from "./catalogue";
import {
  drawObservation,
  keepStripePrices,
  keepStripeProducts,
  markPricesDeleted,
  markProductsDeleted,
} from "./catalogue.store";
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
  const links = await findLinksOfStripeProducts(deps.db, [connectionId], [...new Set(hints.products)]);
  const linked = [...new Set(links.map((link) => link.stripeProduct))];
  const products: StripeProductRow[] = [];
  const goneProducts: string[] = [];
  for (const id of linked) {
    const product = await findInAccount(deps, connection, (stripe) => stripe.products.retrieve(id));
    if (product && !product.deleted) products.push(readStripeProduct(product, seen));
    else goneProducts.push(id);
  }
  const prices: StripePriceRow[] = [];
  const gonePrices: string[] = [];
  for (const id of new Set(hints.prices)) {
    const price = await findInAccount(deps, connection, (stripe) => stripe.prices.retrieve(id));
    if (price && !price.deleted) prices.push(readStripePrice(price, seen));
    else gonePrices.push(id);
  }
  await deps.db.transaction(async (tx) => {
    const kept = new Set(
      (
        await findLinksOfStripeProducts(tx, [connectionId], [...new Set(prices.map((price) => price.stripeProduct))])
      ).map((link) => link.stripeProduct),
    );
    await keepStripeProducts(tx, products);
    await keepStripePrices(
      tx,
      prices.filter((price) => kept.has(price.stripeProduct)),
    );
    await markProductsDeleted(
      tx,
      goneProducts.map((id) => ({ connectionId, id })),
      observation,
    );
    await markPricesDeleted(
      tx,
      gonePrices.map((id) => ({ connectionId, id })),
      observation,
    );
  });
}
