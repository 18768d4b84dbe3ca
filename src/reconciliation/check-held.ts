import type { JobEntity } from "../work/job.entity";
import { isOver } from "../surveys/keep-unfinished";
import { lookCarefully } from "../surveys/look-carefully";
import type { JobDeps } from "../work/run-jobs";
import { checkSources } from "./check-sources";
import { targetOf } from "../projection/target";
import { findUncounted } from "./held-sources.store";
import type { ReconciliationInput, StepAt, StepPage } from "./run-reconciliation";

/** So many are looked at for one page; each costs some requests. */
const PAGE = 20;

/** A page of what we hold and have not met on the way: whatever Stripe does not list any more, or never listed. */
export async function checkHeld(
  deps: JobDeps,
  job: JobEntity,
  { connection, step: { customers }, after }: StepAt<"HELD">,
): Promise<StepPage> {
  const { userId, since } = job.input as ReconciliationInput;
  const held = await findUncounted(deps.db, {
    jobId: job.id,
    connectionId: connection.id,
    buyer: userId === null ? null : { userId, customers },
    boughtSince: since === null ? null : new Date(since),
    after,
    limit: PAGE,
  });
  // Of what is over only the grants are compared with what is kept: Stripe never goes back from there.
  const open = held.filter(({ facts }) => !isOver(facts));
  const sighting = await lookCarefully(
    deps,
    connection,
    open.map(({ facts }) => targetOf(facts)),
  );
  const asked = held.map(({ facts }) => ({ target: targetOf(facts).id, subject: facts.source }));
  return {
    next: held.length < PAGE ? null : (held.at(-1)?.facts.source ?? null),
    write: await checkSources(deps, job, { connection, asked, sighting }),
  };
}
