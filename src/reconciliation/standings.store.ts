import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import type { Standing } from "./decide-due";

export interface ConnectionStanding extends Standing {
  connectionId: string;
  mode: Mode;
}

interface Row extends Omit<ConnectionStanding, "last"> {
  lastAt: Date | null;
  lastStatus: NonNullable<Standing["last"]>["status"] | null;
}

/** Of the connections that can be asked: of this one, or of all. */
export async function findStandings(db: Reader, connectionId: string | null = null): Promise<ConnectionStanding[]> {
  const rows = await db.rows<Row>(
    `/* standings.find */ select c.id as "connectionId", c.mode, c.created_at as "connectedAt",
       c.disconnected_at as "disconnectedAt", w.last_event_at as "lastEventAt", w.secret_wrong_at as "secretWrongAt",
       w.last_missed_at as "lastMissedAt",
       j.created_at as "lastAt", j.status as "lastStatus"
     from stripe_connections c
     left join webhook_counts w on w.connection_id = c.id
     left join lateral (
       select created_at, status from jobs
       where subject in (c.id::text, 'automatic ' || c.id) and kind = 'RECONCILIATION' and not dry_run and input ->> 'since' is null
       order by id desc limit 1) j on true
     where c.status = 'CONNECTED' and ($1::uuid is null or c.id = $1) order by c.id`,
    [connectionId],
  );
  return rows.map(({ lastAt, lastStatus, ...row }) => ({
    ...row,
    last: lastAt && lastStatus ? { createdAt: lastAt, status: lastStatus } : null,
  }));
}
