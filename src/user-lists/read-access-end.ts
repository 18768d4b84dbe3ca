import { DAY } from "../base/durations";
import { Refusal } from "../base/refusal";
import { DateTimeScalar } from "../graphql/scalars";

const WRITTEN = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,9})?))?\s?(Z|[+-]\d{2}:\d{2})?)?$/i;

/** A day lasts until its end. A moment without a zone is UTC, as everything is here. */
export function readAccessEnd(text: string): Date {
  const [, day, time, seconds = "00", zone = "Z"] = WRITTEN.exec(text.trim()) ?? [];
  if (day === undefined) throw notMoment();
  const moment = parse(`${day}T${time ?? "00:00"}:${seconds}${zone}`);
  return time === undefined ? new Date(moment.getTime() + DAY) : moment;
}

function parse(text: string): Date {
  try {
    return DateTimeScalar.parseValue(text);
  } catch {
    throw notMoment();
  }
}

function notMoment(): Refusal {
  return new Refusal("INVALID_INPUT", {
    say: "The end of access is written as a day (2026-12-31) or as a moment (2026-12-31T10:00:00Z).",
  });
}
