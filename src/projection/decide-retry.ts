import { HOUR, MINUTE, SECOND } from "../base/durations";
import { Failure } from "../base/refusal";

export interface Retry {
  pauseMs: number;
  /** Whether it is one of the tries after which we give up. */
  counts: boolean;
  final: boolean;
}

/** What went wrong, as far as it matters for trying again. */
export type Trouble =
  /** The event's own, as far as we can tell. */
  | "ITS_OWN"
  /** Stripe or our database does not answer, or the key is not good: that goes for every event. */
  | "NOT_ITS_OWN"
  /** We ask too often. */
  | "RATE_LIMIT";

export const usualPauses: readonly number[] = [
  SECOND,
  2 * SECOND,
  5 * SECOND,
  15 * SECOND,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
];
const TRIES_MAX = 10;
/** When it comes back, nobody should wait for long: these are 1, 2 and 5 seconds. */
const PATIENT_PAUSES = 3;

/** When to try again, if at all. Chance keeps those that failed together from coming back together. */
export function decideRetry({
  trouble,
  failures,
  pauses = usualPauses,
  chance,
}: {
  trouble: Trouble;
  /** How often this has failed already, before now. */
  failures: number;
  pauses?: readonly number[];
  /** From 0 up to 1. */
  chance: number;
}): Retry {
  const counts = trouble === "ITS_OWN";
  const last = (counts ? pauses.length : Math.min(PATIENT_PAUSES, pauses.length)) - 1;
  const pauseMs = (pauses[Math.min(failures, last)] ?? SECOND) * (0.75 + chance / 2);
  return { pauseMs, counts, final: counts && failures + 1 >= TRIES_MAX };
}

const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  "UNAVAILABLE",
  "STRIPE_UNAVAILABLE",
  "STRIPE_KEY_INVALID",
  "STRIPE_NOT_CONNECTED",
]);

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Failure)) return "ITS_OWN";
  if (error.note["statusCode"] === 429) return "RATE_LIMIT";
  // What a restricted key lacks, it lacks for every event.
  if (error.details?.["missingPermission"] !== undefined) return "NOT_ITS_OWN";
  return NOT_ITS_OWN.has(error.code) ? "NOT_ITS_OWN" : "ITS_OWN";
}
