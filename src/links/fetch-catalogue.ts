import type Stripe from "stripe";
import { type AccountDeps, askAccount, findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { StripePriceRow, StripeProductRow } from "./catalogue";
import { drawObservation } from "./observations.store";
import { readStripePrice, readStripeProduct } from "./read-catalogue";

const STRIPE_PAGE = 100;
// Whole lists of an account's prices are read so far; beyond that the products are asked for theirs, one by one.
const PRICE_PAGES_MAX = 5;
const AT_ONCE = 5;
// Anything else would be another address of Stripe's API. Ids of products can be chosen in Stripe.
const STRIPE_ID = /^[\w.-]{1,255}$/;

/** The product and all its prices as they are now; null when Stripe has no such product, or had one. */
export async function fetchStripeProduct(
  deps: AccountDeps,
  connection: ConnectionEntity,
  id: string,
): Promise<{ product: StripeProductRow; prices: StripePriceRow[] } | null> {
  if (!STRIPE_ID.test(id)) return null;
  const seen = { connectionId: connection.id, observation: await drawObservation(deps.db) };
  const product = await findInAccount(deps, connection, id, (stripe) => stripe.products.retrieve(id));
  if (!product || product.deleted) return null;
  const prices = await askAccount(deps, connection, (stripe) => listPricesOf(stripe, id));
  return { product: readStripeProduct(product, seen), prices: prices.map((price) => readStripePrice(price, seen)) };
}

/** The prices of many products. Most accounts have few prices, so they are listed together while that is cheaper. */
export async function fetchPrices(
  deps: AccountDeps,
  connection: ConnectionEntity,
  productIds: readonly string[],
): Promise<StripePriceRow[]> {
  const seen = { connectionId: connection.id, observation: await drawObservation(deps.db) };
  const prices = await askAccount(deps, connection, async (stripe) => {
    if (productIds.length === 1) return listPricesOf(stripe, productIds[0] ?? "");
    return (await listTogether(stripe, productIds)) ?? listEach(stripe, productIds);
  });
  return prices.map((price) => readStripePrice(price, seen));
}

/** Null when the account has too many prices for this. */
async function listTogether(stripe: Stripe, productIds: readonly string[]): Promise<Stripe.Price[] | null> {
  const wanted = new Set(productIds);
  const pagesMax = Math.min(PRICE_PAGES_MAX, productIds.length);
  const found: Stripe.Price[] = [];
  let after: { starting_after?: string } = {};
  for (let pages = 0; pages < pagesMax; pages++) {
    const page = await stripe.prices.list({ limit: STRIPE_PAGE, ...after });
    found.push(...page.data.filter(({ product }) => wanted.has(typeof product === "string" ? product : product.id)));
    const last = page.data.at(-1);
    if (!page.has_more || !last) return found;
    after = { starting_after: last.id };
  }
  return null;
}

async function listEach(stripe: Stripe, productIds: readonly string[]): Promise<Stripe.Price[]> {
  const found: Stripe.Price[] = [];
  const waiting = [...productIds];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      found.push(...(await listPricesOf(stripe, id)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function listPricesOf(stripe: Stripe, product: string): Promise<Stripe.Price[]> {
  const found: Stripe.Price[] = [];
  for await (const price of stripe.prices.list({ product, limit: STRIPE_PAGE })) found.push(price);
  return found;
}
