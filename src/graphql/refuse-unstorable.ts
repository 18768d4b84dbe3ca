import type { DocumentNode } from "graphql";
import { isStorable, isStorableJson } from "../base/storable-text";
import { Refusal } from "../base/refusal";
import { findUse } from "./find-input-path";

/**
 * JSON can spell half of a character ("\\ud800"), for which the database would keep a replacement, the same for every
 * half, so that two different names of the caller's would become one; and NUL, which the database cannot keep at all.
 */
export function refuseUnstorable(variables: Readonly<Record<string, unknown>>, document?: DocumentNode): void {
  for (const [name, value] of Object.entries(variables)) {
    if (isStorableJson(value)) continue;
    const place = findUse(document, name) ?? (isStorable(name) ? name : "variables");
    throw new Refusal("INVALID_INPUT", { say: UNSTORABLE, field: [place, ...pathIn(value)].join(".") });
  }
}

/** Where the text is inside of a value. A name that cannot be kept is not repeated. */
function pathIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const [name, inner] = Object.entries(value).find(([key, each]) => !isStorable(key) || !isStorableJson(each)) ?? [];
  return name === undefined || !isStorable(name) ? [] : [name, ...pathIn(inner)];
}

export const UNSTORABLE = "A text holds NUL or half of a character.";
