import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

/** As long as Stripe keeps its own events. */
const KEPT_DAYS = 30;
const SWEPT_AT_ONCE = 5_000;
const COUNTED_MAX = 100_000;

/**
 * Deletes notices that nobody has taken for thirty days, so that they do not grow without bound where nobody takes any. What
 * they told of stays in the journal. True if there may be more.
 */
export async function sweepNotices(db: Reader): Promise<boolean> {
  const [row] = await db.rows<{ swept: number }>(
    `/* notices.sweep */ with old as (
       select id from notices where created_at < now() - $1 * interval '1 day' order by created_at, id limit $2
     ), swept as (delete from notices n using old where n.id = old.id returning 1)
     select count(*)::int as swept from swept`,
    [KEPT_DAYS, SWEPT_AT_ONCE],
  );
  return row?.swept === SWEPT_AT_ONCE;
}

export interface NoticesOfMode {
  mode: Mode;
  /** At the most 100,000. */
  waiting: number;
}

export function countNotices(db: Reader): Promise<NoticesOfMode[]> {
  return db.rows(
    `/* notices.count */ select mode, (
       select count(*)::int from (select from notices n where n.mode = known.mode limit $1) counted) as waiting
     from unnest(array['LIVE', 'TEST']) as known (mode)`,
    [COUNTED_MAX],
  );
}
