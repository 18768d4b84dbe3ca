import { askAccount } from "../connections/ask-account";
import { readCustomer } from "../projection/read-customer";
import { lookCarefully } from "../surveys/look-carefully";
import type { JobEntity } from "../work/job.entity";
import { type JobDeps, noCounts } from "../work/run-jobs";
import { checkSources } from "./check-sources";
import { countUnvisited, findUnvisited, findUnvisitedOf } from "./linked-customers.store";
import type { StepAt, StepPage } from "./run-reconciliation";

const LISTED = 100;
const LOOKED_AT = 20;

/**
 * A page of Stripe's customers, for those of our users who have bought nothing. The list is read for as long as that costs
 * fewer requests than asking for each of the rest by its id would.
 */
export async function checkListedCustomers(
  deps: JobDeps,
  job: JobEntity,
  { connection, after, observation }: StepAt<"CUSTOMER_LIST">,
): Promise<StepPage> {
  const place = { jobId: job.id, connectionId: connection.id };
  const pages = Number(after?.split(" ")[0] ?? 0);
  const last = after?.split(" ")[1];
  const left = await countUnvisited(deps.db, place);
  if (left <= Math.max(LOOKED_AT, pages))
    return { next: null, write: async () => ({ counts: noCounts, problems: [] }) };
  const { id: connectionId, mode } = connection;
  const sight = { connectionId, mode, observation, observedAt: deps.clock.now() };
  const page = await askAccount(deps, connection, (stripe) =>
    stripe.customers.list({ limit: LISTED, ...(last === undefined ? {} : { starting_after: last }) }),
  );
  const ids = page.data.map(({ id }) => id);
  const wanted = await findUnvisitedOf(deps.db, place, ids);
  const customers = page.data.flatMap((customer) => readCustomer(customer, sight) ?? []);
  const ours = customers.filter(({ customer }) => wanted.has(customer));
  const asked = ours.map(({ customer }) => ({ target: customer, subject: customer }));
  const sighting = { facts: [], customers: ours, failures: new Map() };
  const next = page.has_more ? `${pages + 1} ${ids.at(-1) ?? ""}` : null;
  return { next, write: await checkSources(deps, job, { connection, asked, sighting }) };
}

/** The rest of them, by their ids: also those who are in no list, because they were deleted or live under a test clock. */
export async function checkLinkedCustomers(
  deps: JobDeps,
  job: JobEntity,
  { connection, after }: StepAt<"CUSTOMERS">,
): Promise<StepPage> {
  const place = { jobId: job.id, connectionId: connection.id };
  const ids = await findUnvisited(deps.db, { ...place, after, limit: LOOKED_AT });
  const targets = ids.map((id) => ({ kind: "CUSTOMER", id }) as const);
  const sighting = await lookCarefully(deps, connection, targets);
  const asked = ids.map((id) => ({ target: id, subject: id }));
  return {
    next: ids.length < LOOKED_AT ? null : (ids.at(-1) ?? null),
    write: await checkSources(deps, job, { connection, asked, sighting }),
  };
}
