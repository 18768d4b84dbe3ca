import { In, Not } from "typeorm";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Reader, Tx } from "../database/db";
import { entityReader } from "../database/read-entity";
import { ProductLinkEntity } from "./product-link.entity";

/** The links that say anything about these Stripe products: active ones, and those that keep what they gave. */
export function findLinksOfStripeProducts(
  db: Reader,
  connectionIds: readonly string[],
  stripeProducts: readonly string[],
): Promise<ProductLinkEntity[]> {
  return db.repository(ProductLinkEntity).find({
    where: {
      connectionId: In([...connectionIds]),
      stripeProduct: In([...stripeProducts]),
      state: Not("REMOVED"),
    },
    order: { id: "ASC" },
  });
}

/** The active links of products, in the connections of one mode. */
export async function findLinksOfProducts(
  db: Reader,
  mode: Mode,
  productIds: readonly string[],
): Promise<ProductLinkEntity[]> {
  const raw = await db.rows<Record<string, unknown>>(
    `/* productLinks.ofProducts */ select l.* from product_links l join stripe_connections c on c.id = l.connection_id
     where l.product_id = any($1::uuid[]) and c.mode = $2 and l.state = 'ACTIVE' order by l.id`,
    [[...productIds], mode],
  );
  return raw.map(entityReader(db, ProductLinkEntity));
}

/** Also those that were removed: what was answered once can be asked for again. */
export async function findLinksById(db: Reader, mode: Mode, ids: readonly string[]): Promise<ProductLinkEntity[]> {
  const raw = await db.rows<Record<string, unknown>>(
    `/* productLinks.byId */ select l.* from product_links l join stripe_connections c on c.id = l.connection_id
     where l.id = any($1::uuid[]) and c.mode = $2`,
    [[...ids], mode],
  );
  return raw.map(entityReader(db, ProductLinkEntity));
}

export async function insertProductLink(tx: Tx, link: ProductLinkEntity): Promise<void> {
  await tx.repository(ProductLinkEntity).insert(link);
}

export async function updateProductLinkRow(tx: Tx, link: ProductLinkEntity): Promise<void> {
  const { id, ...columns } = link;
  await tx.repository(ProductLinkEntity).update({ id }, columns);
}

/** The link, which stays as it is until the transaction ends. */
export async function lockProductLink(tx: Tx, id: string): Promise<ProductLinkEntity> {
  const where = { id, state: Not("REMOVED" as const) };
  const link = await tx.repository(ProductLinkEntity).findOne({ where, lock: { mode: "for_no_key_update" } });
  if (!link) throw linkNotFound();
  return link;
}

export function linkNotFound(field = "input.link"): Refusal {
  return new Refusal("NOT_FOUND", { say: "There is no such link.", field });
}

/**
 * Changing the links of a connection, and planning by them: whoever plans holds the shared side, so that nothing is
 * planned by links that are no more when it is written. Until the transaction ends.
 */
export async function lockLinks(tx: Tx, connectionId: string): Promise<void> {
  await tx.rows(`/* productLinks.lock */ select pg_advisory_xact_lock(hashtextextended('links ' || $1, 0))`, [
    connectionId,
  ]);
}

export async function shareLinks(tx: Tx, connectionIds: readonly string[]): Promise<void> {
  const ids = [...new Set(connectionIds)].sort();
  await tx.rows(
    `/* productLinks.share */ select pg_advisory_xact_lock_shared(hashtextextended('links ' || id, 0))
     from (select id from unnest($1::text[]) with ordinality as wanted (id, place) order by place) wanted`,
    [ids],
  );
}
