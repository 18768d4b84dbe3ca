import { lockOf, takingTurns } from "../access/apply-facts";
import type { HeldSource } from "../access/facts.store";
import { replanSources } from "../access/replan-sources";
import type { Origin } from "../activities/activity-types";
import { lockCustomers } from "../links/customers.store";
import { type Unreadable, describeFailure } from "../surveys/look-carefully";
import { isUnavailable } from "../work/plan-next-try";
import type { JobDeps } from "../work/run-jobs";

/** Each by itself, so that one that cannot be planned does not keep the others out. Answers why, by its source. */
export async function replanEach(
  deps: JobDeps,
  sources: readonly HeldSource[],
  origin: Origin,
): Promise<Map<string, Unreadable>> {
  const broken = new Map<string, Unreadable>();
  for (const { facts } of sources) {
    try {
      await takingTurns(() =>
        deps.db.transaction(async (tx) => {
          await lockCustomers(tx, [lockOf(facts)]);
          await replanSources(tx, [facts], { now: deps.clock.now(), origin });
        }),
      );
    } catch (error) {
      if (isUnavailable(error)) throw error;
      deps.log.warn({ err: error, source: facts.source }, "the grants of a purchase could not be planned");
      broken.set(facts.source, describeFailure(error));
    }
  }
  return broken;
}
