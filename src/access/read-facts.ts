import type { SourceFacts } from "./fact";

/** What of the facts is kept as one text; the rest has columns of its own, to be found by. */
type Kept = Pick<SourceFacts, "buyer" | "sessions" | "ignored" | "boughtAt" | "state" | "items">;

export function formatFacts({ buyer, sessions, ignored, boughtAt, state, items }: SourceFacts): string {
  const kept: Kept = { buyer, sessions, ignored, boughtAt, state, items };
  return JSON.stringify(kept);
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Every field that ends in `At` is a moment; nothing else becomes one, whatever it looks like. */
export function readFacts(text: string): Kept {
  const kept = JSON.parse(text, (name, value: unknown) =>
    name.endsWith("At") && typeof value === "string" && MOMENT.test(value) ? new Date(value) : value,
  ) as Kept;
  const { state } = kept;
  // An older version wrote no such field.
  return state.kind === "SUBSCRIPTION" ? { ...kept, state: { ...state, unpaid: state.unpaid ?? null } } : kept;
}
