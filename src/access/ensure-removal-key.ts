import type { Clock } from "../base/clock";
import type { SealingKey } from "../base/sealing-key";
import type { Db } from "../database/db";
import { markEarlierRemovals } from "./mark-earlier-removals";
import { createRemovalKey, openRemovalKey } from "./removal-key";
import { findRemovalKey } from "./removal-keys.store";

/**
 * Creates the key of the removal markers at the first start, and opens it. Call it when the sealing key is known to be
 * right: this key is never replaced.
 */
export async function ensureRemovalKey(deps: {
  db: Db;
  clock: Clock;
  config: { sealingKeys: readonly SealingKey[] };
}): Promise<void> {
  if (!(await findRemovalKey(deps.db))) {
    await deps.db.transaction(async (tx) => {
      const created = await createRemovalKey(tx, deps);
      if (created) await markEarlierRemovals(tx, created);
    });
  }
  await openRemovalKey(deps);
}
