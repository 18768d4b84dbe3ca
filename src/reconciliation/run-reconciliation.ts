import { type ActivityLine, recordActivities } from "../activities/record-activities";
import { toPublicId } from "../base/ids";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Tx } from "../database/db";
import type { JobEntity } from "../work/job.entity";
import type { Walk } from "../surveys/plan-walks";
import { listTestClocks } from "../surveys/list-test-clocks";
import { loadJobConnection } from "../work/load-job-connection";
import { type JobDeps, type JobPage, type JobRunner, noCounts } from "../work/run-jobs";
import { findLinksOfUsers } from "../links/customer-links.store";
import { queueNotices } from "../outbox/queue-notices";
import { atPace } from "../stripe/pace-requests";
import { checkCustomer } from "./check-customer";
import { checkHeld } from "./check-held";
import { checkListed } from "./check-listed";

export interface ReconciliationInput {
  connectionIds: string[];
  userId: string | null;
  since: string | null;
}

/** First what we hold, then what Stripe lists and we do not. Of one user: all that their customers bought, then the rest. */
export type Step =
  { kind: "HELD"; customers: string[] } | { kind: "LISTED"; walk: Walk } | { kind: "CUSTOMER"; customer: string };

/** Which connection, which step of it, and after which row. */
interface Cursor {
  connection: number;
  steps: Step[];
  step: number;
  after: string | null;
}

/** What a page of a step has found, and where the step goes on; null: it is through. */
export interface StepPage {
  next: string | null;
  write(tx: Tx): Promise<Pick<JobPage, "counts" | "problems">>;
}

/**
 * Compares what we hold with what Stripe says, page by page, and mends it unless it is a dry run. What the webhooks have
 * brought is looked at as well as what they have not: both are hints, and Stripe's objects are the truth.
 */
export const runReconciliation: JobRunner = async (deps, job) => {
  const input = job.input as ReconciliationInput;
  const cursor = (job.cursor as Cursor | null) ?? { connection: 0, steps: [], step: 0, after: null };
  const id = input.connectionIds[cursor.connection];
  if (id === undefined) return (tx) => finish(tx, deps, job);
  const connection = await loadJobConnection(deps.db, id);
  return atPace(deps.paceOf(connection), () => runStep(deps, job, { connection, cursor }));
};

async function runStep(
  deps: JobDeps,
  job: JobEntity,
  { connection, cursor }: { connection: ConnectionEntity; cursor: Cursor },
): ReturnType<JobRunner> {
  if (cursor.steps.length === 0) {
    const steps = await planSteps(deps, job, connection);
    return async () => ({ cursor: { ...cursor, steps, step: 0, after: null }, counts: noCounts, problems: [] });
  }
  const step = cursor.steps[cursor.step];
  if (!step) {
    const next: Cursor = { connection: cursor.connection + 1, steps: [], step: 0, after: null };
    return async () => ({ cursor: next, counts: noCounts, problems: [] });
  }
  const page = await pageOf(deps, job, { connection, step, after: cursor.after });
  const next = page.next === null ? { step: cursor.step + 1, after: null } : { after: page.next };
  return async (tx) => ({ cursor: { ...cursor, ...next }, ...(await page.write(tx)) });
}

export interface StepAt<Kind extends Step["kind"]> {
  connection: ConnectionEntity;
  step: Extract<Step, { kind: Kind }>;
  after: string | null;
}

function pageOf(deps: JobDeps, job: JobEntity, at: StepAt<Step["kind"]>): Promise<StepPage> {
  const { connection, step, after } = at;
  switch (step.kind) {
    case "HELD":
      return checkHeld(deps, job, { connection, step, after });
    case "LISTED":
      return checkListed(deps, job, { connection, step, after });
    case "CUSTOMER":
      return checkCustomer(deps, job, { connection, step, after });
  }
}

async function planSteps(deps: JobDeps, job: JobEntity, connection: ConnectionEntity): Promise<Step[]> {
  const { userId, since: sinceText } = job.input as ReconciliationInput;
  if (userId !== null) {
    const links = await findLinksOfUsers(deps.db, [userId], { connectionIds: [connection.id] });
    const customers = [...new Set(links.filter(({ active, dead }) => active || dead).map(({ customer }) => customer))];
    return [...customers.map((customer): Step => ({ kind: "CUSTOMER", customer })), { kind: "HELD", customers }];
  }
  const since = sinceText === null ? {} : { since: Math.floor(Date.parse(sinceText) / 1000) };
  const clocks = await listTestClocks(deps, connection);
  const walks: Walk[] = [
    { list: "SUBSCRIPTIONS" },
    ...clocks.map((clock): Walk => ({ list: "SUBSCRIPTIONS", clock })),
    { list: "SESSIONS" },
    { list: "INVOICES" },
  ];
  return [
    { kind: "HELD", customers: [] },
    ...walks.map((walk): Step => ({ kind: "LISTED", walk: { ...walk, ...since } })),
  ];
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
    message: `What we hold was compared with Stripe: of ${done} purchases ${found}.`,
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
