import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import { lockCustomers } from "../links/customers.store";
import { lockOf, settle, takingTurns } from "./apply-facts";
import { type MarkedKey, type PlanTelling, findMarked, findSources } from "./facts.store";
import type { AccessTurn } from "./write-plans";

const BATCH = 200;

/**
 * Plans again, from the kept facts, what a changed link, policy or customer concerns. Stripe is not asked. A batch is one
 * transaction: a crash leaves the rest marked, and whoever comes next goes on.
 */
export async function replanMarked(
  deps: { db: Db; clock: Clock },
  { limit = BATCH }: { limit?: number } = {},
): Promise<{ planned: number; turns: AccessTurn[] }> {
  const [first, ...others] = await findMarked(deps.db, limit);
  if (!first) return { planned: 0, turns: [] };
  // The others are planned next: a batch is told in one way.
  const { origin, isQuiet } = first;
  const marked = [first, ...others.filter((each) => each.origin === origin && each.isQuiet === isQuiet)];
  return takingTurns(() => replan(deps, marked, { origin, isQuiet }));
}

function replan(
  { db, clock }: { db: Db; clock: Clock },
  marked: readonly MarkedKey[],
  telling: PlanTelling,
): Promise<{ planned: number; turns: AccessTurn[] }> {
  return db.transaction(async (tx) => {
    await lockCustomers(tx, marked.map(lockOf));
    // Whoever had the lock before may have planned them already.
    const held = (await findSources(tx, marked)).filter((each) => each.isMarked);
    const seen = held.map((each) => ({ held: each, before: each.facts }));
    const { turns } = await settle(tx, seen, { now: clock.now(), ...telling, lines: [] });
    return { planned: marked.length, turns };
  });
}
