import type { Clock } from "../base/clock";
import { DAY } from "../base/durations";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { countUploads } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { holdJob, lockJobs } from "../work/jobs.store";
import { type UserImport, startUserImport } from "./start-user-import";

// Each may take room in the database for a day without anybody going on with it.
const OPEN_MAX = 20;

/** The job of a list that is being brought; it waits for the last of it. */
export async function beginUpload(
  deps: { db: Db; clock: Clock; identity: Identity },
  upload: UserImport,
): Promise<JobEntity> {
  const { mode } = deps.identity;
  return deps.db.transaction(async (tx) => {
    await lockJobs(tx, `uploads ${mode}`);
    if ((await countUploads(tx, mode)) >= OPEN_MAX) {
      const say = `${OPEN_MAX} uploads of this mode are not complete yet; go on with one, or cancel it.`;
      throw new Refusal("LIMIT_EXCEEDED", { say, details: { limit: "openUploads", max: OPEN_MAX } });
    }
    const job = await startUserImport(tx, deps, upload);
    await holdJob(tx, job.id, { error: "The list is still being sent.", ms: 2 * DAY });
    return job;
  });
}
