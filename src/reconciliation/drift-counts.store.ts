import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

export interface DriftOfMode {
  mode: Mode;
  /** Null: no connected account of the mode has been compared as a whole. */
  differences: number | null;
  /** Since the oldest of these comparisons ended; null as well. */
  ageSeconds: number | null;
}

/** Of the last comparison of each connected account, those of one user or of a time left out. By the database's clock. */
export function countDrift(db: Reader): Promise<DriftOfMode[]> {
  return db.rows(
    `/* drift.count */ select known.mode, sum(last.differences)::int as differences,
       extract(epoch from now() - min(last.moved_at))::float8 as "ageSeconds"
     from unnest(array['LIVE', 'TEST']) as known (mode)
     left join stripe_connections c on c.mode = known.mode and c.status <> 'DISCONNECTED'
     left join lateral (
       select created + updated + failed as differences, moved_at from jobs j
       where j.kind = 'RECONCILIATION' and j.status = 'SUCCEEDED' and j.mode = c.mode
         and j.input -> 'connectionIds' ? c.id::text and j.input ->> 'userId' is null and j.input ->> 'since' is null
       order by moved_at desc limit 1
     ) last on true
     group by known.mode`,
  );
}
