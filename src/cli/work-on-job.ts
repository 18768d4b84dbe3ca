import { setTimeout as delay } from "node:timers/promises";
import { jobRunners } from "../app/job-runners";
import { Bug } from "../base/refusal";
import { openPaces } from "../connections/open-paces";
import type { JobEntity } from "../work/job.entity";
import { findJobsById } from "../work/jobs.store";
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
    // A page may wait for Stripe as long as it likes. One that is left here is not written; whoever comes does it again.
    if (worked === null) page.catch(() => undefined);
    if (worked === false) await Promise.race([delay(LOOK_MS), interruption.told]);
  }
}

export function isOver({ status }: Pick<JobEntity, "status">): boolean {
  return status === "SUCCEEDED" || status === "FAILED" || status === "CANCELLED";
}
