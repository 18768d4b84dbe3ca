import type { Reader } from "../database/db";

/** Whether events wait that came in by then, and that nobody has tried yet. What was put there for the background does not count. */
export async function hasEarlierEvents(db: Reader, connectionId: string, by: Date): Promise<boolean> {
  const rows = await db.rows(
    `/* earlierEvents.find */ select 1 from stripe_inbox
     where connection_id = $1 and state = 'PENDING' and attempts = 0 and not paced and received_at <= $2 limit 1`,
    [connectionId, by],
  );
  return rows.length > 0;
}
