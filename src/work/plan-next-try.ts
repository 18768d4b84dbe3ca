import { HOUR, MINUTE, SECOND } from "../base/durations";
import { Failure, Unavailable } from "../base/refusal";

export type NextTry =
  /** Something that we need does not answer. It will, so this is no failure, and it is never given up. */
  | { kind: "WAIT"; afterMs: number; error: string }
  | { kind: "RETRY"; afterMs: number; error: string }
  | { kind: "GIVE_UP"; error: string };

const PAUSES = [1, 2, 5, 15].map((seconds) => seconds * SECOND).concat(MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR);
/** What a job waits for may be back at any moment, and each try is one page. */
const WAIT_MAX = 5 * SECOND;
const TRIES_MAX = 10;

/** What to do after a page of long work went wrong. */
export function planNextTry(error: unknown, before: { attempts: number; waits: number }): NextTry {
  const text = sayOf(error);
  if (isUnavailable(error)) return { kind: "WAIT", afterMs: Math.min(pauseAfter(before.waits), WAIT_MAX), error: text };
  // A refusal says what somebody has to change first; asking again changes nothing.
  if (error instanceof Failure || before.attempts + 1 >= TRIES_MAX) return { kind: "GIVE_UP", error: text };
  return { kind: "RETRY", afterMs: pauseAfter(before.attempts), error: text };
}

export function isUnavailable(error: unknown): boolean {
  return error instanceof Unavailable || (error instanceof Failure && error.retryable);
}

function pauseAfter(times: number): number {
  return PAUSES[Math.min(times, PAUSES.length - 1)] ?? HOUR;
}

/** For the caller: what broke inside stands in our log, and nowhere else. */
function sayOf(error: unknown): string {
  return error instanceof Failure ? error.message : "A mistake on our side; our log has it under the id of the job.";
}
