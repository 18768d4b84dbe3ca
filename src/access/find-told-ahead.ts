import { findRecorded } from "../activities/find-recorded";
import { HOUR } from "../base/durations";
import type { Reader } from "../database/db";
import { type ComparedPair, nameOfPair } from "./compare-pairs";
import { planClockLines } from "./plan-turns";

/** As far ahead as a clock may be that is still followed. */
const AHEAD_MS_MAX = 3 * HOUR;

/**
 * Up to when turns of these pairs are told, where that is later than now: a sweep by a clock that is ahead, or one that came
 * between the reading of the clock and the lock. Without a turn in the next hours, which is to say hardly ever, nothing is
 * asked.
 */
export async function findToldAhead(
  db: Reader,
  pairs: readonly ComparedPair[],
  now: Date,
): Promise<ReadonlyMap<string, Date>> {
  const until = new Date(now.getTime() + AHEAD_MS_MAX);
  const coming = pairs.flatMap((pair) =>
    planClockLines(pair, pair.before, now, until).map((line) => ({ name: nameOfPair(pair), line })),
  );
  const told = await findRecorded(
    db,
    coming.map(({ line }) => line),
  );
  return new Map(coming.filter(({ line }) => told.has(line)).map(({ name, line }) => [name, line.at]));
}
