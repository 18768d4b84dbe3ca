import type { Mode } from "../base/mode";
import type { Db } from "../database/db";
import type { AccessMode, ProductStatus } from "../products/product.entity";
import type { ProductRef } from "../products/read-product-ref";
import type { UserRef } from "../users/read-user-ref";
import type { Question } from "../access/decide";
import type { Grant, GrantSource } from "../access/grant";
import type { AccessReason } from "../access/reasons";

export interface CheckKey {
  product: ProductRef;
  user: UserRef | null;
}

/** A grant of a user, with the product that it was asked for. */
export interface CheckRow {
  place: string;
  product_id: string | null;
  status: ProductStatus;
  access_mode: AccessMode;
  user_id: string | null;
  grant_id: string | null;
  granted_id: string;
  source: GrantSource;
  reason: AccessReason;
  starts_at: Date;
  ends_at: Date | null;
  closes_at: Date | null;
  ended_at: Date | null;
  end_reason: AccessReason | null;
  as_of: Date | null;
  by_address: boolean;
}

/**
 * The hottest statement of all: any number of checks at once. A key finds its product and its user by whichever name the
 * caller used, then the user's grants on the product and on the live bundles that open it.
 *
 * The parameters stand in selects of their own, which hides the lengths of the lists from the planner: it would find a
 * plan for one key so much cheaper than the general one that it would plan each check anew, at ten times its cost.
 */
const checkSql = `/* access.check */
  select k.place, p.id as product_id, p.status, p.access_mode, u.id as user_id,
         g.id as grant_id, g.product_id as granted_id, g.source, g.reason,
         g.starts_at, g.ends_at, g.closes_at, g.ended_at, g.end_reason, g.as_of, g.by_address
  from rows from (
    unnest((select $1::uuid[])), unnest((select $2::text[])), unnest((select $3::uuid[])), unnest((select $4::text[]))
  ) with ordinality as k (product_id, product_key, user_id, external_id, place)
  left join lateral (
    select id, status, access_mode from products where id = k.product_id
    union all
    select id, status, access_mode from products where key = k.product_key and k.product_key is not null
  ) p on true
  left join lateral (
    select id from users where id = k.user_id and deleted_at is null
    union all
    select id from users where external_id = k.external_id and k.external_id is not null and deleted_at is null
  ) u on true
  left join lateral (
    select g.* from product_openers o
    join products opener on opener.id = o.opener_id and opener.status = 'LIVE'
    join grants g on g.user_id = u.id and g.product_id = o.opener_id and g.mode = $5
    where o.product_id = p.id and p.access_mode = 'ENTITLED'
  ) g on true`;

/** What a decision needs for each key, in the order of the keys. */
export async function findQuestions(db: Db, mode: Mode, keys: readonly CheckKey[]): Promise<Omit<Question, "at">[]> {
  const rows = await db.urgent<CheckRow>("access.check", checkSql, [
    keys.map((key) => key.product.id),
    keys.map((key) => key.product.key),
    keys.map((key) => key.user?.id ?? null),
    keys.map((key) => key.user?.externalId ?? null),
    mode,
  ]);
  const byKey: CheckRow[][] = keys.map(() => []);
  for (const row of rows) byKey[Number(row.place) - 1]?.push(row);
  return keys.map((key, index) => toQuestion(key, byKey[index] ?? []));
}

function toQuestion(key: CheckKey, rows: readonly CheckRow[]): Omit<Question, "at"> {
  const [row] = rows;
  return {
    product: row?.product_id ? { id: row.product_id, status: row.status, accessMode: row.access_mode } : null,
    subject: key.user === null ? "NOBODY" : row?.user_id ? "KNOWN" : "UNKNOWN",
    grants: rows.flatMap((each) => toGrant(each) ?? []),
  };
}

export function toGrant(row: CheckRow): Grant | null {
  if (row.grant_id === null || row.user_id === null) return null;
  return {
    id: row.grant_id,
    userId: row.user_id,
    productId: row.granted_id,
    source: row.source,
    reason: row.reason,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    closesAt: row.closes_at,
    endedAt: row.ended_at,
    endReason: row.end_reason,
    asOf: row.as_of,
    byAddress: row.by_address,
  };
}
