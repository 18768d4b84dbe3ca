import type { Reader, Tx } from "../database/db";
import type { StripePriceRow, StripeProductRow } from "./catalogue";

/** Which product or price: the same id could exist in two accounts. */
export interface CatalogueKey {
  connectionId: string;
  id: string;
}

type ProductColumns = Omit<StripeProductRow, "observation"> & { observation: string };
type PriceColumns = Omit<StripePriceRow, "observation" | "unitAmount"> & {
  observation: string;
  unitAmount: string | null;
};

/** Keeps what was seen, unless something newer is held. */
export async function keepStripeProducts(tx: Tx, products: readonly StripeProductRow[]): Promise<void> {
  if (products.length === 0) return;
  const rows = [...products].sort(byKey);
  await tx.rows(
    `/* catalogue.keepProducts */ insert into stripe_products
       (connection_id, id, name, description, active, image_url, default_price, deleted, observation)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[],
       $8::boolean[], $9::bigint[])
     on conflict (connection_id, id) do update set
       name = excluded.name, description = excluded.description, active = excluded.active,
       image_url = excluded.image_url, default_price = excluded.default_price, deleted = excluded.deleted,
       observation = excluded.observation
     where stripe_products.observation < excluded.observation`,
    [
      rows.map((row) => row.connectionId),
      rows.map((row) => row.id),
      rows.map((row) => row.name),
      rows.map((row) => row.description),
      rows.map((row) => row.active),
      rows.map((row) => row.imageUrl),
      rows.map((row) => row.defaultPrice),
      rows.map((row) => row.deleted),
      rows.map((row) => String(row.observation)),
    ],
  );
}

export async function keepStripePrices(tx: Tx, prices: readonly StripePriceRow[]): Promise<void> {
  if (prices.length === 0) return;
  const rows = [...prices].sort(byKey);
  await tx.rows(
    `/* catalogue.keepPrices */ insert into stripe_prices
       (connection_id, id, stripe_product, currency, unit_amount, custom_amount, recurring, nickname, active, observation)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::jsonb[], $7::jsonb[],
       $8::text[], $9::boolean[], $10::bigint[])
     on conflict (connection_id, id) do update set
       stripe_product = excluded.stripe_product, currency = excluded.currency, unit_amount = excluded.unit_amount,
       custom_amount = excluded.custom_amount, recurring = excluded.recurring, nickname = excluded.nickname,
       active = excluded.active, observation = excluded.observation
     where stripe_prices.observation < excluded.observation`,
    [
      rows.map((row) => row.connectionId),
      rows.map((row) => row.id),
      rows.map((row) => row.stripeProduct),
      rows.map((row) => row.currency),
      rows.map((row) => row.unitAmount),
      rows.map((row) => row.customAmount && JSON.stringify(row.customAmount)),
      rows.map((row) => row.recurring && JSON.stringify(row.recurring)),
      rows.map((row) => row.nickname),
      rows.map((row) => row.active),
      rows.map((row) => String(row.observation)),
    ],
  );
}

/** They were deleted in Stripe. Their names stay: what they once were is still shown on links. */
export async function markProductsDeleted(tx: Tx, keys: readonly CatalogueKey[], observation: bigint): Promise<void> {
  await tx.rows(
    `/* catalogue.productsDeleted */ update stripe_products set deleted = true, active = false, observation = $3
     where (connection_id, id) in (select * from unnest($1::uuid[], $2::text[])) and observation < $3`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.id), String(observation)],
  );
}

export async function markPricesDeleted(tx: Tx, keys: readonly CatalogueKey[], observation: bigint): Promise<void> {
  await tx.rows(
    `/* catalogue.pricesDeleted */ update stripe_prices set active = false, observation = $3
     where (connection_id, id) in (select * from unnest($1::uuid[], $2::text[])) and observation < $3`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.id), String(observation)],
  );
}

export async function findStripeProducts(db: Reader, keys: readonly CatalogueKey[]): Promise<StripeProductRow[]> {
  const rows = await db.rows<ProductColumns>(
    `/* catalogue.products */ select p.connection_id as "connectionId", p.id, p.name, p.description, p.active,
       p.image_url as "imageUrl", p.default_price as "defaultPrice", p.deleted, p.observation::text as observation
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, id)
     join stripe_products p using (connection_id, id)`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.id)],
  );
  return rows.map((row) => ({ ...row, observation: BigInt(row.observation) }));
}

const priceColumns = `p.connection_id as "connectionId", p.id, p.stripe_product as "stripeProduct", p.currency,
  p.unit_amount::text as "unitAmount", p.custom_amount as "customAmount", p.recurring, p.nickname, p.active,
  p.observation::text as observation`;

export async function findStripePrices(db: Reader, keys: readonly CatalogueKey[]): Promise<StripePriceRow[]> {
  const rows = await db.rows<PriceColumns>(
    `/* catalogue.prices */ select ${priceColumns}
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, id)
     join stripe_prices p using (connection_id, id)`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.id)],
  );
  return rows.map(readPriceRow);
}

/** The prices of Stripe products; the keys name the products. */
export async function findPricesOfProducts(db: Reader, keys: readonly CatalogueKey[]): Promise<StripePriceRow[]> {
  const rows = await db.rows<PriceColumns>(
    `/* catalogue.pricesOfProducts */ select ${priceColumns}
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, stripe_product)
     join stripe_prices p using (connection_id, stripe_product) order by p.id`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.id)],
  );
  return rows.map(readPriceRow);
}

function readPriceRow(row: PriceColumns): StripePriceRow {
  return {
    ...row,
    unitAmount: row.unitAmount === null ? null : Number(row.unitAmount),
    observation: BigInt(row.observation),
  };
}

function byKey(a: CatalogueKey, b: CatalogueKey): number {
  const [one, two] = [`${a.connectionId} ${a.id}`, `${b.connectionId} ${b.id}`];
  return one < two ? -1 : one > two ? 1 : 0;
}
