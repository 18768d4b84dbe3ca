import type { SourceFacts } from "../access/fact";
import { findSources } from "../access/facts.store";
import type { JobEntity } from "../work/job.entity";
import type { Listed } from "../surveys/read-listed";
import type { JobDeps } from "../work/run-jobs";
import { seeCustomer } from "../projection/look-at-customer";
import { targetOf } from "./check-held";
import { checkSources } from "./check-sources";
import { decideRelevance } from "./decide-relevance";
import { findHeldSources } from "./held-sources.store";
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
  const held = await findHeldSources(deps.db, {
    connectionId: connection.id,
    buyer: { userId: userId ?? "", customers: [customer] },
    boughtSince,
    after: null,
    limit: HELD_MAX,
  });
  const theirs = held.filter(({ facts }) => facts.customer === customer);
  const targets = theirs.map(({ facts }) => targetOf(facts));
  const seen = await seeCustomer(deps, connection, customer, { alsoAt: targets });
  const keys = seen.facts.map(({ source }) => ({ connectionId: connection.id, source }));
  const known = new Set((await findSources(deps.db, keys)).map((each) => each.facts.source));
  const products = seen.facts.flatMap(({ items }) => items.map(({ stripeProduct }) => stripeProduct));
  const links = await loadReach(deps.db, connection.id, products);
  const facts = seen.facts.filter(
    (each) =>
      (boughtSince === null || each.boughtAt >= boughtSince) &&
      (known.has(each.source) || decideRelevance(toListed(each), links)),
  );
  const sighting = { facts, customers: seen.customers, failures: new Map() };
  const asked = facts.map(({ source }) => ({ target: source, source }));
  return { next: null, write: await checkSources(deps, job, { connection, asked, sighting }) };
}

function toListed(facts: SourceFacts): Listed {
  const { source, items, boughtAt, state } = facts;
  const overAt = state.kind === "SUBSCRIPTION" ? state.endedAt : null;
  return { target: targetOf(facts), source, items, boughtAt, overAt };
}
