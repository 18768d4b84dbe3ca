import { In } from "typeorm";
import type { Mode } from "../base/mode";
import type { ListOrder, Page, PageRequest } from "../base/page";
import type { Reader, Tx } from "../database/db";
import { entityReader } from "../database/read-entity";
import { readPages } from "../database/read-pages";
import { GrantEntity } from "./grant.entity";
import type { GrantRef } from "./read-grant-ref";
import { type AccessReason, reasonRank } from "./reasons";

/** Newest first. */
export const grantOrder: ListOrder = {
  list: "grants",
  columns: [{ sql: "g.id", type: "uuid" }],
  newestFirst: true,
};

const reasonsSql = reasonRank.map((reason) => `'${reason}'`).join(", ");

/** In SQL what isLive says of a grant `g`; `at` is a parameter. The property tests hold the two together. */
export function liveSql(at: string): string {
  return `g.reason in (${reasonsSql}) and g.starts_at <= ${at} and (g.ends_at is null or coalesce(g.closes_at, g.ends_at) > ${at}) and (g.ended_at is null or g.ended_at > ${at})`;
}

/** In SQL whether an entitled product is open to a user by a live grant, its own or a live bundle's. */
export function openedSql(sql: { product: string; user: string; mode: string; at: string }): string {
  return `exists (
    select 1 from product_openers o
    join products opener on opener.id = o.opener_id and opener.status = 'LIVE'
    join grants g on g.product_id = o.opener_id and g.user_id = ${sql.user} and g.mode = ${sql.mode}
    where o.product_id = ${sql.product} and ${liveSql(sql.at)})`;
}

export interface GrantFilter {
  mode: Mode;
  active: boolean | null;
  at: Date;
}

export function findGrantPages(
  db: Reader,
  userIds: readonly string[],
  filter: GrantFilter,
  page: PageRequest,
): Promise<Map<string, Page<GrantEntity>>> {
  const live = filter.active === null ? [] : [filter.active ? liveSql("$2") : `not (${liveSql("$2")})`];
  const list = {
    order: grantOrder,
    columns: "g.*",
    from: "grants g",
    conditions: ["g.mode = $1", ...live],
    values: filter.active === null ? [filter.mode] : [filter.mode, filter.at],
    parents: { column: "g.user_id", ids: userIds },
  };
  return readPages(db, list, page, entityReader(db, GrantEntity));
}

export function findGrantsById(db: Reader, mode: Mode, ids: readonly string[]): Promise<GrantEntity[]> {
  return db.repository(GrantEntity).findBy({ id: In([...ids]), mode });
}

export function findManualGrants(db: Reader, mode: Mode, userId: string, productId: string): Promise<GrantEntity[]> {
  return db.repository(GrantEntity).find({
    where: { userId, productId, mode, source: In(["MANUAL", "GIFT"]) },
    order: { id: "ASC" },
  });
}

export async function insertGrant(tx: Tx, grant: GrantEntity): Promise<void> {
  await tx.repository(GrantEntity).insert(grant);
}

/** By hand: what Stripe says later does not bring them back. */
export async function endGrants(
  tx: Tx,
  grants: readonly GrantEntity[],
  reason: AccessReason,
  now: Date,
): Promise<void> {
  if (grants.length === 0) return;
  await tx.repository(GrantEntity).update(
    { userId: In(grants.map((grant) => grant.userId)), id: In(grants.map((grant) => grant.id)) },
    {
      endedAt: now,
      endReason: reason,
      revokedAt: now,
      updatedAt: now,
    },
  );
}

/** All that these users hold, held and will hold, in both modes. */
export function findGrantsOfUsers(tx: Tx, userIds: readonly string[]): Promise<GrantEntity[]> {
  return tx.repository(GrantEntity).find({ where: { userId: In([...userIds]) }, order: { id: "ASC" } });
}

/** What was written about people in their grants, and what other systems called those. */
export async function blankGrants(tx: Tx, userIds: readonly string[]): Promise<void> {
  await tx.repository(GrantEntity).update({ userId: In([...userIds]) }, { note: null, grantedBy: null });
  await tx.rows(`/* grants.forgetRefs */ delete from grant_refs where user_id = any($1::uuid[])`, [[...userIds]]);
}

/** The grant that was made under this reference, if there is one. */
export async function findGrantByRef(tx: Tx, ref: GrantRef): Promise<GrantEntity | null> {
  const [found] = await tx.rows<{ user_id: string; grant_id: string }>(
    `/* grantRefs.find */ select user_id, grant_id from grant_refs
     where mode = $1 and source = $2 and external_ref = $3`,
    [ref.mode, ref.source, ref.externalRef],
  );
  return found ? tx.repository(GrantEntity).findOneBy({ userId: found.user_id, id: found.grant_id }) : null;
}

/** Two requests with one reference take turns. */
export async function lockGrantRef(tx: Tx, ref: GrantRef): Promise<void> {
  const name = JSON.stringify([ref.mode, ref.source, ref.externalRef]);
  await tx.rows(`/* grantRefs.lock */ select pg_advisory_xact_lock(hashtextextended('grant ref ' || $1, 0))`, [name]);
}

export async function writeGrantRef(tx: Tx, ref: GrantRef, grant: GrantEntity): Promise<void> {
  await tx.rows(
    `/* grantRefs.write */ insert into grant_refs (mode, source, external_ref, user_id, grant_id)
     values ($1, $2, $3, $4, $5)
     on conflict (mode, source, external_ref) do update set user_id = excluded.user_id, grant_id = excluded.grant_id`,
    [ref.mode, ref.source, ref.externalRef, grant.userId, grant.id],
  );
}
