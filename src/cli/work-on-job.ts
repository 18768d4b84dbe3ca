import { setTimeout as delay } from "node:timers/promises";
import { jobRunners } from "../app/job-runners";
import { Bug } from "../base/refusal";
import { openPaces } from "../connections/open-paces";
import type { JobEntity } from "../work/job.entity";
import { findJobsById, pauseJob } from "../work/jobs.store";
import { runJobs } from "../work/run-jobs";
import type { Interruption } from "./open-interruption";
import type { Progress } from "./open-progress";
import type { OpenDeps } from "./with-deps";

/** Servers on the same database take turns with us. Whoever is not at it looks again after so long. */
const LOOK_MS = 200;
/** What is nearly through is let through. */
const LEAVE_MS = 1_000;

/**
 * Works on one job until it is over, or until somebody interrupts: with the servers that run on this database, or alone.
 * Answers how it stood when we left.
 */
export async function workOnJob(
  deps: OpenDeps,
  { mode, id }: Pick<JobEntity, "mode" | "id">,
  { progress, interruption }: { progress: Progress; interruption: Interruption },
): Promise<JobEntity> {
  const parts = { ...deps, paceOf: openPaces(deps) };
  for (;;) {
    const [job] = await findJobsById(deps.db, mode, [id]);
    if (!job) throw new Bug("a job vanished while it was watched", { id });
    progress.show(job);
    if (isOver(job) || interruption.happened()) return job;
    const page = runJobs(parts, jobRunners, id);
    const worked = await Promise.race([page, interruption.told.then(() => delay(LEAVE_MS, null))]);
    if (worked === null) await leave(deps, job, page);
    if (worked === false) await Promise.race([delay(LOOK_MS), interruption.told]);
  }
}

/** A page may wait for Stripe as long as it likes. One that is left is not written: whoever comes does it again, at once. */
async function leave({ db, clock }: OpenDeps, { mode, id }: JobEntity, page: Promise<unknown>): Promise<void> {
  page.catch(() => undefined);
  const [held] = await findJobsById(db, mode, [id]);
  const error = "A command was interrupted; whoever looks next goes on.";
  if (held?.claim) await pauseJob(db, held, { error, ms: 0, isWait: true, at: clock.now() });
}

export function isOver({ status }: Pick<JobEntity, "status">): boolean {
  return status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED";
}
