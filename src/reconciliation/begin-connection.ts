import type { ConnectionEntity } from "../connections/connection.entity";
import { findLinksOfUsers } from "../links/customer-links.store";
import { drawObservation } from "../links/observations.store";
import { listTestClocks } from "../surveys/list-test-clocks";
import { planWalks } from "../surveys/plan-walks";
import type { JobEntity } from "../work/job.entity";
import type { JobDeps } from "../work/run-jobs";
import type { ReconciliationInput, Step } from "./run-reconciliation";

/** What is to be done for a connection, in its order, and the number of the look that all of its rows are. */
export async function beginConnection(
  deps: JobDeps,
  job: JobEntity,
  connection: ConnectionEntity,
): Promise<{ steps: Step[]; observation: string }> {
  const observation = String(await drawObservation(deps.db));
  const { userId } = job.input as ReconciliationInput;
  const steps = userId === null ? await stepsOfAll(deps, job, connection) : await stepsOfUser(deps, userId, connection);
  return { steps, observation };
}

async function stepsOfUser({ db }: JobDeps, userId: string, { id }: ConnectionEntity): Promise<Step[]> {
  const links = await findLinksOfUsers(db, [userId], { connectionIds: [id] });
  const customers = [...new Set(links.filter(({ active, dead }) => active || dead).map(({ customer }) => customer))];
  return [...customers.map((customer): Step => ({ kind: "CUSTOMER", customer })), { kind: "HELD", customers }];
}

async function stepsOfAll(deps: JobDeps, job: JobEntity, connection: ConnectionEntity): Promise<Step[]> {
  const { since } = job.input as ReconciliationInput;
  const clocks = await listTestClocks(deps, connection);
  const only = since === null ? {} : { since: Math.floor(Date.parse(since) / 1000) };
  const walks = planWalks({ clocks, prices: null, ...only }).map((walk): Step => ({ kind: "SURVEY", walk }));
  const held: Step = { kind: "HELD", customers: [] };
  // Who has bought nothing has bought nothing since then either.
  return since === null ? [...walks, held, { kind: "CUSTOMER_LIST" }, { kind: "CUSTOMERS" }] : [...walks, held];
}
