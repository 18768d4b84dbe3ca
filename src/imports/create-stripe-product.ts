import { createHash } from "node:crypto";
import type Stripe from "stripe";
import { z } from "zod";
import { newUuid } from "../base/ids";
import { Refusal } from "../base/refusal";
import { askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { connectionOf } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import { readInput } from "../graphql/read-input";
import { runOnce } from "../idempotency/run-once";
import { replanSoon } from "../access/replan-soon";
import { fetchStripeProduct } from "../links/fetch-catalogue";
import { decimalsOf } from "../links/format-price";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksById, lockLinks } from "../links/product-links.store";
import { findProducts } from "../products/find-products";
import type { ProductEntity } from "../products/product.entity";
import { newLinkRow, stripeProductNotFound } from "./link-product";
import { usualTerms } from "./read-link-terms";
import { writeLink } from "./write-link";

export interface NewStripeProduct {
  product: string;
  connection?: string | null | undefined;
  currency: string;
  unitAmount: number;
  interval?: string | null | undefined;
  intervalCount?: number | null | undefined;
  trialPeriodDays?: number | null | undefined;
  checkoutEnabled?: boolean | null | undefined;
  idempotencyKey?: string | null | undefined;
}

type Interval = "day" | "week" | "month" | "year";

// Stripe bills at least once in three years.
const COUNT_MAX: Record<Interval, number> = { day: 1_095, week: 156, month: 36, year: 3 };
const TRIAL_DAYS_MAX = 730;

const priceSchema = z
  .object({
    currency: z.string().regex(/^[a-z]{3}$/, "A currency has three letters, as `eur` or `jpy`."),
    unitAmount: z.int().min(0, "A price is 0 or more."),
    interval: z.enum(["day", "week", "month", "year"], "An interval is day, week, month or year.").nullish(),
    intervalCount: z.int().min(1, "Every one of them, at least.").nullish(),
    trialPeriodDays: z.int().min(1, "A trial has a day at least.").max(TRIAL_DAYS_MAX, "At most 730 days.").nullish(),
  })
  .refine(({ currency, unitAmount }) => decimalsOf(currency) !== 3 || unitAmount % 10 === 0, {
    message: "In this currency Stripe takes only amounts that end in 0.",
    path: ["unitAmount"],
  })
  .refine(({ interval, intervalCount }) => isNothing(intervalCount) || !isNothing(interval), {
    message: "Every so many of what? Name an interval.",
    path: ["intervalCount"],
  })
  .refine(({ interval, intervalCount }) => isNothing(interval) || (intervalCount ?? 1) <= COUNT_MAX[interval], {
    message: "Stripe bills at least once in three years.",
    path: ["intervalCount"],
  })
  .refine(({ interval, trialPeriodDays }) => isNothing(trialPeriodDays) || !isNothing(interval), {
    message: "Only what is paid again and again can be tried: name an interval.",
    path: ["trialPeriodDays"],
  });

type Terms = z.infer<typeof priceSchema>;

/**
 * Makes a product with a price in Stripe, named and described as ours, and links it. Renaming ours later does not rename
 * Stripe's. The same idempotency key goes on where an earlier request was cut off: Stripe gets keys that follow from it.
 */
export async function createStripeProduct(
  deps: Deps & { identity: Identity },
  input: NewStripeProduct,
): Promise<ProductLinkEntity> {
  const { idempotencyKey, product: namedProduct, connection: namedConnection, ...rest } = input;
  const terms = readInput(priceSchema, { ...rest, currency: rest.currency.toLowerCase() });
  const { identity } = deps;
  const { mode } = identity;
  const connection = await connectionOf(deps, mode, namedConnection, "input.connection");
  const [product] = await findProducts(deps.db, [namedProduct], "input.product");
  if (!product) throw new Refusal("NOT_FOUND", { say: "There is no such product.", field: "input.product" });
  const now = deps.clock.now();
  const meant = { ...rest, product: product.id, connection: connection.id };
  const once = { identity, operation: "createStripeProduct", key: idempotencyKey, input: meant };
  const id = await deps.db.transaction((tx) => runOnce(tx, once, { id: newUuid(now), now }, async () => {}));
  const [done] = await findLinksById(deps.db, mode, [id]);
  if (done) return done;
  const stripeProduct = await makeInStripe(deps, connection, { id, product, terms }).catch(nameRefusedInput);
  const catalogue = await fetchStripeProduct(deps, connection, stripeProduct);
  if (!catalogue) throw stripeProductNotFound("input.product");
  const named = { connectionId: connection.id, productId: product.id, stripeProduct };
  const link = newLinkRow(named, { ...usualTerms, checkoutEnabled: input.checkoutEnabled ?? true }, now, id);
  const made = await deps.db.transaction(async (tx) => {
    await lockLinks(tx, connection.id);
    const [twin] = await findLinksById(tx, mode, [id]);
    if (twin) return twin;
    await writeLink(tx, deps.identity, {
      before: null,
      after: link,
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
  terms: Terms;
}

/** In one request where Stripe can, so that a price that it refuses leaves no product without one. */
function makeInStripe(deps: Deps, connection: ConnectionEntity, wanted: Wanted): Promise<string> {
  const { product, terms } = wanted;
  return askAccount(deps, connection, async (stripe) => {
    const create = (params: Stripe.ProductCreateParams) =>
      stripe.products.create(params, { idempotencyKey: keyOf(wanted, "product", params) });
    if (isNothing(terms.trialPeriodDays)) {
      return (await create({ ...productParams(product), default_price_data: priceTerms(terms) })).id;
    }
    const made = await create(productParams(product));
    const priced = { ...priceTerms(terms), product: made.id };
    const price = await stripe.prices.create(priced, { idempotencyKey: keyOf(wanted, "price", priced) });
    await stripe.products.update(made.id, { default_price: price.id });
    return made.id;
  });
}

/** Names the input of which a parameter is made that Stripe refused. */
function nameRefusedInput(error: unknown): never {
  const param = error instanceof Refusal ? error.details?.["stripeParam"] : undefined;
  const name = typeof param === "string" ? /\w+(?=\]?$)/.exec(param)?.[0] : undefined;
  const field = name === undefined ? undefined : inputs[name];
  if (!(error instanceof Refusal) || error.field !== undefined || field === undefined) throw error;
  const { code, message: say, details, note, cause } = error;
  throw new Refusal(code, { say, field, note, cause, ...(details && { details }) });
}

const inputs: Readonly<Record<string, string>> = {
  currency: "input.currency",
  unit_amount: "input.unitAmount",
  interval: "input.interval",
  interval_count: "input.intervalCount",
  trial_period_days: "input.trialPeriodDays",
};

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

function priceTerms({ currency, unitAmount, interval, intervalCount, trialPeriodDays }: Terms) {
  return {
    currency,
    unit_amount: unitAmount,
    ...(isNothing(interval)
      ? {}
      : {
          recurring: {
            interval,
            ...(isNothing(intervalCount) ? {} : { interval_count: intervalCount }),
            ...(isNothing(trialPeriodDays) ? {} : { trial_period_days: trialPeriodDays }),
          },
        }),
  };
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
