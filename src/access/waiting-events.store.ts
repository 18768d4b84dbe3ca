import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

/** Events of the accounts concerned that came in and are not worked on yet. */
export async function countWaitingEvents(
  db: Reader,
  { connectionId, mode }: { connectionId?: string; mode?: Mode },
): Promise<number> {
  const [row] = await db.rows<{ waiting: number }>(
    `/* waitingEvents.count */ select count(*)::int as waiting from stripe_inbox e
     join stripe_connections c on c.id = e.connection_id
     where e.state = 'PENDING' and ($1::uuid is null or c.id = $1) and ($2::text is null or c.mode = $2)`,
    [connectionId ?? null, mode ?? null],
  );
  return row?.waiting ?? 0;
}
