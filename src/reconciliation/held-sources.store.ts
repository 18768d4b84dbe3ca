import { type HeldSource, findSources } from "../access/facts.store";
import type { Reader } from "../database/db";

export interface UncountedFilter {
  jobId: string;
  connectionId: string;
  /** Only what this user or these customers bought. */
  buyer: { userId: string; customers: readonly string[] } | null;
  boughtSince: Date | null;
}

const uncounted = `connection_id = $1 and ($2::uuid is null or owner_id = $2 or customer = any($3::text[]))
  and ($4::timestamptz is null or (facts ->> 'boughtAt')::timestamptz >= $4)
  and not exists (select 1 from job_notes n where n.job_id = $5 and n.kind = 'SEEN' and n.subject = stripe_facts.source)`;

function valuesOf({ jobId, connectionId, buyer, boughtSince }: UncountedFilter): unknown[] {
  return [connectionId, buyer?.userId ?? null, buyer?.customers ?? [], boughtSince, jobId];
}

/** A page of what we hold and the job has not counted yet, in the order of its names. */
export async function findUncounted(
  db: Reader,
  { after, limit, ...filter }: UncountedFilter & { after: string | null; limit: number },
): Promise<HeldSource[]> {
  const rows = await db.rows<{ source: string }>(
    `/* heldSources.uncounted */ select source from stripe_facts
     where ${uncounted} and ($6::text is null or source > $6) order by source limit $7`,
    [...valuesOf(filter), after, limit],
  );
  const keys = rows.map(({ source }) => ({ connectionId: filter.connectionId, source }));
  const found = await findSources(db, keys);
  return found.sort((a, b) => (a.facts.source < b.facts.source ? -1 : 1));
}

export async function countUncounted(db: Reader, filter: UncountedFilter): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    `/* heldSources.count */ select count(*)::int as count from stripe_facts where ${uncounted}`,
    valuesOf(filter),
  );
  return row?.count ?? 0;
}
