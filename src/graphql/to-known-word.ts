/** A word of Stripe's as the member of an enum; UNKNOWN for a word that Stripe has added since. */
export function toKnownWord<Known extends string>(
  word: string,
  known: Readonly<Record<Known | "UNKNOWN", unknown>>,
): Known | "UNKNOWN" {
  const name = word.toUpperCase();
  return Object.hasOwn(known, name) ? (name as Known) : "UNKNOWN";
}
