import { actorOf } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { DAY } from "../base/durations";
import { getConnection } from "../connections/find-connection";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { insertFile } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { startJob } from "../work/start-job";
import type { ListContentType } from "./list-types";
import type { UserImportOptions } from "./read-import-options";

export interface UserImport {
  options: UserImportOptions;
  /** What the sender calls the list. */
  name: string;
  contentType: ListContentType;
  /** Where the sender names the connection. */
  field?: string;
}

/** Who begins to send a list and does not go on for so long has given it up. */
const KEPT_MS = DAY;

/**
 * Begins to take over a list, and makes the empty file for it: `appendPiece` fills it. The job waits until it is complete.
 * Any number of lists may be taken over at once.
 */
export async function startUserImport(
  tx: Tx,
  deps: { clock: Clock; identity: Identity },
  { options, name, contentType, field = "connection" }: UserImport,
): Promise<JobEntity> {
  const { mode } = deps.identity;
  const connection = options.connection && (await getConnection({ db: tx }, mode, options.connection, field));
  const now = deps.clock.now();
  const job = await startJob(tx, deps, {
    kind: "USER_IMPORT",
    mode,
    subject: null,
    connectionId: connection ? connection.id : null,
    input: options,
    dryRun: options.dryRun,
    createdBy: actorOf(deps.identity).actorRef,
  });
  const expiresAt = new Date(now.getTime() + KEPT_MS);
  await insertFile(tx, { jobId: job.id, direction: "IN", name, contentType, createdAt: now, expiresAt });
  return job;
}
