import type { Origin } from "../activities/activity-types";
import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import { lockCustomers } from "../links/customers.store";
import { lockOf, settle, takingTurns } from "./apply-facts";
import { type MarkedKey, findMarked, findSources } from "./facts.store";
import type { AccessTurn } from "./write-plans";

const BATCH = 200;

/**
 * Plans again, from the kept facts, what a changed link, policy or customer concerns. Stripe is not asked. A batch is one
 * transaction: a crash leaves the rest marked, and whoever comes next goes on.
 */
export async function replanMarked(
  deps: { db: Db; clock: Clock },
  { limit = BATCH, origin = "API" }: { limit?: number; origin?: Origin } = {},
): Promise<{ planned: number; turns: AccessTurn[] }> {
  const marked = await findMarked(deps.db, limit);
  if (marked.length === 0) return { planned: 0, turns: [] };
  return takingTurns(() => replan(deps, marked, origin));
}

function replan(
  { db, clock }: { db: Db; clock: Clock },
  marked: readonly MarkedKey[],
  origin: Origin,
): Promise<{ planned: number; turns: AccessTurn[] }> {
  return db.transaction(async (tx) => {
    await lockCustomers(tx, marked.map(lockOf));
    // Whoever had the lock before may have planned them already.
    const held = (await findSources(tx, marked)).filter((each) => each.isMarked);
    const seen = held.map((each) => ({ held: each, before: each.facts }));
    const { turns } = await settle(tx, seen, { now: clock.now(), origin, lines: [] });
    return { planned: marked.length, turns };
  });
}
