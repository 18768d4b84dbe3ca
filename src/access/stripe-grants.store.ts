import type { Mode } from "../base/mode";
import type { Reader, Tx } from "../database/db";
import { entityReader } from "../database/read-entity";
import { GrantEntity } from "./grant.entity";

export interface HeldKey {
  userId: string;
  connectionId: string;
  source: string;
}

/** What came from these sources to these people so far, ended grants too. */
export async function findGrantsOfSources(db: Reader, keys: readonly HeldKey[]): Promise<GrantEntity[]> {
  if (keys.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* grants.ofSources */ select g.* from unnest($1::uuid[], $2::uuid[], $3::text[]) as k (user_id, connection_id, source)
     join grants g on g.user_id = k.user_id and g.connection_id = k.connection_id and g.stripe_object = k.source
     order by g.id`,
    [keys.map((key) => key.userId), keys.map((key) => key.connectionId), keys.map((key) => key.source)],
  );
  return raw.map(entityReader(db, GrantEntity));
}

export interface PairKey {
  userId: string;
  productId: string;
  mode: Mode;
}

/** Everything that these people hold of these products, from wherever. */
export async function findGrantsOfPairs(db: Reader, pairs: readonly PairKey[]): Promise<GrantEntity[]> {
  if (pairs.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* grants.ofPairs */ select g.* from unnest($1::uuid[], $2::uuid[], $3::text[]) as k (user_id, product_id, mode)
     join grants g using (user_id, product_id, mode)`,
    [pairs.map((pair) => pair.userId), pairs.map((pair) => pair.productId), pairs.map((pair) => pair.mode)],
  );
  return raw.map(entityReader(db, GrantEntity));
}

/** Always in one order, so that two batches do not wait for one another. Those who are gone are left out. */
export async function lockUsers(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.rows<{ id: string }>(
    `/* grants.lockUsers */ select id from users where id = any($1::uuid[]) and deleted_at is null
     order by id for no key update`,
    [[...new Set(ids)]],
  );
  return new Set(rows.map((row) => row.id));
}

export async function insertStripeGrants(tx: Tx, grants: readonly GrantEntity[]): Promise<void> {
  if (grants.length === 0) return;
  await tx.rows(
    `/* grants.insertFromStripe */ insert into grants select * from json_populate_recordset(null::grants, $1)`,
    [JSON.stringify(grants.map(toColumns))],
  );
}

/** What changes keeps its former life beside it, so that a question about the past is answered as it was then. */
export async function updateStripeGrants(tx: Tx, grants: readonly GrantEntity[], now: Date): Promise<void> {
  if (grants.length === 0) return;
  await tx.rows(
    `/* grants.updateFromStripe */ with n as materialized (
       select * from json_populate_recordset(null::grants, $1)
     ), kept as (
       insert into grant_versions (user_id, grant_id, until, reason, starts_at, ends_at, closes_at, ended_at, end_reason)
       select g.user_id, g.id, $2, g.reason, g.starts_at, g.ends_at, g.closes_at, g.ended_at, g.end_reason
       from n join grants g on g.user_id = n.user_id and g.id = n.id
       where (g.reason, g.starts_at, g.ends_at, g.closes_at, g.ended_at, g.end_reason)
         is distinct from (n.reason, n.starts_at, n.ends_at, n.closes_at, n.ended_at, n.end_reason)
       on conflict (user_id, grant_id, until) do nothing
     )
     update grants g set
       reason = n.reason, starts_at = n.starts_at, ends_at = n.ends_at, closes_at = n.closes_at, ended_at = n.ended_at,
       end_reason = n.end_reason, quantity = n.quantity, cancel_at_period_end = n.cancel_at_period_end,
       link_ids = n.link_ids, as_of = n.as_of, by_address = n.by_address,
       updated_at = greatest(g.updated_at, n.updated_at)
     from n where g.user_id = n.user_id and g.id = n.id`,
    [JSON.stringify(grants.map(toColumns)), now],
  );
}

function toColumns(grant: GrantEntity): Record<string, unknown> {
  return {
    user_id: grant.userId,
    id: grant.id,
    product_id: grant.productId,
    mode: grant.mode,
    source: grant.source,
    reason: grant.reason,
    starts_at: grant.startsAt,
    ends_at: grant.endsAt,
    closes_at: grant.closesAt,
    ended_at: grant.endedAt,
    end_reason: grant.endReason,
    quantity: grant.quantity,
    cancel_at_period_end: grant.cancelAtPeriodEnd,
    stripe_object: grant.stripeObject,
    connection_id: grant.connectionId,
    stripe_item: grant.stripeItem,
    link_ids: grant.linkIds,
    as_of: grant.asOf,
    by_address: grant.byAddress,
    note: grant.note,
    granted_by: grant.grantedBy,
    created_at: grant.createdAt,
    updated_at: grant.updatedAt,
  };
}
