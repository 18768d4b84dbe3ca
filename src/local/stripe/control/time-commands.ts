import { bool, integer, type Field, text } from "../params";
import { invalid } from "../refuse";
import { command, type Command } from "./command";

/** Seconds, or a date as people write it. */
const time: Field<number, false> = {
  required: false,
  read: (value, param) => {
    const given = text().read(value, param);
    const seconds = /^\d+$/.test(given) ? Number(given) : Math.floor(Date.parse(given) / 1000);
    if (!Number.isFinite(seconds)) throw invalid(`Not a time: ${given}`, { param });
    return seconds;
  },
};

const DAY_S = 86_400;

export const timeCommands: Record<string, Command> = {
  "move-clock": command(
    "Time and world",
    "Moves the clock forward; everything that is due on the way happens.",
    {
      fields: { to: time, seconds: integer({ min: 0 }), days: integer({ min: 0 }), months: integer({ min: 0 }) },
      shows: { to: "2026-12-24", seconds: "60", days: "1", months: "1" },
    },
    ({ simulator: { control } }, { to, seconds, days, months }) => {
      const now = control.now();
      const begin = to ?? now;
      if (begin < now) throw invalid("The clock goes forward only.", { param: "to" });
      control.moveTo(addMonths(begin, months ?? 0) + (days ?? 0) * DAY_S + (seconds ?? 0));
      return { now: control.now() };
    },
  ),
  seed: command(
    "Time and world",
    "Makes many customers and subscriptions at once, without events.",
    {
      fields: { customers: integer({ min: 0, max: 1_000_000 }), subscriptions: integer({ min: 0, max: 1_000_000 }) },
      shows: { customers: "1000", subscriptions: "1500" },
    },
    ({ simulator: { control } }, { customers, subscriptions }) => {
      control.seed({ customers: customers ?? 0, ...(subscriptions ? { subscriptions } : {}) });
      return { done: true };
    },
  ),
  reset: command(
    "Time and world",
    "Empties the world. Endpoints stay; the clock goes back to the real time.",
    {
      fields: { sure: bool() },
      shows: { sure: "true" },
      asks: { title: "Empty the world?", button: "Empty the world", adds: { sure: "true" } },
    },
    ({ simulator }, { sure }) => {
      if (!sure) throw invalid("Say that you are sure: everything is lost.", { param: "sure" });
      simulator.control.reset();
      return { done: true };
    },
  ),
  compact: command(
    "Time and world",
    "Writes the journal anew, as short as it can be.",
    { fields: {}, shows: {} },
    (room) => {
      room.simulator.control.compact();
      return { done: true };
    },
  ),
};

// The same day of a later month; the last day where that month is shorter.
function addMonths(seconds: number, months: number): number {
  const from = new Date(seconds * 1000);
  const to = new Date(from);
  to.setUTCMonth(from.getUTCMonth() + months);
  if (to.getUTCDate() !== from.getUTCDate()) to.setUTCDate(0);
  return Math.floor(to.getTime() / 1000);
}
