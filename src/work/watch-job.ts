import type { Mode } from "../base/mode";
import type { Db } from "../database/db";
import type { Signals } from "../database/open-signals";
import { watchState } from "../graphql/watch-state";
import { jobNotFound } from "./cancel-job";
import type { JobEntity } from "./job.entity";
import { JOB_CHANGED, findJobsById } from "./jobs.store";

/** How a job stands, and each way in which it stands later, to its end, whichever replica works on it. */
export async function watchJob(
  { db, signals }: { db: Db; signals: Signals },
  { mode, id }: { mode: Mode; id: string },
): Promise<AsyncIterableIterator<JobEntity>> {
  const look = async () => (await findJobsById(db, mode, [id]))[0] ?? null;
  if (!(await look())) throw jobNotFound();
  return watchState({
    signals,
    channel: JOB_CHANGED,
    isAbout: (payload) => payload === id,
    look,
    textOf: ({ status, total, done, created, updated, skipped, failed, error }) =>
      JSON.stringify([status, total, done, created, updated, skipped, failed, error]),
    isLast: ({ finishedAt }) => finishedAt !== null,
  });
}
