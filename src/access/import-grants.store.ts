import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
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
