import { In } from "typeorm";
import type { Mode } from "../base/mode";
import type { ListOrder, Page, PageRequest } from "../base/page";
import { Refusal } from "../base/refusal";
import { type Db, type Reader, type Tx, brokenConstraint } from "../database/db";
import { entityReader } from "../database/read-entity";
import { readPage, readPages } from "../database/read-pages";
import { JobEntity, type JobKind, type JobProblemRow, jobKinds } from "./job.entity";

/** The latest first. */
export const jobOrder: ListOrder = { list: "jobs", columns: [{ sql: "j.id", type: "uuid" }], newestFirst: true };

export const problemOrder: ListOrder = {
  list: "jobProblems",
  columns: [{ sql: "p.row", type: "integer" }],
  newestFirst: false,
};

export function findJobPage(
  db: Reader,
  { mode, kind }: { mode: Mode; kind?: JobKind | null | undefined },
  page: PageRequest,
): Promise<Page<JobEntity>> {
  // Kinds that only a newer build knows have no name here yet.
  const conditions = ["j.mode = $1", "j.kind = any($2::text[])"];
  const values = [mode, kind ? [kind] : [...jobKinds]];
  return readPage(
    db,
    { order: jobOrder, columns: "j.*", from: "jobs j", conditions, values },
    page,
    entityReader(db, JobEntity),
  );
}

/** The same page of problems below each of these jobs. */
export function findProblemPages(
  db: Reader,
  jobIds: readonly string[],
  page: PageRequest,
): Promise<Map<string, Page<JobProblemRow>>> {
  const parents = { column: "p.job_id", ids: jobIds };
  const list = { order: problemOrder, columns: "p.*", from: "job_problems p", conditions: [], values: [], parents };
  return readPages(db, list, page, (raw) => raw as unknown as JobProblemRow);
}

export function findJobsById(db: Reader, mode: Mode, ids: readonly string[]): Promise<JobEntity[]> {
  return db.repository(JobEntity).findBy({ id: In([...ids]), mode, kind: In([...jobKinds]) });
}

