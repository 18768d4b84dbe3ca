import type { Reader, Tx } from "../database/db";
import type { JobKind } from "./job.entity";
import { JOB_CHANGED } from "./jobs.store";

/** Whether a job of this kind is open for the subject. */
export async function hasOpenJob(db: Reader, kind: JobKind, subject: string): Promise<boolean> {
  const rows = await db.rows(
    `/* jobs.hasOpen */ select 1 from jobs where kind = $1 and subject = $2 and status in ('QUEUED', 'RUNNING') limit 1`,
    [kind, subject],
  );
  return rows.length > 0;
}

/** Ends the open job of this kind and subject at once, because another job does its work. A page under way is not kept. */
export async function supersedeJob(tx: Tx, kind: JobKind, subject: string, now: Date): Promise<void> {
  await tx.rows(
    `/* jobs.supersede */ with superseded as (
       update jobs set status = 'CANCELLED', error = $5, finished_at = $3, claim = null, claimed_until = null
       where kind = $1 and subject = $2 and status in ('QUEUED', 'RUNNING') returning id)
     select pg_notify($4, id::text) from superseded`,
    [kind, subject, now, JOB_CHANGED, "A job that was asked for does its work."],
  );
}
