import { createHash } from "node:crypto";

/** Trouble on the way to the endpoints, by lot: the same seed and the same events have the same fate. */
export interface DeliveryPlan {
  seed: number;
  /** Each event waits between nothing and this many milliseconds. */
  delay?: number;
  /** The share (0 to 1) of events that come more than once: two to four times. */
  repeat?: number;
  /** Events are shuffled among this many. What is short of a full lot goes when `settled` or `release` is called. */
  reorder?: number;
  /** The share that never arrives, not even by a retry. */
  drop?: number;
  /** The share that waits for `release`. */
  hold?: number;
}

export interface Fate {
  delayMs: number;
  copies: number;
  drop: boolean;
  hold: boolean;
}

const EASY: Fate = { delayMs: 0, copies: 1, drop: false, hold: false };

export function fateOf(plan: DeliveryPlan | null, eventId: string, endpointId: string): Fate {
  if (!plan) return EASY;
  const lot = (what: string): number => draw(`${plan.seed}/${eventId}/${endpointId}/${what}`);
  return {
    delayMs: Math.floor(lot("delay") * (plan.delay ?? 0)),
    copies: lot("repeat") < (plan.repeat ?? 0) ? 2 + Math.floor(lot("copies") * 3) : 1,
    drop: lot("drop") < (plan.drop ?? 0),
    hold: lot("hold") < (plan.hold ?? 0),
  };
}

/** Another order, the same for the same seed. */
export function shuffled<T>(items: readonly T[], seed: number | string): T[] {
  return items
    .map((item, at) => ({ item, place: draw(`${seed}/${at}`) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** A number from 0 up to 1. */
function draw(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}
