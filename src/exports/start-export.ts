import { actorOf } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { countExports, insertFile } from "../work/files.store";
import type { JobEntity } from "../work/job.entity";
import { lockJobs } from "../work/jobs.store";
import { startJob } from "../work/start-job";
import { EXPORT_KEPT_MS, type ExportInput } from "./run-export";

export interface NewExport extends ExportInput {
  kind: "USER_EXPORT" | "ACTIVITY_EXPORT";
  /** What the file's name begins with. */
  name: string;
}

// Each takes room in the database for a day, and every key that may read may begin one.
const OPEN_MAX = 10;
const KEPT_MAX = 100;

const kinds = {
  CSV: { ending: "csv", contentType: "text/csv; charset=utf-8" },
  JSONL: { ending: "jsonl", contentType: "application/x-ndjson; charset=utf-8" },
} as const;

/** Puts an export on the list, with its file, which is empty yet. Several may be under way at once. */
export async function startExport(
  { db, clock, identity }: { db: Db; clock: Clock; identity: Identity },
  { kind, name, format, filter }: NewExport,
): Promise<JobEntity> {
  const { mode } = identity;
  const createdAt = clock.now();
  const expiresAt = new Date(createdAt.getTime() + EXPORT_KEPT_MS);
  const { ending, contentType } = kinds[format];
  const moment = createdAt.toISOString().slice(0, 16).replace(/[T:]/g, "-");
  return db.transaction(async (tx) => {
    await lockJobs(tx, `exports ${mode}`);
    const { open, kept } = await countExports(tx, mode);
    if (open >= OPEN_MAX) throw tooMany("openExports", OPEN_MAX, "are under way; wait for one, or cancel it");
    if (kept >= KEPT_MAX) throw tooMany("keptExports", KEPT_MAX, "are kept; each is thrown away a day after its end");
    const input: ExportInput = { format, filter };
    const createdBy = actorOf(identity).actorRef;
    const about = { mode, subject: null, connectionId: null, dryRun: false, createdBy };
    const job = await startJob(tx, { clock }, { kind, input, ...about });
    const file = { direction: "OUT", name: `${name}-${moment}.${ending}`, contentType } as const;
    await insertFile(tx, { jobId: job.id, ...file, createdAt, expiresAt });
    return job;
  });
}

function tooMany(limit: string, max: number, why: string): Refusal {
  return new Refusal("LIMIT_EXCEEDED", { say: `${max} exports of this mode ${why}.`, details: { limit, max } });
}
