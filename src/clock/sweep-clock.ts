import type { Clock } from "../base/clock";
import { HOUR, MINUTE } from "../base/durations";
import type { Db, Tx } from "../database/db";
import { type SweepPlace, moveSweep, takeSweep } from "./clock-sweeps.store";

export interface Sweep {
  /** Of its row. */
  name: string;
  /** How long after a moment it is looked at. */
  delayMs?: number;
  /**
   * Does what lies after the place, up to the moment, and not more than a batch. Answers the last place of a batch that was
   * full; null: everything is done. It may see the same twice.
   */
  work(tx: Tx, window: { from: SweepPlace; until: Date; now: Date }): Promise<SweepPlace | null>;
}

/** What is written by a transaction that ends late, or by a clock that is a little behind, is found all the same. */
const OVERLAP_MS = MINUTE;
/** A clock that is behind by more than this is wrong, and not waited for. */
const BEHIND_MS_MAX = 3 * HOUR;

/**
 * One step on the way of the clock, by whichever replica has the row of the sweep. After days of standstill it goes on from
 * where it stood, batch by batch. True if there is more to do right away.
 */
export async function sweepClock(
  { db, clock }: { db: Db; clock: Clock },
  { name, delayMs = 0, work }: Sweep,
): Promise<boolean> {
  const now = clock.now();
  const until = new Date(now.getTime() - delayMs);
  return db.transaction(async (tx) => {
    const from = await takeSweep(tx, name, until);
    if (!from || until.getTime() < from.at.getTime() - BEHIND_MS_MAX) return false;
    const last = await work(tx, { from, until, now });
    await moveSweep(tx, name, last ?? { at: new Date(until.getTime() - OVERLAP_MS), id: null });
    return last !== null;
  });
}
