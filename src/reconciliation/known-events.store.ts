import type { Reader } from "../database/db";

/** Those of these events that came in, whatever became of them. */
export async function findKnownEvents(
  db: Reader,
  connectionId: string,
  eventIds: readonly string[],
): Promise<Set<string>> {
  if (eventIds.length === 0) return new Set();
  const rows = await db.rows<{ id: string }>(
    `/* knownEvents.find */ select event_id as id from stripe_inbox where connection_id = $1 and event_id = any($2::text[])`,
    [connectionId, [...new Set(eventIds)]],
  );
  return new Set(rows.map(({ id }) => id));
}
