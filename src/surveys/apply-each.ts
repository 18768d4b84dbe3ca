import { applyFacts } from "../access/apply-facts";
import type { Origin } from "../activities/activity-types";
import { type CarefulSighting, type Unreadable, describeFailure } from "./look-carefully";
import { isUnavailable } from "../work/plan-next-try";
import type { JobDeps } from "../work/run-jobs";

/** Each by itself, so that one that cannot be written does not keep the others out. Answers why, by its source. */
export async function applyEach(
  deps: JobDeps,
  { facts, customers }: Pick<CarefulSighting, "facts" | "customers">,
  telling: { origin: Origin; isQuiet: boolean },
): Promise<Map<string, Unreadable>> {
  const broken = new Map<string, Unreadable>();
  for (const each of facts) {
    const theirs = customers.filter(({ customer }) => customer === each.customer);
    try {
      await applyFacts(deps, { ...telling, facts: [each], customers: theirs });
    } catch (error) {
      if (isUnavailable(error)) throw error;
      deps.log.warn({ err: error, source: each.source }, "a purchase could not be applied");
      broken.set(each.source, describeFailure(error));
    }
  }
  return broken;
}
