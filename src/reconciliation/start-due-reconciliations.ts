import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { lockJobs } from "../work/jobs.store";
import { startJob } from "../work/start-job";
import { type DueReason, decideDue } from "./decide-due";
import type { ReconciliationInput } from "./run-reconciliation";
import { findStandings } from "./standings.store";

/** Begins what is due by itself: every day, and after a gap in the webhooks. Whichever replica is first does it, once. */
export async function startDueReconciliations(deps: { db: Db; clock: Clock; log: Logger }): Promise<void> {
  for (const standing of await findStandings(deps.db)) {
    if (decideDue(standing, deps.clock.now()) === null) continue;
    const reason = await startIfDue(deps, standing.connectionId);
    if (reason) deps.log.info({ connectionId: standing.connectionId, reason }, "a reconciliation is due");
  }
}

function startIfDue(deps: { db: Db; clock: Clock }, connectionId: string): Promise<DueReason | null> {
  return deps.db.transaction(async (tx) => {
    await lockJobs(tx, connectionId);
    // Another replica may have been first.
    const [standing] = await findStandings(tx, connectionId);
    const reason = standing ? decideDue(standing, deps.clock.now()) : null;
    if (!standing || !reason) return null;
    const input: ReconciliationInput = { connectionIds: [connectionId], userId: null, since: null };
    const { mode } = standing;
    const job = { kind: "RECONCILIATION", mode, subject: connectionId, connectionId, input, dryRun: false } as const;
    await startJob(tx, deps, { ...job, createdBy: "system" });
    return reason;
  });
}
