import type { PriceRow } from "../objects/price";

export type Interval = "day" | "week" | "month" | "year" | (string & Record<never, never>);

export interface Cycle {
  interval: Interval;
  interval_count: number;
}

const DAY_S = 86_400;

/** How often a price is billed. Only recurring prices reach a subscription, so the default is never seen. */
export function cycleOf(price: PriceRow): Cycle {
  const { interval = "month", interval_count = 1 } = price.recurring ?? {};
  return { interval, interval_count };
}

/**
 * The end of the period that begins at `start`. It is counted from the anchor and not from the start: a month after
 * January 31 is February 28, and the month after that ends on March 31 again.
 */
export function periodEnd(anchor: number, start: number, cycle: Cycle): number {
  let turns = Math.max(0, Math.floor((start - anchor) / longest(cycle)));
  while (addCycles(anchor, turns, cycle) <= start) turns++;
  return addCycles(anchor, turns, cycle);
}

/** The anchor moved by so many turns of the cycle. */
export function addCycles(anchor: number, turns: number, { interval, interval_count: count }: Cycle): number {
  const times = turns * count;
  if (interval === "day") return anchor + times * DAY_S;
  if (interval === "week") return anchor + times * 7 * DAY_S;
  return addMonths(anchor, interval === "year" ? times * 12 : times);
}

const DAYS: ReadonlyMap<string, number> = new Map([
  ["day", 1],
  ["week", 7],
  ["month", 31],
  ["year", 366],
]);

function longest({ interval, interval_count: count }: Cycle): number {
  return (DAYS.get(interval) ?? 31) * count * DAY_S;
}

// The last day of a shorter month stands for a day that it lacks.
function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000);
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1);
  const last = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months + 1, 0)).getUTCDate();
  const inDay = (anchor % DAY_S) * 1000;
  return (first + (Math.min(from.getUTCDate(), last) - 1) * DAY_S * 1000 + inDay) / 1000;
}
