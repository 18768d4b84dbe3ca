import { Refusal } from "../base/refusal";

/**
 * JSON can spell half of a character ("\ud800"). The database would keep a replacement for it, the same for every half,
 * so that two different names of the caller's would become one.
 */
export function refuseHalfCharacters(variables: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!holdsHalf(value)) continue;
    throw new Refusal("INVALID_INPUT", { say: "A text holds half of a character.", field: name });
  }
}

// Whole pairs are one character to this, so only a lone half is a surrogate.
const HALF = /\p{Surrogate}/u;

function holdsHalf(value: unknown): boolean {
  if (typeof value === "string") return HALF.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, inner]) => HALF.test(name) || holdsHalf(inner));
}
