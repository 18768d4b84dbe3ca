import type { ConnectionEntity } from "../connections/connection.entity";
import type { JobEntity } from "../work/job.entity";
import type { JobDeps } from "../work/run-jobs";
import { countUncounted } from "./held-sources.store";
import { countUnvisited } from "./linked-customers.store";
import type { ReconciliationInput, Step } from "./run-reconciliation";

interface Place {
  connection: ConnectionEntity;
  step: Extract<Step, { kind: "HELD" }>;
  cursor: { connection: number; steps: readonly Step[] };
}

/** How many it will be, once Stripe's lists are through: what is left is known to us. Of several connections: in the last. */
export async function countRest(
  { db }: JobDeps,
  job: JobEntity,
  { connection, step: { customers }, cursor }: Place,
): Promise<{ total?: number }> {
  const { connectionIds, userId, since } = job.input as ReconciliationInput;
  if (cursor.connection < connectionIds.length - 1) return {};
  const place = { jobId: job.id, connectionId: connection.id };
  const buyer = userId === null ? null : { userId, customers };
  const held = await countUncounted(db, { ...place, buyer, boughtSince: since === null ? null : new Date(since) });
  const isVisiting = cursor.steps.some(({ kind }) => kind === "CUSTOMERS");
  return { total: job.done + held + (isVisiting ? await countUnvisited(db, place) : 0) };
}
