import type { Mode } from "../../base/mode";

/** WRONG: something that is bought, asked or sent does not work. WARNING: it works, and may not be meant. */
export type FindingState = "OK" | "WARNING" | "WRONG" | "SKIPPED";

/** One thing that was looked at. No secret and no address of a person is ever in it. */
export interface Finding {
  /** Its name, which stays the same. */
  check: string;
  state: FindingState;
  mode: Mode | null;
  found: string;
  /** What to do; null: nothing. */
  fix: string | null;
}

export function finding(check: string, state: FindingState, found: string, fix: string | null = null): Finding {
  return { check, state, mode: null, found, fix };
}
