import { recordActivities } from "../activities/record-activities";
import type { Tx } from "../database/db";
import { queueNotices } from "../outbox/queue-notices";
import { groupBy } from "./group-by";
import { nameOfPair } from "./compare-pairs";
import type { GrantEntity } from "./grant.entity";
import { lastWrite, planClockLines } from "./plan-turns";
import { type PairKey, findGrantsOfPairs } from "./stripe-grants.store";

/**
 * Whoever writes grants says first what the clock brought to these people and products since they were last written: once
 * the rows are others, nobody can tell any more. What the sweep has told is not told again. The users are locked.
 */
export async function tellClockTurns(tx: Tx, pairs: readonly PairKey[], now: Date): Promise<GrantEntity[]> {
  const byName = new Map(pairs.map((pair) => [nameOfPair(pair), pair]));
  const held = await findGrantsOfPairs(tx, [...byName.values()]);
  const lines = [...groupBy(held, nameOfPair)].flatMap(([name, grants]) => {
    const pair = byName.get(name);
    const last = lastWrite(grants);
    return pair && last ? planClockLines(pair, grants, last, now) : [];
  });
  await queueNotices(tx, now, await recordActivities(tx, now, lines));
  return held;
}
