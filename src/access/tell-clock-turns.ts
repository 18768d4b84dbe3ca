import { recordActivities } from "../activities/record-activities";
import type { Tx } from "../database/db";
import { queueNotices } from "../outbox/queue-notices";
import { nameOfPair } from "./compare-pairs";
import { findOpenedPairs, findOpeningGrants } from "./opened-pairs.store";
import { lastWrite, planClockLines } from "./plan-turns";
import type { PairKey } from "./stripe-grants.store";

/**
 * Records what the clock changed for these pairs since their grants were last written. Call it before grants are written:
 * the old moments cannot be read from the new rows. Lines that the sweep has written are not written again. The users are
 * locked.
 */
export async function tellClockTurns(tx: Tx, pairs: readonly PairKey[], now: Date): Promise<void> {
  const opened = await findOpenedPairs(tx, pairs);
  const held = await findOpeningGrants(tx, opened);
  const lines = opened.flatMap((pair) => {
    const grants = held.get(nameOfPair(pair)) ?? [];
    const last = lastWrite(grants);
    return last ? planClockLines(pair, grants, last, now) : [];
  });
  await queueNotices(tx, now, await recordActivities(tx, now, lines));
}
