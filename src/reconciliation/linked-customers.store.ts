import type { Reader } from "../database/db";

export interface UnvisitedFilter {
  jobId: string;
  connectionId: string;
}

const unvisited = `l.connection_id = $1 and l.active
  and not exists (select 1 from job_notes n where n.job_id = $2 and n.kind = 'SEEN' and n.subject = l.customer)`;

/** Customers of our users whom the job has not met: they have bought nothing that we hold. In the order of their ids. */
export async function findUnvisited(
  db: Reader,
  { jobId, connectionId, after, limit }: UnvisitedFilter & { after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db.rows<{ customer: string }>(
    `/* linkedCustomers.unvisited */ select l.customer from customer_links l
     where ${unvisited} and ($3::text is null or l.customer > $3) order by l.customer limit $4`,
    [connectionId, jobId, after, limit],
  );
  return rows.map(({ customer }) => customer);
}

/** Those of these. */
export async function findUnvisitedOf(
  db: Reader,
  { jobId, connectionId }: UnvisitedFilter,
  customers: readonly string[],
): Promise<Set<string>> {
  const rows = await db.rows<{ customer: string }>(
    `/* linkedCustomers.unvisitedOf */ select l.customer from customer_links l
     where ${unvisited} and l.customer = any($3::text[])`,
    [connectionId, jobId, [...customers]],
  );
  return new Set(rows.map(({ customer }) => customer));
}

export async function countUnvisited(db: Reader, { jobId, connectionId }: UnvisitedFilter): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    `/* linkedCustomers.count */ select count(*)::int as count from customer_links l where ${unvisited}`,
    [connectionId, jobId],
  );
  return row?.count ?? 0;
}
