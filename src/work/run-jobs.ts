import { randomUUID } from "node:crypto";
import { takingTurns } from "../access/apply-facts";
import type { Clock } from "../base/clock";
import { SECOND } from "../base/durations";
import { toPublicId } from "../base/ids";
import type { Logger } from "../base/log";
import { Bug } from "../base/refusal";
import type { Config } from "../config/config";
import type { Db, Tx } from "../database/db";
import type { JobEntity, JobKind, JobProblemRow } from "./job.entity";
import { type JobCounts, claimJob, extendClaim, failJob, pauseJob, writeStep } from "./jobs.store";
import type { PaceOf } from "../connections/open-paces";
import { planNextTry } from "./plan-next-try";

export interface JobDeps {
  db: Db;
  clock: Clock;
  config: Config;
  log: Logger;
  /** How often Stripe may be asked. */
  paceOf: PaceOf;
}

/** What one page came to. */
export interface JobPage {
  /** Where the next page begins; null: this was the last. */
  cursor: object | null;
  total?: number;
  counts: JobCounts;
  problems: readonly JobProblemRow[];
}

/**
 * How a kind of job does one page: it reads whatever is slow, and answers what writes it. The writing shares a
 * transaction with the cursor and the counts, so a page is in once, or not at all.
 */
export type JobRunner = (deps: JobDeps, job: JobEntity) => Promise<(tx: Tx) => Promise<JobPage>>;

export type JobRunners = Partial<Record<JobKind, JobRunner>>;

const HEARTBEAT = 5 * SECOND;

/**
 * One page of one job; true if there may be more. Between pages nobody holds the job: replicas take turns, a long job
 * keeps no short one waiting, and after a crash the next one goes on at the page that was not written.
 *
 * @param only the one job to work on: whoever began it by a command does not take over what others began.
 */
export async function runJobs(deps: JobDeps, runners: JobRunners, only: string | null = null): Promise<boolean> {
  const job = await claimJob(deps.db, randomUUID(), Object.keys(runners), only);
  if (!job) return false;
  const heart = setInterval(() => {
    extendClaim(deps.db, job).catch((err: unknown) =>
      deps.log.warn({ err, jobId: job.id }, "a claim was not extended"),
    );
  }, HEARTBEAT);
  try {
    await runPage(deps, job, runners[job.kind]);
  } catch (error) {
    await afterTrouble(deps, job, error);
  } finally {
    clearInterval(heart);
  }
  return true;
}

async function runPage(deps: JobDeps, job: JobEntity, runner: JobRunner | undefined): Promise<void> {
  if (!runner) throw new Bug("a job was claimed that nobody can do", { kind: job.kind });
  const write = job.cancelAsked ? keepAsItIs(job) : await runner(deps, job);
  const isOurs = await takingTurns(() =>
    deps.db
      .transaction(async (tx) => {
        const page = await write(tx);
        const step = { ...page, total: page.total ?? null, end: endOf(job, page), at: deps.clock.now() };
        if (!(await writeStep(tx, job, step))) throw new ClaimLost();
        return true;
      })
      .catch((error: unknown) => {
        if (error instanceof ClaimLost) return false;
        throw error;
      }),
  );
  if (!isOurs) deps.log.warn({ jobId: job.id, kind: job.kind }, "a page of a job was done elsewhere meanwhile");
}

/** Rolls back what the page wrote: whoever has the job now writes it. */
class ClaimLost extends Error {}

function endOf(job: JobEntity, page: JobPage): "CANCELLED" | "SUCCEEDED" | null {
  if (job.cancelAsked) return "CANCELLED";
  return page.cursor === null ? "SUCCEEDED" : null;
}

export const noCounts: JobCounts = { done: 0, created: 0, updated: 0, skipped: 0, failed: 0 };

function keepAsItIs(job: JobEntity): (tx: Tx) => Promise<JobPage> {
  return () => Promise.resolve({ cursor: job.cursor, counts: noCounts, problems: [] });
}

async function afterTrouble(deps: JobDeps, job: JobEntity, error: unknown): Promise<void> {
  const next = planNextTry(error, job);
  const note = { err: error, jobId: toPublicId("job", job.id), kind: job.kind };
  if (next.kind === "GIVE_UP") {
    deps.log.error(note, "a job failed");
    await failJob(deps.db, job, next.error, deps.clock.now());
    return;
  }
  deps.log.warn({ ...note, afterMs: next.afterMs }, "a page of a job is tried again later");
  const at = deps.clock.now();
  await pauseJob(deps.db, job, { error: next.error, ms: next.afterMs, isWait: next.kind === "WAIT", at });
}
