import { type ActivityLine, recordActivities } from "../activities/record-activities";
import { toPublicId } from "../base/ids";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Tx } from "../database/db";
import { queueNotices } from "../outbox/queue-notices";
import { atPace } from "../stripe/pace-requests";
import type { Walk } from "../surveys/plan-walks";
import { waitForEvents } from "../surveys/wait-for-events";
import type { JobEntity } from "../work/job.entity";
import { loadJobConnection } from "../work/load-job-connection";
import { type JobDeps, type JobPage, type JobRunner, noCounts } from "../work/run-jobs";
import { beginConnection } from "./begin-connection";
import { checkCustomer } from "./check-customer";
import { checkLinkedCustomers, checkListedCustomers } from "./check-customers";
import { checkHeld } from "./check-held";
import type { WritePage } from "./check-sources";
import { checkSurveyed } from "./check-surveyed";
import { countRest } from "./count-rest";

export interface ReconciliationInput {
  connectionIds: string[];
  userId: string | null;
  since: string | null;
}

/**
 * First what Stripe lists; then what we hold and have not met; then the customers of users who have bought nothing. Of one
 * user: all that their customers bought, then what else is theirs.
 */
export type Step =
  | { kind: "SURVEY"; walk: Walk }
  | { kind: "HELD"; customers: string[] }
  | { kind: "CUSTOMER_LIST" }
  | { kind: "CUSTOMERS" }
  | { kind: "CUSTOMER"; customer: string };

/** Which connection, which step of it, and after which row. */
interface Cursor {
  connection: number;
  steps: Step[];
  step: number;
  after: string | null;
  /** Drawn before anything of the connection is asked for: whatever was looked at since then is the later look. */
  observation: string;
}

/** What a page of a step has found, and where the step goes on; null: it is through. */
export interface StepPage {
  next: string | null;
  write: WritePage;
}

const begun: Cursor = { connection: 0, steps: [], step: 0, after: null, observation: "0" };

/**
 * Compares what we hold with what Stripe says, page by page, and mends it unless it is a dry run. What the webhooks have
 * brought is looked at as well as what they have not: both are hints, and Stripe's objects are the truth.
 */
export const runReconciliation: JobRunner = async (deps, job) => {
  const { connectionIds } = job.input as ReconciliationInput;
  const cursor = readCursor(job);
  const id = connectionIds[cursor.connection];
  if (id === undefined) return (tx) => finish(tx, deps, job);
  const connection = await loadJobConnection(deps.db, id);
  return atPace(deps.paceOf(connection), () => runStep(deps, job, { connection, cursor }));
};

/** A job that an older build has begun is begun anew. */
function readCursor({ cursor }: JobEntity): Cursor {
  return cursor !== null && "observation" in cursor ? (cursor as Cursor) : begun;
}

async function runStep(
  deps: JobDeps,
  job: JobEntity,
  { connection, cursor }: { connection: ConnectionEntity; cursor: Cursor },
): ReturnType<JobRunner> {
  if (cursor.steps.length === 0) {
    await waitForEvents(deps.db, job, connection.id);
    const opened = await beginConnection(deps, job, connection);
    return async () => ({ cursor: { ...cursor, ...opened, step: 0, after: null }, counts: noCounts, problems: [] });
  }
  const step = cursor.steps[cursor.step];
  if (!step) {
    const next: Cursor = { ...begun, connection: cursor.connection + 1 };
    return async () => ({ cursor: next, counts: noCounts, problems: [] });
  }
  const { after, observation } = cursor;
  const page = await pageOf(deps, job, { connection, step, after, observation: BigInt(observation) });
  const next = page.next === null ? { step: cursor.step + 1, after: null } : { after: page.next };
  const total = step.kind === "HELD" && after === null ? await countRest(deps, job, { connection, step, cursor }) : {};
  return async (tx) => ({ cursor: { ...cursor, ...next }, ...total, ...(await page.write(tx)) });
}

export interface StepAt<Kind extends Step["kind"]> {
  connection: ConnectionEntity;
  step: Extract<Step, { kind: Kind }>;
  after: string | null;
  observation: bigint;
}

function pageOf(deps: JobDeps, job: JobEntity, at: StepAt<Step["kind"]>): Promise<StepPage> {
  const { step } = at;
  switch (step.kind) {
    case "SURVEY":
      return checkSurveyed(deps, job, { ...at, step });
    case "HELD":
      return checkHeld(deps, job, { ...at, step });
    case "CUSTOMER_LIST":
      return checkListedCustomers(deps, job, { ...at, step });
    case "CUSTOMERS":
      return checkLinkedCustomers(deps, job, { ...at, step });
    case "CUSTOMER":
      return checkCustomer(deps, job, { ...at, step });
  }
}

/** The journal says once for each run that mends what came of it. */
async function finish(tx: Tx, deps: JobDeps, job: JobEntity): Promise<JobPage> {
  const now = deps.clock.now();
  if (!job.dryRun) await queueNotices(tx, now, await recordActivities(tx, now, [lineOf(job, now)]));
  return { cursor: null, counts: noCounts, problems: [] };
}

function lineOf(job: JobEntity, now: Date): ActivityLine {
  const { done, created, updated, failed, createdBy } = job;
  const { userId } = job.input as ReconciliationInput;
  const differences = created + updated;
  const found = differences === 0 ? "nothing differed" : `${differences} differed, and were mended`;
  return {
    mode: job.mode,
    type: "RECONCILED",
    at: now,
    ...(userId === null ? {} : { userId }),
    ...(createdBy === "system" ? { actor: "SYSTEM" } : { actor: "ADMIN", actorRef: createdBy }),
    origin: "RECONCILIATION",
    message: `What we hold was compared with Stripe: of ${done} purchases and customers ${found}.`,
    data: {
      job: toPublicId("job", job.id),
      ...(job.connectionId === null ? {} : { connection: toPublicId("connection", job.connectionId) }),
      compared: done,
      missing: created,
      different: updated,
      unreadable: failed,
    },
    onceKey: `reconciled ${job.id}`,
  };
}
