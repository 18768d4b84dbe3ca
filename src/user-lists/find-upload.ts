import type { Mode } from "../base/mode";
import { readPublicIdOf } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Reader } from "../database/db";
import { type JobFile, findFile } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { findJobsById } from "../work/jobs.store";

/** A list that is being brought, by the public id of its job, until it is thrown away with the end of the job. */
export async function findUpload(db: Reader, mode: Mode, id: string): Promise<{ job: JobEntity; file: JobFile }> {
  const uuid = readPublicIdOf("job", id);
  const [job] = uuid === null ? [] : await findJobsById(db, mode, [uuid]);
  const file = job?.kind === "USER_IMPORT" ? await findFile(db, job.id) : null;
  if (!job || !file) throw new Refusal("NOT_FOUND", { say: "There is no such upload, or its job is over." });
  return { job, file };
}
