import { findSources } from "../access/facts.store";
import { seeCustomer } from "../projection/look-at-customer";
import type { JobEntity } from "../work/job.entity";
import type { JobDeps } from "../work/run-jobs";
import { checkSources } from "./check-sources";
import { targetOf } from "../projection/target";
import { decideRelevance, listedOf } from "./decide-relevance";
import { findUncounted } from "./held-sources.store";
import { loadReach } from "./load-reach";
import type { ReconciliationInput, StepAt, StepPage } from "./run-reconciliation";

// One person's purchases are few enough to be one page.
const HELD_MAX = 10_000;

/** Everything that one customer bought, and what of it we hold. */
export async function checkCustomer(
  deps: JobDeps,
  job: JobEntity,
  { connection, step: { customer } }: StepAt<"CUSTOMER">,
): Promise<StepPage> {
  const { userId, since } = job.input as ReconciliationInput;
  const boughtSince = since === null ? null : new Date(since);
  const held = await findUncounted(deps.db, {
    jobId: job.id,
    connectionId: connection.id,
    buyer: { userId: userId ?? "", customers: [customer] },
    boughtSince,
    after: null,
    limit: HELD_MAX,
  });
  const theirs = held.filter(({ facts }) => facts.customer === customer);
  const seen = await seeCustomer(deps, connection, customer, { alsoAt: theirs.map(({ facts }) => targetOf(facts)) });
  const keys = seen.facts.map(({ source }) => ({ connectionId: connection.id, source }));
  const known = new Set((await findSources(deps.db, keys)).map((each) => each.facts.source));
  const products = seen.facts.flatMap(({ items }) => items.map(({ stripeProduct }) => stripeProduct));
  const links = await loadReach(deps.db, connection.id, products);
  const facts = seen.facts.filter(
    (each) =>
      (boughtSince === null || each.boughtAt >= boughtSince) &&
      (known.has(each.source) || decideRelevance(listedOf(each), links)),
  );
  const sighting = { facts, customers: seen.customers, failures: new Map() };
  // What Stripe no longer shows of them is counted as well.
  const subjects = new Set([...facts, ...theirs.map((each) => each.facts)].map(({ source }) => source));
  const asked = [...subjects].map((subject) => ({ target: subject, subject }));
  return { next: null, write: await checkSources(deps, job, { connection, asked, sighting }) };
}
