import { isStorable, isStorableJson } from "../base/storable-text";
import { Refusal } from "../base/refusal";

/**
 * JSON can spell half of a character ("\\ud800"), for which the database would keep a replacement, the same for every
 * half, so that two different names of the caller's would become one; and NUL, which the database cannot keep at all.
 */
export function refuseUnstorable(variables: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (isStorableJson(value)) continue;
    throw new Refusal("INVALID_INPUT", { say: UNSTORABLE, field: isStorable(name) ? name : "variables" });
  }
}

export const UNSTORABLE = "A text holds NUL or half of a character.";
