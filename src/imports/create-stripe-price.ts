import { createHash } from "node:crypto";
import { newUuid } from "../base/ids";
import { askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Deps, Identity } from "../graphql/context";
import { runOnce } from "../idempotency/run-once";
import { replanSoon } from "../access/replan-soon";
import type { StripePriceRow, StripeProductRow } from "../links/catalogue";
import { keepStripePrices, keepStripeProducts } from "../links/catalogue.store";
import { decideCheckoutPrice } from "../links/decide-checkout-price";
import { fetchStripeProduct } from "../links/fetch-catalogue";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { linkNotFound, lockProductLink } from "../links/product-links.store";
import { stripeProductNotFound } from "./link-product";
import { nameRefusedInput } from "./name-refused-input";
import { type LinkFields, readLinkTerms } from "./read-link-terms";
import { type PriceFields, type PriceTerms, priceParams, readPriceTerms } from "./read-price-terms";
import { findActiveLink } from "./update-product-link";
import { writeLink } from "./write-link";

export interface NewStripePrice extends PriceFields {
  link: string;
  offered?: boolean | null | undefined;
  asCheckoutPrice?: boolean | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** Creates one more price of a linked Stripe product. The link counts it, and sells it in the ways that are asked for. */
export async function createStripePrice(
  deps: Deps & { identity: Identity },
  input: NewStripePrice,
): Promise<ProductLinkEntity> {
  const terms = readPriceTerms(input);
  const link = await findActiveLink(deps, input.link);
  const [connection] = await findConnectionsById(deps.db, [link.connectionId]);
  if (!connection) throw linkNotFound();
  const now = deps.clock.now();
  const { idempotencyKey: key, ...meant } = input;
  const once = { identity: deps.identity, operation: "createStripePrice", key, input: meant };
  const id = await deps.db.transaction((tx) => runOnce(tx, once, { id: newUuid(now), now }, async () => {}));
  const price = await createInStripe(deps, connection, { id, link, terms }).catch(nameRefusedInput);
  const catalogue = await fetchStripeProduct(deps, connection, link.stripeProduct);
  if (!catalogue) throw stripeProductNotFound("input.link");
  const changed = await deps.db.transaction(async (tx) => {
    const before = await lockProductLink(tx, link.id);
    if (before.state !== "ACTIVE") throw linkNotFound();
    const fields = fieldsWith(before, { price, catalogue, input });
    if (Object.keys(fields).length === 0) {
      await keepStripeProducts(tx, [catalogue.product]);
      await keepStripePrices(tx, catalogue.prices);
      return before;
    }
    const { defaultPrice } = catalogue.product;
    const after = { ...before, ...readLinkTerms(before, fields, { defaultPrice, prices: catalogue.prices }, now) };
    const isForSale = input.asCheckoutPrice === true;
    await writeLink(tx, deps.identity, { before, after: { ...after, updatedAt: now }, catalogue, isForSale });
    return { ...after, updatedAt: now };
  });
  await replanSoon(deps);
  return changed;
}

interface Wanted {
  /** What Stripe's idempotency key follows from. */
  id: string;
  link: ProductLinkEntity;
  terms: PriceTerms;
}

function createInStripe(deps: Deps, connection: ConnectionEntity, { id, link, terms }: Wanted): Promise<string> {
  const params = { ...priceParams(terms), product: link.stripeProduct };
  const hash = createHash("sha256").update(JSON.stringify(params)).digest("hex").slice(0, 16);
  const idempotencyKey = `latchkey-price-${id}-${hash}`;
  return askAccount(deps, connection, async (stripe) => (await stripe.prices.create(params, { idempotencyKey })).id);
}

interface NewPrice {
  price: string;
  catalogue: { product: StripeProductRow; prices: readonly StripePriceRow[] };
  input: NewStripePrice;
}

/** Pure: what the new price changes of the link. What was sold before is sold as before, unless the caller chooses. */
function fieldsWith(before: ProductLinkEntity, { price, catalogue, input }: NewPrice): LinkFields {
  const others = catalogue.prices.filter(({ id }) => id !== price);
  const usual = decideCheckoutPrice(before, catalogue.product, others);
  const priceIds = before.priceIds.length > 0 ? [...before.priceIds, price] : [];
  const next = decideCheckoutPrice({ ...before, priceIds }, catalogue.product, catalogue.prices);
  const offered = before.offeredPriceIds.length > 0 ? before.offeredPriceIds : usual ? [usual.id] : [];
  return {
    ...(priceIds.length > 0 ? { priceIds } : {}),
    ...(input.offered ? { offeredPriceIds: [...offered, price] } : {}),
    ...(input.asCheckoutPrice ? { checkoutPriceId: price } : usual && !next ? { checkoutPriceId: usual.id } : {}),
  };
}