/** The latest job of a kind for each of these subjects. */
export async function findLatestJobs(db: Reader, kind: JobKind, subjects: readonly string[]): Promise<JobEntity[]> {
  if (subjects.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* jobs.latest */ select j.* from unnest($2::text[]) as wanted (subject)
     cross join lateral (
       select * from jobs where jobs.subject = wanted.subject and kind = $1 order by id desc limit 1) j`,
    [kind, [...subjects]],
  );
  return raw.map(entityReader(db, JobEntity));
}

/** Of one kind and subject one job is open at a time; whoever comes second is refused. */
export async function insertJob(tx: Tx, job: JobEntity): Promise<void> {
  try {
    // Its first page is due by the database's clock, by which all tries are.
    const { nextTryAt: _, movedAt: __, ...columns } = job;
    await tx.repository(JobEntity).insert(columns);
    await tx.rows(`/* jobs.tell */ select pg_notify($1, '')`, [JOB_WAITS]);
  } catch (error) {
    if (brokenConstraint(error) !== "jobs_one_at_a_time_key") throw error;
    throw new Refusal("JOB_RUNNING", {
      say: "Such a job is running already; wait for its end, or cancel it.",
      note: { kind: job.kind, subject: job.subject },
    });
  }
}

/** Told when there is something to do; every replica listens. A hint: who misses it looks by itself a second later. */
export const JOB_WAITS = "latchkey_jobs_waiting";

/** Told with the id of a job that changed; whoever watches it looks again. A hint. */
export const JOB_CHANGED = "latchkey_jobs";

/** Whoever works on a job has said so in the last few seconds. Who fell silent has lost it. */
const LEASE = "15 seconds";

/**
 * A job whose next page is due and that nobody works on. Those that waited longest come first. Only of kinds that this
 * build knows: a newer one may have begun others. `only` leaves all jobs but one to others.
 */
export async function claimJob(
  db: Db,
  claim: string,
  kinds: readonly string[],
  only: string | null = null,
): Promise<JobEntity | null> {
  const raw = await db.rows<Record<string, unknown>>(
    `/* jobs.claim */ with due as (
       select id, status as before from jobs
       where status in ('QUEUED', 'RUNNING') and kind = any($3::text[]) and next_try_at <= now()
         and ($4::uuid is null or id = $4)
         and (claimed_until is null or claimed_until < now())
       order by next_try_at, id limit 1 for update skip locked),
     claimed as (
       update jobs set status = 'RUNNING', claim = $1, claimed_until = now() + $2::interval
       where id in (select id from due) returning *),
     told as (select pg_notify($5, id::text) from due where before = 'QUEUED')
     select * from claimed where (select count(*) from told) >= 0`,
    [claim, LEASE, [...kinds], only, JOB_CHANGED],
  );
  return raw.map(entityReader(db, JobEntity))[0] ?? null;
}

export async function extendClaim(db: Db, { id, claim }: JobEntity): Promise<void> {
  await db.rows(`/* jobs.extend */ update jobs set claimed_until = now() + $3::interval where id = $1 and claim = $2`, [
    id,
    claim,
    LEASE,
  ]);
}

export interface JobStep {
  cursor: object | null;
  total: number | null;
  counts: JobCounts;
  problems: readonly JobProblemRow[];
  /** How it ended; null: it goes on, unless somebody has cancelled it meanwhile. */
  end: "SUCCEEDED" | "CANCELLED" | null;
  /** By our clock. */
  at: Date;
}

export interface JobCounts {
  done: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
}

/**
 * Where to go on, the counts and the problems of one page: all of it, or nothing. False: somebody else has the job now,
 * and nothing that belongs to this page may be kept.
 */
export async function writeStep(tx: Tx, { id, claim }: JobEntity, step: JobStep): Promise<boolean> {
  const { cursor, total, counts, end, at } = step;
  const rows = await tx.rows<{ id: string }>(
    `/* jobs.step */ with written as (
       update jobs set cursor = $3::jsonb,
         total = case when $10 = 'SUCCEEDED' then done + $5 when coalesce($4, total) is not null
           then greatest(coalesce($4, total), done + $5) end,
         done = done + $5,
         created = created + $6, updated = updated + $7, skipped = skipped + $8, failed = failed + $9,
         status = coalesce($10, case when cancel_asked then 'CANCELLED' end, status),
         finished_at = case when $10 is not null or cancel_asked then $11::timestamptz end, error = null, attempts = 0,
         waits = 0, moved_at = now(), next_try_at = now(), claim = null, claimed_until = null
       where id = $1 and claim = $2 returning id),
     told as (select pg_notify($12, id::text) from written)
     select id from written where (select count(*) from told) >= 0`,
    [
      id,
      claim,
      cursor === null ? null : JSON.stringify(cursor),
      total,
      counts.done,
      counts.created,
      counts.updated,
      counts.skipped,
      counts.failed,
      end,
      at,
      JOB_CHANGED,
    ],
  );
  if (rows.length === 0) return false;
  await insertProblems(tx, id, step.problems);
  return true;
}

async function insertProblems(tx: Tx, jobId: string, problems: readonly JobProblemRow[]): Promise<void> {
  if (problems.length === 0) return;
  await tx.rows(
    `/* jobProblems.insert */ insert into job_problems (job_id, row, subject, code, message)
     select $1, * from unnest($2::integer[], $3::text[], $4::text[], $5::text[])`,
    [
      jobId,
      problems.map((problem) => problem.row),
      problems.map((problem) => problem.subject),
      problems.map((problem) => problem.code),
      problems.map((problem) => problem.message),
    ],
  );
}

export interface JobPause {
  error: string;
  ms: number;
  isWait: boolean;
  /** By our clock. */
  at: Date;
}

/**
 * It is tried again after a pause, at the page where it stands, by whoever comes. One that somebody has cancelled
 * meanwhile is over instead: it does not wait for hours to say so.
 */
export async function pauseJob(db: Db, { id, claim }: JobEntity, { error, ms, isWait, at }: JobPause): Promise<void> {
  await db.rows(
    `/* jobs.pause */ with paused as (
       update jobs set error = case when cancel_asked then null else $3 end,
         status = case when cancel_asked then 'CANCELLED' else status end,
         finished_at = case when cancel_asked then $7::timestamptz end,
         next_try_at = now() + $4 * interval '1 millisecond',
         attempts = attempts + $5, waits = waits + $6, claim = null, claimed_until = null
       where id = $1 and claim = $2 returning id)
     select pg_notify($8, id::text) from paused`,
    [id, claim, error, ms, isWait ? 0 : 1, isWait ? 1 : 0, at, JOB_CHANGED],
  );
}

export async function failJob(db: Db, { id, claim }: JobEntity, error: string, now: Date): Promise<void> {
  await db.rows(
    `/* jobs.fail */ with failed as (
       update jobs set status = 'FAILED', error = $3, finished_at = $4, claim = null, claimed_until = null
       where id = $1 and claim = $2 returning id)
     select pg_notify($5, id::text) from failed`,
    [id, claim, error, now, JOB_CHANGED],
  );
}

/** At once where nobody works on it; otherwise after the page that is being worked on, so that its counts are true. */
export async function askToCancel(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.rows(
    `/* jobs.cancel */ with asked as (
       update jobs set cancel_asked = true,
         status = case when claimed_until >= now() then status else 'CANCELLED' end,
         error = case when claimed_until >= now() then error end,
         finished_at = case when claimed_until >= now() then null else $2::timestamptz end,
         claim = case when claimed_until >= now() then claim end
       where id = $1 and status in ('QUEUED', 'RUNNING') returning id)
     select pg_notify($3, id::text) from asked`,
    [id, now, JOB_CHANGED],
  );
}

/** They are over, for this reason; those that somebody works on at this moment are left for another time. */
export async function cancelJobs(tx: Tx, ids: readonly string[], error: string, now: Date): Promise<void> {
  await tx.rows(
    `/* jobs.cancelMany */ with cancelled as (
       update jobs set status = 'CANCELLED', cancel_asked = true, finished_at = $2, error = $3, claim = null
       where id = any($1::uuid[]) and status in ('QUEUED', 'RUNNING')
         and (claimed_until is null or claimed_until < now())
       returning id)
     select pg_notify($4, id::text) from cancelled`,
    [[...ids], now, error, JOB_CHANGED],
  );
}

/** Nobody looks at it for so long, unless it is woken. */
export async function holdJob(tx: Tx, id: string, { error, ms }: { error: string; ms: number }): Promise<void> {
  await tx.rows(
    `/* jobs.hold */ update jobs set next_try_at = now() + $2 * interval '1 millisecond', error = $3 where id = $1`,
    [id, ms, error],
  );
}

/** Its next page is due at once: what it waited for is there. */
export async function wakeJob(tx: Tx, id: string): Promise<void> {
  await tx.rows(
    `/* jobs.wake */ with woken as (
       update jobs set next_try_at = now(), waits = 0, error = null
       where id = $1 and status in ('QUEUED', 'RUNNING') returning id)
     select pg_notify($2, '') from woken`,
    [id, JOB_WAITS],
  );
}

/** What runs by itself is decided once, whichever replica is first. Until the transaction ends. */
export async function lockJobs(tx: Tx, subject: string): Promise<void> {
  await tx.rows(`/* jobs.lock */ select pg_advisory_xact_lock(hashtextextended('jobs of ' || $1, 0))`, [subject]);
}
