import type { Rendered } from "../../stored";

/** What stands at a path such as `parent.subscription_details.subscription`; null when any part of it is missing. */
export function readPath(object: Rendered, path: string): unknown {
  let here: unknown = object;
  for (const name of path.split(".")) {
    if (typeof here !== "object" || here === null) return null;
    here = new Map(Object.entries(here)).get(name);
  }
  return here ?? null;
}

export function textAt(object: Rendered, path: string): string | null {
  const value = readPath(object, path);
  return typeof value === "string" ? value : null;
}

/** The object without these fields. */
export function without(object: Rendered, ...names: string[]): Rendered {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** The objects of an embedded list, such as `items.data`. */
export function listAt(object: Rendered, path: string): Rendered[] {
  const value = readPath(object, path);
  return Array.isArray(value)
    ? value.filter((item): item is Rendered => typeof item === "object" && item !== null)
    : [];
}
