import { InvalidArgumentError, Option } from "commander";
import { DAY, HOUR, MINUTE } from "../base/durations";

/** An option that is one of a few words, in whatever case it is written. */
export function oneOf(flags: string, meaning: string, choices: readonly string[]): Option {
  return new Option(flags, `${meaning}: ${choices.join(", ")}`).argParser((text: string) => {
    const chosen = choices.find((choice) => choice.toUpperCase() === text.toUpperCase());
    if (!chosen) throw new InvalidArgumentError(`It is one of ${choices.join(", ")}.`);
    return chosen;
  });
}

export function readDate(text: string): Date {
  const date = parseDate(text);
  if (date === null) throw new InvalidArgumentError("It is a date such as 2030-01-31.");
  return date;
}

/** Only dates that begin with their year mean the same to everybody; JavaScript takes much else, and guesses. */
function parseDate(text: string): Date | null {
  const date = new Date(/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) ? text : NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** A moment of the past. How long ago depends on the time of whoever is asked, so it is said to the clock later. */
export type Since = { date: Date } | { agoMs: number };

const UNITS: Record<string, number> = { m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

export function readSince(text: string): Since {
  const [, count = "", unit = ""] = /^(\d{1,4})([mhdw])$/.exec(text.trim()) ?? [];
  const ms = UNITS[unit];
  if (ms !== undefined) return { agoMs: Number(count) * ms };
  const date = parseDate(text);
  if (date !== null) return { date };
  throw new InvalidArgumentError("It is a date such as 2030-01-31, or how long ago: 90m, 12h, 7d, 2w.");
}

export function toMoment(since: Since, now: Date): Date {
  return "date" in since ? since.date : new Date(now.getTime() - since.agoMs);
}
