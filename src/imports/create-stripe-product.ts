import { createHash } from "node:crypto";
import type Stripe from "stripe";
import { newUuid } from "../base/ids";
import { Refusal } from "../base/refusal";
import { askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { connectionOf } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import { runOnce } from "../idempotency/run-once";
import { replanSoon } from "../access/replan-soon";
import { fetchStripeProduct } from "../links/fetch-catalogue";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksById, lockLinks } from "../links/product-links.store";
import { findProducts } from "../products/find-products";
import type { ProductEntity } from "../products/product.entity";
import { newLinkRow, stripeProductNotFound } from "./link-product";
import { nameRefusedInput } from "./name-refused-input";
import { usualTerms } from "./read-link-terms";
import { type PriceFields, type PriceTerms, priceParams, readPriceTerms } from "./read-price-terms";
import { writeLink } from "./write-link";

export interface NewStripeProduct extends PriceFields {
  product: string;
  connection?: string | null | undefined;
  alsoInTestMode?: boolean | null | undefined;
  testConnection?: string | null | undefined;
  checkoutEnabled?: boolean | null | undefined;
  pushName?: boolean | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/**
 * Creates a product with a price in Stripe, named and described as ours, and links it: with a live key in test mode too, if
 * that is asked for. The same idempotency key continues where an earlier request was cut off: Stripe gets keys that follow
 * from it.
 */
export async function createStripeProduct(
  deps: Deps & { identity: Identity },
  input: NewStripeProduct,
): Promise<ProductLinkEntity> {
  const terms = readPriceTerms(input);
  const { mode } = deps.identity;
  const connection = await connectionOf(deps, mode, input.connection, "input.connection");
  const testConnection = await findTestConnection(deps, input);
  const [product] = await findProducts(deps.db, [input.product], "input.product");
  if (!product) throw new Refusal("NOT_FOUND", { say: "There is no such product.", field: "input.product" });
  // Test mode comes first: what fails there has sold nothing.
  if (testConnection) {
    const inTest = { ...deps, identity: { ...deps.identity, mode: "TEST" as const } };
    await createLinked(inTest, input, { connection: testConnection, product, terms, operation: `${OPERATION}.test` });
  }
  return createLinked(deps, input, { connection, product, terms, operation: OPERATION });
}

const OPERATION = "createStripeProduct";

async function findTestConnection(
  deps: Deps & { identity: Identity },
  { alsoInTestMode, testConnection: named }: NewStripeProduct,
): Promise<ConnectionEntity | null> {
  if (!alsoInTestMode) return null;
  if (deps.identity.mode === "LIVE") return connectionOf(deps, "TEST", named, "input.testConnection");
  throw new Refusal("INVALID_INPUT", {
    say: "A test key creates the product in test mode only. Use a live key to create it in both modes.",
    field: "input.alsoInTestMode",
  });
}

interface Place {
  connection: ConnectionEntity;
  product: ProductEntity;
  terms: PriceTerms;
  operation: string;
}

async function createLinked(
  deps: Deps & { identity: Identity },
  input: NewStripeProduct,
  { connection, product, terms, operation }: Place,
): Promise<ProductLinkEntity> {
  const { idempotencyKey, product: _product, connection: _connection, ...rest } = input;
  const { identity } = deps;
  const now = deps.clock.now();
  const meant = { ...rest, product: product.id, connection: connection.id };
  const once = { identity, operation, key: idempotencyKey, input: meant };
  const id = await deps.db.transaction((tx) => runOnce(tx, once, { id: newUuid(now), now }, async () => {}));
  const [done] = await findLinksById(deps.db, identity.mode, [id]);
  if (done) return done;
  const stripeProduct = await makeInStripe(deps, connection, { id, product, terms }).catch(nameRefusedInput);
  const catalogue = await fetchStripeProduct(deps, connection, stripeProduct);
  if (!catalogue) throw stripeProductNotFound("input.product");
  const named = { connectionId: connection.id, productId: product.id, stripeProduct };
  const sale = { checkoutEnabled: input.checkoutEnabled ?? true, pushName: input.pushName ?? false };
  const link = newLinkRow(named, { ...usualTerms, ...sale }, now, id);
  const made = await deps.db.transaction(async (tx) => {
    await lockLinks(tx, connection.id);
    const [twin] = await findLinksById(tx, identity.mode, [id]);
    if (twin) return twin;
    await writeLink(tx, identity, {
      before: null,
      after: { ...link, pushedName: catalogue.product.name },
      catalogue,
      isForSale: input.checkoutEnabled === true,
    });
    return link;
  });
  await replanSoon(deps);
  return made;
}

interface Wanted {
  /** Of the link that will be: what Stripe's idempotency keys follow from. */
  id: string;
  product: ProductEntity;
  terms: PriceTerms;
}

/** In one request where Stripe can, so that a price that it refuses leaves no product without one. */
function makeInStripe(deps: Deps, connection: ConnectionEntity, wanted: Wanted): Promise<string> {
  const { product, terms } = wanted;
  return askAccount(deps, connection, async (stripe) => {
    const create = (params: Stripe.ProductCreateParams) =>
      stripe.products.create(params, { idempotencyKey: keyOf(wanted, "product", params) });
    if ((terms.trialPeriodDays ?? null) === null) {
      return (await create({ ...productParams(product), default_price_data: priceParams(terms) })).id;
    }
    const made = await create(productParams(product));
    const priced = { ...priceParams(terms), product: made.id };
    const price = await stripe.prices.create(priced, { idempotencyKey: keyOf(wanted, "price", priced) });
    await stripe.products.update(made.id, { default_price: price.id });
    return made.id;
  });
}

/** Stripe refuses a key for ever that comes with other words, and our product may have been renamed in between. */
function keyOf({ id }: Wanted, what: string, params: object): string {
  const hash = createHash("sha256").update(JSON.stringify(params)).digest("hex").slice(0, 16);
  return `latchkey-${what}-${id}-${hash}`;
}

function productParams({ key, name, description, imageUrl }: ProductEntity): Stripe.ProductCreateParams {
  return {
    name,
    ...(description ? { description } : {}),
    ...(imageUrl ? { images: [imageUrl] } : {}),
    metadata: { latchkey_product: key },
  };
}
