import type { Mode } from "../base/mode";
import type { Db } from "../database/db";
import type { UserRef } from "../users/read-user-ref";
import { type CheckRow, toGrant } from "./check.store";
import type { Grant } from "../access/grant";

/**
 * One user's grants on any of these products, or on live bundles that open them. A user has few grants, so they are read
 * first and the catalogue is not looked at.
 */
const openingSql = `/* access.list */
  select u.id as user_id, g.opened_id, g.grant_id, g.granted_id, g.source, g.reason,
         g.starts_at, g.ends_at, g.closes_at, g.ended_at, g.end_reason, g.as_of, g.by_address
  from (
    select id from users where id = $1::uuid and deleted_at is null
    union all
    select id from users where external_id = $2::text and deleted_at is null
  ) u
  left join lateral (
    select o.product_id as opened_id, g.id as grant_id, g.product_id as granted_id, g.source, g.reason,
           g.starts_at, g.ends_at, g.closes_at, g.ended_at, g.end_reason, g.as_of, g.by_address
    from grants g
    join products opener on opener.id = g.product_id and opener.status = 'LIVE'
    join product_openers o on o.opener_id = g.product_id
    where g.user_id = u.id and g.mode = $4 and o.product_id = any ($3::uuid[])
  ) g on true`;

/** By product; null when there is no such user. */
export async function findOpening(
  db: Db,
  mode: Mode,
  user: UserRef,
  productIds: readonly string[],
): Promise<Map<string, Grant[]> | null> {
  const values = [user.id, user.externalId, productIds, mode];
  const rows = await db.prepared<CheckRow & { opened_id: string }>("access.list", openingSql, values);
  if (rows.length === 0) return null;
  const byProduct = new Map<string, Grant[]>();
  for (const row of rows) {
    const grant = toGrant(row);
    if (!grant) continue;
    const found = byProduct.get(row.opened_id);
    if (found) found.push(grant);
    else byProduct.set(row.opened_id, [grant]);
  }
  return byProduct;
}
