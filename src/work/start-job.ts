import type { Clock } from "../base/clock";
import { newUuid } from "../base/ids";
import type { Mode } from "../base/mode";
import type { Tx } from "../database/db";
import { JobEntity, type JobKind } from "./job.entity";
import { insertJob } from "./jobs.store";

export interface NewJob {
  kind: JobKind;
  mode: Mode;
  /** What it is about, as an id; null: itself, so that any number may be open at once. */
  subject: string | null;
  connectionId: string | null;
  input: object;
  dryRun: boolean;
  /** A key, or `system`. */
  createdBy: string;
}

/** Puts long work on the list. It begins within a second of the commit, in whichever replica looks first. */
export async function startJob(tx: Tx, deps: { clock: Clock }, job: NewJob): Promise<JobEntity> {
  const now = deps.clock.now();
  const id = newUuid(now);
  const row = Object.assign(new JobEntity(), {
    ...job,
    id,
    subject: job.subject ?? id,
    status: "QUEUED",
    cursor: null,
    total: null,
    done: 0,
    created: 0,
    updated: 0,
    skipped: 0,
    failed: 0,
    error: null,
    attempts: 0,
    waits: 0,
    cancelAsked: false,
    createdAt: now,
    finishedAt: null,
    claim: null,
    claimedUntil: null,
  });
  await insertJob(tx, row);
  return row;
}
