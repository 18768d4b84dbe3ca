import type { Reader } from "../database/db";

/** Those of the grants whose purchase is the user's by its address alone: anybody can have typed that. */
export async function findJoinedGrants(db: Reader, grantIds: readonly string[]): Promise<Set<string>> {
  if (grantIds.length === 0) return new Set();
  const rows = await db.rows<{ id: string }>(
    `/* grants.joined */ select g.id from grants g
     join stripe_facts f on f.connection_id = g.connection_id and f.source = g.stripe_object
     where g.id = any($1::uuid[]) and f.owner_by in ('EMAIL', 'CREATED')`,
    [[...grantIds]],
  );
  return new Set(rows.map(({ id }) => id));
}
