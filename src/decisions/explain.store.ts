import type { Mode } from "../base/mode";
import type { Db } from "../database/db";
import type { ChainConnection, ChainCustomer, ChainLink } from "./decide-chain";
import { type HeldSource, findSources } from "../access/facts.store";

/** Every account that was ever connected, in both modes. */
export function findChainConnections(db: Db): Promise<ChainConnection[]> {
  return db.rows(`/* explain.connections */ select id, account, mode, status from stripe_connections order by id`);
}

/** The links of the product and of the bundles that include it. */
export function findChainLinks(db: Db, productId: string): Promise<ChainLink[]> {
  return db.rows(
    `/* explain.links */ select l.connection_id as "connectionId", l.stripe_product as "stripeProduct",
       l.price_ids as "priceIds", l.state
     from product_openers o join product_links l on l.product_id = o.opener_id
     where o.product_id = $1 order by l.id`,
    [productId],
  );
}

export function findChainCustomers(db: Db, userId: string): Promise<ChainCustomer[]> {
  return db.rows(
    `/* explain.customers */ select connection_id as "connectionId", customer, active, dead
     from customer_links where user_id = $1 order by id`,
    [userId],
  );
}

const SOURCES_MAX = 200;

/** What the user bought in this mode, and what their customers bought. The newest first. */
export async function findChainSources(db: Db, userId: string, mode: Mode): Promise<HeldSource[]> {
  const keys = await db.rows<{ connectionId: string; source: string }>(
    `/* explain.sources */ select f.connection_id as "connectionId", f.source from stripe_facts f
     join stripe_connections c on c.id = f.connection_id and c.mode = $2
     where f.owner_id = $1 or (f.connection_id, f.customer) in
       (select connection_id, customer from customer_links where user_id = $1 and (active or dead))
     order by f.observation desc limit $3`,
    [userId, mode, SOURCES_MAX],
  );
  return findSources(db, keys);
}
