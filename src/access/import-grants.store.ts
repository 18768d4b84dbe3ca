import type { Mode } from "../base/mode";
import type { Reader, Tx } from "../database/db";
import { entityReader } from "../database/read-entity";
import { GrantEntity } from "./grant.entity";

/** What lists gave these people and nobody has ended, whether or not its time has run out: one of each product. */
export async function findImportGrants(db: Reader, userIds: readonly string[], mode: Mode): Promise<GrantEntity[]> {
  if (userIds.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* grants.ofImports */ select * from grants
     where user_id = any($1::uuid[]) and mode = $2 and source = 'IMPORT' and ended_at is null`,
    [[...userIds], mode],
  );
  return raw.map(entityReader(db, GrantEntity));
}

export interface ListedGrant {
  userId: string;
  id: string;
  productId: string;
  endsAt: Date | null;
}

export interface ListedTerms {
  mode: Mode;
  now: Date;
  note: string;
  grantedBy: string;
}

/** From now on. What all of them have in common is said once, for there may be thousands. */
export async function insertImportGrants(tx: Tx, grants: readonly ListedGrant[], terms: ListedTerms): Promise<void> {
  if (grants.length === 0) return;
  await tx.rows(
    `/* grants.insertFromImport */ insert into grants
       (user_id, id, product_id, mode, source, reason, starts_at, ends_at, note, granted_by, created_at, updated_at)
     select user_id, id, product_id, $5, 'IMPORT', 'MANUAL', $6, ends_at, $7, $8, $6, $6
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) as n (user_id, id, product_id, ends_at)`,
    [
      grants.map(({ userId }) => userId),
      grants.map(({ id }) => id),
      grants.map(({ productId }) => productId),
      grants.map(({ endsAt }) => endsAt),
      terms.mode,
      terms.now,
      terms.note,
      terms.grantedBy,
    ],
  );
}
