import type { Reader } from "../database/db";
import { INBOX_FILLED } from "./inbox.store";

/**
 * Tries events again at once: events that failed from the beginning, and events that wait without their pause. Named events
 * count also when they wait for their first try; without names only events that failed before do. Returns how many.
 */
export async function retryEvents(
  db: Reader,
  connectionId: string,
  eventIds: readonly string[] | null = null,
): Promise<number> {
  const [row] = await db.rows<{ retried: number }>(retrySql, [connectionId, INBOX_FILLED, eventIds]);
  return row?.retried ?? 0;
}

// An event that somebody works on at this moment is counted and left to them.
const retrySql = `/* inbox.retry */ with open as (
    select event_id, state, claimed_until from stripe_inbox
    where connection_id = $1 and case when $3::text[] is null
      then state = 'FAILED' or state = 'PENDING' and error is not null
      else event_id = any($3) and state in ('PENDING', 'FAILED') end
    order by event_id for update
  ), again as (
    update stripe_inbox e
    set state = 'PENDING', next_try_at = least(e.next_try_at, now()), claimed_until = null, error = null,
        attempts = case when open.state = 'FAILED' then 0 else e.attempts end, paced = e.paced or open.state = 'FAILED'
    from open
    where e.connection_id = $1 and e.event_id = open.event_id
      and (open.state = 'FAILED' or open.claimed_until is null or open.claimed_until <= now())
    returning 1
  ), told as (select pg_notify($2, '') from again limit 1)
  select (select count(*)::int from open) as retried, (select count(*) from told) as told`;
