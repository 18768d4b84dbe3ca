import type { Origin } from "../activities/activity-types";
import type { Tx } from "../database/db";
import { settle } from "./apply-facts";
import { type SourceKey, findSources } from "./facts.store";

/** Plans these again from the kept facts. Whoever calls holds the locks of their customers. */
export async function replanSources(
  tx: Tx,
  keys: readonly SourceKey[],
  { now, origin }: { now: Date; origin: Origin },
): Promise<void> {
  if (keys.length === 0) return;
  const held = await findSources(tx, keys);
  const seen = held.map((each) => ({ held: each, before: each.facts }));
  await settle(tx, seen, { now, origin, lines: [] });
}
