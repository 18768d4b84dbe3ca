import type { SourceFacts } from "../access/fact";
import type { JobEntity } from "../work/job.entity";
import { lookCarefully } from "../surveys/look-carefully";
import type { JobDeps } from "../work/run-jobs";
import type { Target } from "../projection/target";
import { checkSources } from "./check-sources";
import { findHeldSources } from "./held-sources.store";
import type { ReconciliationInput, StepAt, StepPage } from "./run-reconciliation";

/** So many are looked at for one page; each costs some requests. */
const PAGE = 20;

/** A page of what we hold, looked at again: whether or not Stripe would list it. */
export async function checkHeld(
  deps: JobDeps,
  job: JobEntity,
  { connection, step: { customers }, after }: StepAt<"HELD">,
): Promise<StepPage> {
  const { userId, since } = job.input as ReconciliationInput;
  const page = await findHeldSources(deps.db, {
    connectionId: connection.id,
    buyer: userId === null ? null : { userId, customers },
    boughtSince: since === null ? null : new Date(since),
    after,
    limit: PAGE,
  });
  // Those of a customer were looked at together with everything else that the customer bought.
  const held = page.filter(({ facts }) => facts.customer === null || !customers.includes(facts.customer));
  const targets = held.map(({ facts }) => targetOf(facts));
  const sighting = await lookCarefully(deps, connection, targets);
  const asked = held.map(({ facts }) => ({ target: targetOf(facts).id, source: facts.source }));
  return {
    next: page.length < PAGE ? null : (page.at(-1)?.facts.source ?? null),
    write: await checkSources(deps, job, { connection, asked, sighting }),
  };
}

export function targetOf({ source, state }: SourceFacts): Target {
  if (state.kind === "SUBSCRIPTION") return { kind: "SUBSCRIPTION", id: source };
  if (source.startsWith("in_")) return { kind: "INVOICE", id: source };
  return { kind: source.startsWith("cs_") ? "SESSION" : "PAYMENT", id: source };
}
