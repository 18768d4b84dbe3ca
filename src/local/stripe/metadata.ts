import { type Field, map } from "./params";
import { invalid } from "./refuse";

/** Kept as text, empty ones included: an empty value deletes its key. */
export const metadata: Field<Record<string, string>, false> = map({
  required: false,
  read: (value, param) => {
    if (typeof value === "string") return value;
    throw invalid("Metadata values must be strings.", { param });
  },
});

/** Keys that are not named stay; an empty value removes its key; `null` (an empty metadata) removes all. */
export function mergeMetadata(
  current: Record<string, string>,
  given: Record<string, string> | null | undefined,
): Record<string, string> {
  if (given === null) return {};
  const merged = Object.entries({ ...current, ...given }).filter(([, value]) => value !== "");
  if (merged.length > 50) {
    throw invalid(`You can only have up to 50 metadata keys; this object would have ${merged.length}.`, {
      param: "metadata",
    });
  }
  for (const [key, value] of Object.entries(given ?? {})) refuseLong(key, value);
  return Object.fromEntries(merged);
}

function refuseLong(key: string, value: string): void {
  const param = `metadata[${key}]`;
  if (key.length > 40) throw invalid("Metadata keys can be at most 40 characters long.", { param });
  if (value.length > 500) throw invalid("Metadata values can be at most 500 characters long.", { param });
}
