import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import { liveSql, openedSql } from "./grants.store";

/** The products that a grant opens to the user at that moment, their own or a bundle's. */
export async function findOpenedProductIds(
  db: Reader,
  { userId, mode, at }: { userId: string; mode: Mode; at: Date },
): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    `/* openedProducts.find */ select p.id from products p
     where p.status = 'LIVE' and p.access_mode = 'ENTITLED'
       and ${openedSql({ product: "p.id", user: "$1::uuid", mode: "$2", at: "$3::timestamptz" })}
     order by p.id`,
    [userId, mode, at],
  );
  return rows.map((row) => row.id);
}

/** The keys of the products that grants open to these users at that moment, by user: of many people in one statement. */
export async function findOpenedKeys(
  db: Reader,
  { userIds, mode, at }: { userIds: readonly string[]; mode: Mode; at: Date },
): Promise<Map<string, string[]>> {
  const rows = await db.rows<{ userId: string; keys: string[] }>(
    `/* openedProducts.keysOfUsers */ select g.user_id as "userId", array_agg(distinct p.key order by p.key) as keys
     from grants g
     join products opener on opener.id = g.product_id and opener.status = 'LIVE'
     join product_openers o on o.opener_id = g.product_id
     join products p on p.id = o.product_id and p.status = 'LIVE' and p.access_mode = 'ENTITLED'
     where g.user_id = any($1::uuid[]) and g.mode = $2 and ${liveSql("$3::timestamptz")}
     group by g.user_id`,
    [[...userIds], mode, at],
  );
  return new Map(rows.map(({ userId, keys }) => [userId, keys]));
}
