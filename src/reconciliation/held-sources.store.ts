import { type HeldSource, findSources } from "../access/facts.store";
import type { Reader } from "../database/db";

export interface HeldFilter {
  connectionId: string;
  /** Only what this user or these customers bought. */
  buyer: { userId: string; customers: readonly string[] } | null;
  boughtSince: Date | null;
  after: string | null;
  limit: number;
}

/** A page of what we hold and Stripe could have changed since: what is over for good is not looked at again. */
export async function findHeldSources(db: Reader, filter: HeldFilter): Promise<HeldSource[]> {
  const { connectionId, buyer, boughtSince, after, limit } = filter;
  const rows = await db.rows<{ source: string }>(
    `/* heldSources.page */ select source from stripe_facts
     where connection_id = $1 and ($2::text is null or source > $2)
       and ($3::uuid is null or owner_id = $3 or customer = any($4::text[]))
       and ($5::timestamptz is null or (facts ->> 'boughtAt')::timestamptz >= $5)
       and not (kind = 'SUBSCRIPTION' and facts -> 'state' ->> 'status' in ('canceled', 'incomplete_expired'))
     order by source limit $6`,
    [connectionId, after, buyer?.userId ?? null, buyer?.customers ?? [], boughtSince, limit],
  );
  const found = await findSources(
    db,
    rows.map(({ source }) => ({ connectionId, source })),
  );
  return found.sort((a, b) => (a.facts.source < b.facts.source ? -1 : 1));
}
