import { MINUTE, SECOND } from "../../base/durations";
import { type Finding, finding } from "./finding";

// Both sides reject a clock skew of more than five minutes.
const AHEAD_WARNING_MS = 5 * SECOND;
const AHEAD_WRONG_MS = MINUTE;

/** @param othersAheadMs how far another clock is ahead of ours. If both agree, ours is the one that is off, told once. */
export function decideClock(check: string, whose: string, aheadMs: number, othersAheadMs = 0): Finding {
  const far = Math.abs(aheadMs);
  const isTold = Math.abs(othersAheadMs) > AHEAD_WARNING_MS && Math.abs(aheadMs - othersAheadMs) <= AHEAD_WARNING_MS;
  if (isTold) return finding(check, "OK", `${whose}'s clock agrees with PostgreSQL's.`);
  const by = `${whose}'s clock is ${(far / SECOND).toFixed(1)} s ${aheadMs > 0 ? "ahead of" : "behind"} ours.`;
  const fix = "Let both machines take their time from the network (NTP): signatures and ends of access depend on it.";
  if (far > AHEAD_WRONG_MS) return finding(check, "WRONG", by, fix);
  if (far > AHEAD_WARNING_MS) return finding(check, "WARNING", by, fix);
  return finding(check, "OK", `${whose}'s clock agrees with ours.`);
}
