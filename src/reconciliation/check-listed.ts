import { findSources } from "../access/facts.store";
import type { JobEntity } from "../work/job.entity";
import { listPurchases } from "../surveys/list-purchases";
import { lookCarefully } from "../surveys/look-carefully";
import type { JobDeps } from "../work/run-jobs";
import { checkSources } from "./check-sources";
import { decideRelevance } from "./decide-relevance";
import { loadReach } from "./load-reach";
import type { StepAt, StepPage } from "./run-reconciliation";

const LOOKS_MAX = 20;

/** A page of what Stripe lists: what we do not hold and should. What we hold was looked at before. */
export async function checkListed(
  deps: JobDeps,
  job: JobEntity,
  { connection, step: { walk }, after }: StepAt<"LISTED">,
): Promise<StepPage> {
  const { listed, next } = await listPurchases(deps, connection, walk, after);
  const products = listed.flatMap(({ items }) => items.map(({ stripeProduct }) => stripeProduct));
  const links = await loadReach(deps.db, connection.id, products);
  const ours = listed.filter((each) => decideRelevance(each, links));
  const keys = ours.map(({ source }) => ({ connectionId: connection.id, source }));
  const held = new Set((await findSources(deps.db, keys)).map(({ facts }) => facts.source));
  const missing = ours.filter(({ source }) => !held.has(source));
  const taken = missing.slice(0, LOOKS_MAX);
  const sighting = await lookCarefully(
    deps,
    connection,
    taken.map(({ target }) => target),
  );
  const asked = taken.map(({ target, source }) => ({ target: target.id, source }));
  return {
    next: taken.length < missing.length ? (taken.at(-1)?.target.id ?? null) : next,
    write: await checkSources(deps, job, { connection, asked, sighting }),
  };
}
