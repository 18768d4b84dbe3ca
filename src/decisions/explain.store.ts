import { type HeldSource, findSources } from "../access/facts.store";
import { toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import type { Db } from "../database/db";
import type { ProductStatus } from "../products/product.entity";
import type { ChainConnection, ChainCustomer, ChainLink } from "./decide-chain";

/** Every account that was ever connected in this mode. */
export function findChainConnections(db: Db, mode: Mode): Promise<ChainConnection[]> {
  return db.rows(
    `/* explain.connections */ select id, account, status from stripe_connections where mode = $1 order by id`,
    [mode],
  );
}

/** The links of the product and of the live bundles that include it, with the mode of each. */
export async function findChainLinks(db: Db, productId: string): Promise<(ChainLink & { mode: Mode })[]> {
  const rows = await db.rows<ChainLink & { mode: Mode }>(
    `/* explain.links */ select l.id, l.connection_id as "connectionId", l.stripe_product as "stripeProduct",
       l.price_ids as "priceIds", l.state, l.access_duration_days as "accessDurationDays",
       l.access_ends_at as "accessEndsAt", c.mode
     from product_openers o join products p on p.id = o.opener_id and p.status = 'LIVE'
     join product_links l on l.product_id = o.opener_id join stripe_connections c on c.id = l.connection_id
     where o.product_id = $1 order by l.id`,
    [productId],
  );
  return rows.map((row) => ({ ...row, id: toPublicId("link", row.id) }));
}

export function findChainCustomers(db: Db, userId: string, mode: Mode): Promise<ChainCustomer[]> {
  return db.rows(
    `/* explain.customers */ select l.connection_id as "connectionId", l.customer, l.active, l.dead
     from customer_links l join stripe_connections c on c.id = l.connection_id and c.mode = $2
     where l.user_id = $1 order by l.id`,
    [userId, mode],
  );
}

const SOURCES_MAX = 200;

/** The purchases that belong to the user, and those that belong to nobody and may be the user's. The newest first. */
export async function findChainSources(
  db: Db,
  userId: string,
  mode: Mode,
): Promise<{ held: HeldSource[]; candidates: HeldSource[] }> {
  const keys = await db.rows<{ connectionId: string; source: string }>(
    `/* explain.sources */ select f.connection_id as "connectionId", f.source from stripe_facts f
     join stripe_connections c on c.id = f.connection_id and c.mode = $2
     where f.owner_id = $1 or (f.owner_id is null and f.candidate_id = $1 and f.unclaimed_id is not null)
     order by f.observation desc limit $3`,
    [userId, mode, SOURCES_MAX],
  );
  const sources = await findSources(db, keys);
  return {
    held: sources.filter(({ ownerId }) => ownerId === userId),
    candidates: sources.filter(({ ownerId }) => ownerId === null),
  };
}

/** Those of these Stripe products that some product of ours is linked to, as connection and id. */
export async function findLinkedStripeProducts(
  db: Db,
  items: readonly { connectionId: string; stripeProduct: string }[],
): Promise<Set<string>> {
  const rows = await db.rows<{ name: string }>(
    `/* explain.linked */ select distinct l.connection_id || ' ' || l.stripe_product as name
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, stripe_product)
     join product_links l using (connection_id, stripe_product) where l.state <> 'REMOVED'`,
    [items.map(({ connectionId }) => connectionId), items.map(({ stripeProduct }) => stripeProduct)],
  );
  return new Set(rows.map(({ name }) => name));
}

/** A grant of the user that would open the product if a bundle between the two were live. */
export interface ClosedBundle {
  grantId: string;
  key: string;
  status: ProductStatus;
}

/** The bundle nearest to the product comes first. */
export function findClosedBundles(
  db: Db,
  input: { productId: string; userId: string; mode: Mode },
): Promise<ClosedBundle[]> {
  return db.rows(
    `/* explain.closedBundles */ with recursive up (id, key, status) as (
       select p.id, null::text, null::text from products p where p.id = $1
       union all
       select b.id, case when up.key is null and b.status <> 'LIVE' then b.key else up.key end,
         case when up.key is null and b.status <> 'LIVE' then b.status else up.status end
       from up join product_includes i on i.product_id = up.id join products b on b.id = i.bundle_id
     )
     select g.id as "grantId", up.key, up.status from up
     join grants g on g.product_id = up.id and g.user_id = $2 and g.mode = $3
     where up.key is not null order by g.id, up.key`,
    [input.productId, input.userId, input.mode],
  );
}
