import type { Clock } from "../base/clock";
import { HOUR } from "../base/durations";
import type { Logger } from "../base/log";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import { claimComparison, keepMissed } from "../stripe/webhook-counts.store";
import { lockJobs } from "../work/jobs.store";
import { hasOpenJob } from "../work/open-jobs.store";
import { startJob } from "../work/start-job";
import { type DueReason, decideDue } from "./decide-due";
import { type MissedDeps, findMissedEvents } from "./find-missed-events";
import type { ReconciliationInput } from "./run-reconciliation";
import { type ConnectionStanding, findStandings } from "./standings.store";

type Deps = MissedDeps & { clock: Clock; log: Logger };

/** The subject of automatic runs: an administrator's run of the same connection is not refused because of one. */
export function automaticSubjectOf(connectionId: string): string {
  return `automatic ${connectionId}`;
}

/** Begins what is due by itself: every day, and after a gap in the webhooks. Whichever replica is first does it, once. */
export async function startDueReconciliations(deps: Deps): Promise<void> {
  for (const standing of await findStandings(deps.db)) {
    if (decideDue(standing, deps.clock.now()) === null && !(await hasMissed(deps, standing))) continue;
    const reason = await startIfDue(deps, standing.connectionId);
    if (reason) deps.log.info({ connectionId: standing.connectionId, reason }, "a reconciliation is due");
  }
}

const COMPARED_EVERY = HOUR;

/** Whether something never came in. Asked once in a while, by whichever replica is first. */
async function hasMissed(
  deps: Deps,
  { connectionId, connectedAt, last, lastEventAt }: ConnectionStanding,
): Promise<boolean> {
  const now = deps.clock.now();
  if (last?.status === "QUEUED" || last?.status === "RUNNING") return false;
  if (!(await claimComparison(deps.db, connectionId, { now, everyMs: COMPARED_EVERY }))) return false;
  const since = last?.createdAt ?? connectedAt;
  try {
    const missedAt = await findMissedEvents(deps, connectionId, { since, lastEventAt, now });
    if (missedAt === null) return false;
    await keepMissed(deps.db, connectionId, missedAt);
    return true;
  } catch (err) {
    // Whether Stripe can be asked is told elsewhere, and the day's reconciliation waits for it.
    deps.log.warn({ err, connectionId }, "Stripe's events could not be compared with those that came in");
    return false;
  }
}

async function startIfDue(deps: { db: Db; clock: Clock }, connectionId: string): Promise<DueReason | null> {
  try {
    return await startOne(deps, connectionId);
  } catch (error) {
    // One that mends nothing, or only a part, is under way: after that.
    if (error instanceof Refusal && error.code === "JOB_RUNNING") return null;
    throw error;
  }
}

function startOne(deps: { db: Db; clock: Clock }, connectionId: string): Promise<DueReason | null> {
  return deps.db.transaction(async (tx) => {
    await lockJobs(tx, connectionId);
    // Another replica may have been first.
    const [standing] = await findStandings(tx, connectionId);
    const reason = standing ? decideDue(standing, deps.clock.now()) : null;
    if (!standing || !reason) return null;
    const input: ReconciliationInput = { connectionIds: [connectionId], userId: null, since: null };
    const { mode } = standing;
    // An administrator's run of the same connection comes first, also one that only reports.
    if (await hasOpenJob(tx, "RECONCILIATION", connectionId)) return null;
    const subject = automaticSubjectOf(connectionId);
    const job = { kind: "RECONCILIATION", mode, subject, connectionId, input, dryRun: false } as const;
    await startJob(tx, deps, { ...job, createdBy: "system" });
    return reason;
  });
}
