// Whole pairs are one character to this, so only a lone half is a surrogate.
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Pure: false for text that PostgreSQL cannot keep as it is: with NUL, or with half of a character. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** Pure: whether all texts inside a value of JSON, and the names of its fields, can be kept. */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === "string") return isStorable(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, inner]) => isStorable(name) && isStorableJson(inner));
}
