import { Client } from "pg";
import { newUuid, toPublicId } from "../../src/base/ids";

/** A user, and a product to be asked about: as often one that they hold as one that they may not. */
export interface Pair {
  userUuid: string;
  productUuid: string;
  user: string;
  product: string;
}

export interface Shop {
  pairs: Pair[];
  /** Public ids of some of the users. */
  users: string[];
  userUuids: string[];
  productKeys: string[];
}

export const PRODUCTS = 200;
const GRANTS_EACH = 3;
const PAIRS = 5_000;

/** So many users with three grants each on two hundred products, in test mode. */
export async function fillShop(url: string, users: number): Promise<Shop> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const productUuids = Array.from({ length: PRODUCTS }, () => newUuid());
    await client.query(
      `insert into products (id, key, name, status, access_mode, purchase_method, created_at, updated_at)
       select id, 'product-' || n, 'Product ' || n, 'LIVE', 'ENTITLED', 'NONE', now(), now()
       from unnest($1::uuid[]) with ordinality as made (id, n)`,
      [productUuids],
    );
    await client.query("insert into product_openers (product_id, opener_id) select id, id from products");
    await client.query(
      `insert into users (id, external_id, created_at, updated_at)
       select gen_random_uuid(), 'user-' || n, now(), now() from generate_series(1, $1::int) n`,
      [users],
    );
    // Every third one has ended, every third one will end.
    await client.query(
      `insert into grants (user_id, id, product_id, mode, source, reason, starts_at, ends_at, ended_at, end_reason,
                           created_at, updated_at)
       select u.id, gen_random_uuid(), ($1::uuid[])[1 + (substr(u.external_id, 6)::int * 7 + g * 31) % ${PRODUCTS}],
              'TEST', 'MANUAL', 'MANUAL', now() - interval '30 days',
              case when g = 1 then now() + interval '30 days' end,
              case when g = 2 then now() - interval '1 day' end, case when g = 2 then 'REVOKED' end, now(), now()
       from users u, generate_series(0, ${GRANTS_EACH - 1}) g`,
      [productUuids],
    );
    await client.query("vacuum analyze");
    return await readShop(client, productUuids);
  } finally {
    await client.end();
  }
}

async function readShop(client: Client, productUuids: string[]): Promise<Shop> {
  const { rows } = await client.query<{ user_id: string; product_id: string }>(
    `select g.user_id, g.product_id from grants g
     where g.user_id in (select id from users order by id limit ${PAIRS})`,
  );
  const pairs = rows.map(({ user_id, product_id }, index) => {
    const other = productUuids[(index * 13) % PRODUCTS] ?? product_id;
    const productUuid = index % 2 === 0 ? product_id : other;
    return {
      userUuid: user_id,
      productUuid,
      user: toPublicId("user", user_id),
      product: toPublicId("product", productUuid),
    };
  });
  // Rows come user by user; those who ask do not.
  const mixed = pairs
    .map((pair, index) => ({ pair, place: (index * 7_919) % pairs.length }))
    .sort((a, b) => a.place - b.place)
    .map(({ pair }) => pair)
    .slice(0, PAIRS);
  const userUuids = [...new Set(mixed.map((pair) => pair.userUuid))];
  return {
    pairs: mixed,
    userUuids,
    users: userUuids.map((id) => toPublicId("user", id)),
    productKeys: Array.from({ length: PRODUCTS }, (_, index) => `product-${index + 1}`),
  };
}
