import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import { openedSql } from "./grants.store";

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
