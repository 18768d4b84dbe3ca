import type { Clock } from "../../src/base/clock";

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  moveTo(moment: Date): void;
  moveBy(ms: number): void;
}

export function testClock(from: Date | string = "2026-03-01T12:00:00.000Z"): TestClock {
  let now = new Date(from);
  return {
    now: () => new Date(now),
    moveTo: (moment) => {
      now = new Date(moment);
    },
    moveBy: (ms) => {
      now = new Date(now.getTime() + ms);
    },
  };
}
