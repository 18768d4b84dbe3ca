import type { Reader } from "../database/db";

const KEPT_DAYS = 35;
const SWEPT_AT_ONCE = 5_000;

/**
 * Forgets events that are done for longer than Stripe itself would tell of them: what they led to is in the journal. Those
 * that failed stay. True if there may be more.
 */
export async function sweepInbox(db: Reader): Promise<boolean> {
  const [row] = await db.rows<{ swept: number }>(
    `/* inbox.sweep */ with old as (
       select connection_id, event_id from stripe_inbox
       where state in ('DONE', 'IGNORED') and coalesce(done_at, next_try_at) < now() - $1 * interval '1 day'
       order by coalesce(done_at, next_try_at) limit $2
     ), swept as (
       delete from stripe_inbox e using old
       where e.connection_id = old.connection_id and e.event_id = old.event_id returning 1)
     select count(*)::int as swept from swept`,
    [KEPT_DAYS, SWEPT_AT_ONCE],
  );
  return row?.swept === SWEPT_AT_ONCE;
}
