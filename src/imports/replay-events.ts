import { actorOf } from "../activities/record-activities";
import { DAY } from "../base/durations";
import { Refusal } from "../base/refusal";
import { getConnection } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import type { JobEntity } from "../work/job.entity";
import { loadJobConnection } from "../work/load-job-connection";
import type { ReplayInput } from "./replay-connection";
import { startJob } from "../work/start-job";

/** Stripe lists its events for so long. */
const DAYS_MAX = 30;

/** Reads the events of Stripe's own list that we missed, or gave up on. Older gaps are mended by `reconcile`. */
export async function replayEvents(
  deps: Pick<Deps, "db" | "clock"> & { identity: Identity },
  { connection: named, since }: { connection: string; since: Date },
): Promise<JobEntity> {
  const { mode } = deps.identity;
  const now = deps.clock.now();
  const { id: connectionId } = await getConnection(deps, mode, named);
  await loadJobConnection(deps.db, connectionId);
  if (since > now) throw new Refusal("INVALID_INPUT", { say: "That is still to come.", field: "since" });
  if (now.getTime() - since.getTime() > DAYS_MAX * DAY) {
    throw new Refusal("LIMIT_EXCEEDED", {
      say: `Stripe lists its events for ${DAYS_MAX} days. \`reconcile\` mends what is older.`,
      field: "since",
      details: { limit: "replayDays", max: DAYS_MAX },
    });
  }
  const input: ReplayInput = { since: since.toISOString() };
  const job = { kind: "REPLAY", mode, subject: connectionId, connectionId, input, dryRun: false } as const;
  const createdBy = actorOf(deps.identity).actorRef;
  return deps.db.transaction((tx) => startJob(tx, deps, { ...job, createdBy }));
}
