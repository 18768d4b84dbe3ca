import type { Clock } from "../base/clock";
import type { Mode } from "../base/mode";
import { Bug, Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import type { JobEntity } from "./job.entity";
import { askToCancel, findJobsById } from "./jobs.store";

/** What the job has done stays done. A job that is being worked on ends after the page that it is at. */
export async function cancelJob(deps: { db: Db; clock: Clock }, input: { mode: Mode; id: string }): Promise<JobEntity> {
  return deps.db.transaction(async (tx) => {
    const read = async () => (await findJobsById(tx, input.mode, [input.id]))[0];
    if (!(await read())) throw jobNotFound();
    await askToCancel(tx, input.id, deps.clock.now());
    const job = await read();
    if (!job) throw new Bug("a job vanished while it was cancelled", { id: input.id });
    if (job.status === "SUCCEEDED" || job.status === "FAILED") {
      throw new Refusal("CONFLICT", { say: "This job is over already.", field: "id" });
    }
    return job;
  });
}

export function jobNotFound(): Refusal {
  return new Refusal("NOT_FOUND", { say: "There is no such job in this mode.", field: "id" });
}
