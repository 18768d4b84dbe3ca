import type { Clock } from "../base/clock";
import { DAY } from "../base/durations";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { actorOf } from "../activities/record-activities";
import { findUploadUse } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { holdJob, lockJobs } from "../work/jobs.store";
import { type UserImport, startUserImport } from "./start-user-import";

// Each may take up space in the database for a day without being continued.
const OPEN_MAX = 20;
const OPEN_OF_KEY_MAX = 10;

/** The job of a list that is being brought; it waits for the last of it. */
export async function beginUpload(
  deps: { db: Db; clock: Clock; identity: Identity },
  upload: UserImport,
): Promise<JobEntity> {
  const { mode } = deps.identity;
  return deps.db.transaction(async (tx) => {
    await lockJobs(tx, `uploads ${mode}`);
    const { ofKey, ofMode } = await findUploadUse(tx, { mode, createdBy: actorOf(deps.identity).actorRef });
    if (ofKey.open >= OPEN_OF_KEY_MAX) throw tooManyOpen(OPEN_OF_KEY_MAX, "key");
    if (ofMode.open >= OPEN_MAX) throw tooManyOpen(OPEN_MAX, "mode");
    const job = await startUserImport(tx, deps, upload);
    await holdJob(tx, job.id, { error: "The list is still being sent.", ms: 2 * DAY });
    return job;
  });
}

function tooManyOpen(max: number, of: "key" | "mode"): Refusal {
  return new Refusal("LIMIT_EXCEEDED", {
    say: `${max} uploads of this ${of} are not complete yet. Continue one of them, or cancel it.`,
    details: { limit: "openUploads", of, max },
  });
}
