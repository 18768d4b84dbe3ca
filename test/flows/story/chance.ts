/** Chance that can be had again: the same seed draws the same. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** A whole number from 0 to one less than this. */
  below(limit: number): number;
  between(least: number, most: number): number;
  yes(share: number): boolean;
  /** One of them; undefined when there is none. */
  pick<T>(from: readonly T[]): T | undefined;
  /** Several different ones, in an order by lot. */
  some<T>(from: readonly T[], count: number): T[];
}

export function openChance(seed: number): Chance {
  let state = (seed * 2_654_435_761) >>> 0;
  // The generator is mulberry32: short, and good enough for stories.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (least, most) => least + below(most - least + 1),
    yes: (share) => next() < share,
    pick: (from) => from[below(from.length)],
    some: (from, count) => {
      const left = [...from];
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat();
    },
  };
}
