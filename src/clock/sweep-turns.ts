import { findRecorded } from "../activities/find-recorded";
import { type ActivityLine, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import type { Db, Reader, Tx } from "../database/db";
import { queueNotices } from "../outbox/queue-notices";
import { nameOfPair } from "../access/compare-pairs";
import { type DueTurn, findDueTurns } from "./due-turns.store";
import { findOpenedPairs, findOpeningGrants } from "../access/opened-pairs.store";
import { planClockLines } from "../access/plan-turns";
import { lockUsers } from "../access/stripe-grants.store";
import { sweepClock } from "./sweep-clock";

const BATCH = 500;

/**
 * Writes into the journal where the clock alone began or ended somebody's access, and tells the caller. Nobody waits for it:
 * a decision compares the moments itself.
 */
export function sweepTurns(deps: { db: Db; clock: Clock }, batch = BATCH): Promise<boolean> {
  return sweepClock(deps, {
    name: "ACCESS_TURNS",
    async work(tx, { from, until, now }) {
      const due = await findDueTurns(tx, from, until, batch);
      const last = due.length === batch ? (due.at(-1) ?? null) : null;
      // At the moment of the place some may be done and others not.
      const window = { from: new Date(from.at.getTime() - 1), to: last?.at ?? until };
      await tell(tx, due, window, now);
      return last && { at: last.at, id: last.id };
    },
  });
}

interface Window {
  from: Date;
  to: Date;
}

async function tell(tx: Tx, due: readonly DueTurn[], window: Window, now: Date): Promise<void> {
  // Most of it was told before: by the write that came after it, or by the last sweep. Nobody is locked for that.
  const news = await findNews(tx, due, window);
  if (news.length === 0) return;
  const present = await lockUsers(
    tx,
    news.flatMap(({ userId }) => userId ?? []),
  );
  // Somebody may have written these grants meanwhile; now nobody does.
  const pairs = due.filter(({ userId }) => present.has(userId));
  const lines = await findNews(tx, pairs, window);
  await queueNotices(tx, now, await recordActivities(tx, now, lines));
}

async function findNews(tx: Reader, due: readonly DueTurn[], { from, to }: Window): Promise<ActivityLine[]> {
  const pairs = await findOpenedPairs(tx, due);
  const held = await findOpeningGrants(tx, pairs);
  const lines = pairs.flatMap((pair) => planClockLines(pair, held.get(nameOfPair(pair)) ?? [], from, to));
  const recorded = await findRecorded(tx, lines);
  return lines.filter((line) => !recorded.has(line));
}
