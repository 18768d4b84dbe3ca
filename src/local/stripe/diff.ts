import { isDeepStrictEqual } from "node:util";
import type { Rendered } from "./stored";

/**
 * What `data.previous_attributes` of an update holds: the old values of fields that changed. Inside a plain hash only
 * the changed keys, a key that is new as null; lists and whole objects as they were.
 */
export function diff(before: Rendered, after: Rendered): Rendered {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, previous(before[name], after[name])]));
}

function previous(before: unknown, after: unknown): unknown {
  if (isHash(before) && isHash(after)) return diff(before, after);
  return before ?? null;
}

function isHash(value: unknown): value is Rendered {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("object" in value);
}
