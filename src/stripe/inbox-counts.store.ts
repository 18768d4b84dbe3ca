import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

export interface InboxOfMode {
  mode: Mode;
  waiting: number;
  failed: number;
  /** Since the oldest that waits came in; 0: none waits. */
  oldestSeconds: number;
}

/** A row for each mode, by the database's clock, of accounts that are connected. */
export function countInboxByMode(db: Reader): Promise<InboxOfMode[]> {
  return db.rows(
    `/* inbox.countByMode */ select mode, count(state) filter (where state = 'PENDING')::int as waiting,
       count(state) filter (where state = 'FAILED')::int as failed,
       coalesce(extract(epoch from now() - min(received_at) filter (where state = 'PENDING')), 0)::float8 as "oldestSeconds"
     from unnest(array['LIVE', 'TEST']) as known (mode)
     left join stripe_connections c using (mode)
     left join stripe_inbox e on e.connection_id = c.id and c.status <> 'DISCONNECTED' and e.state in ('PENDING', 'FAILED')
     group by mode`,
  );
}
