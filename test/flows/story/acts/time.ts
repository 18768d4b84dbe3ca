import { type Act, DAY, HOUR } from "../stage";

/** Nothing is renewed, retried or ended but by time. */
const WAITS = [90, HOUR, 2 * HOUR, 5 * HOUR, DAY, DAY, 2 * DAY, 4 * DAY];
const SHORT_WAITS = [90, HOUR, 2 * HOUR, 5 * HOUR];

const wait: Act = {
  weight: 18,
  run: ({ chance, simulator, isHurrying }) => {
    const seconds = chance.pick(isHurrying ? SHORT_WAITS : WAITS) ?? HOUR;
    simulator.control.moveBy(seconds);
    return Promise.resolve(
      `${seconds / HOUR} hours passed: ${new Date(simulator.control.now() * 1_000).toISOString()}`,
    );
  },
};

const waitLong: Act = {
  weight: 1,
  run: ({ chance, simulator, isHurrying }) => {
    if (isHurrying) return Promise.resolve(null);
    const days = chance.between(15, 35);
    simulator.control.moveBy(days * DAY);
    return Promise.resolve(`${days} days passed: ${new Date(simulator.control.now() * 1_000).toISOString()}`);
  },
};

export const timeActs: Record<string, Act> = { wait, waitLong };
