import type { Reader } from "../database/db";
import { INBOX_FILLED } from "../stripe/inbox.store";
import { JOB_WAITS } from "../work/jobs.store";

/**
 * Makes everything due, in so many milliseconds, that waited only because this account did not answer: events that failed
 * without a fault of their own, and jobs. Every replica is told.
 */
export async function wakeWaiting(db: Reader, connectionId: string, ms: number): Promise<void> {
  await db.rows(
    `/* waiting.wakeEvents */ with due as (select now() + $3 * interval '1 millisecond' as at), woken as (
       update stripe_inbox set next_try_at = due.at from due
       where connection_id = $1 and state = 'PENDING' and attempts = 0 and error is not null and next_try_at > due.at
         and (claimed_until is null or claimed_until < now())
       returning 1)
     select pg_notify($2, '') from (select 1 from woken limit 1) any_woken`,
    [connectionId, INBOX_FILLED, ms],
  );
  await db.rows(
    `/* waiting.wakeJobs */ with due as (select now() + $3 * interval '1 millisecond' as at), woken as (
       update jobs set next_try_at = due.at from due
       where status in ('QUEUED', 'RUNNING') and waits > 0 and claim is null and next_try_at > due.at
         and (connection_id = $1 or connection_id is null)
       returning 1)
     select pg_notify($2, '') from (select 1 from woken limit 1) any_woken`,
    [connectionId, JOB_WAITS, ms],
  );
}
