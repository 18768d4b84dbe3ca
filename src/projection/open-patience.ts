import { SECOND } from "../base/durations";
import type { Trouble } from "./decide-retry";

/** What one process remembers of trouble, so that it asks an account that is in trouble less. */
export interface Patience {
  mayAsk(connectionId: string): boolean;
  /** Returns, when the account answers again, after how many milliseconds what waited for it may go on; else null. */
  wentWell(connectionId: string, subject: string): number | null;
  /** How often in a row this subject had failed before. */
  failed(connectionId: string, subject: string, trouble: Trouble): number;
}

// One customer whose reads fail is no sign; several different ones without a success between are.
const SUBJECTS_IN_A_ROW = 5;
const PAUSE_MS = SECOND;
const PAUSE_MS_MAX = 5 * SECOND;
const WAKE_EVERY_MS = 5 * SECOND;
const REMEMBERED_MAX = 10_000;

export function openPatience(now: () => number = () => performance.now()): Patience {
  const pausedUntil = new Map<string, number>();
  const failing = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  const wokenAt = new Map<string, number>();

  function pauseConnection(connectionId: string, times: number): void {
    const ms = Math.min(PAUSE_MS * 2 ** times, PAUSE_MS_MAX) * (0.5 + Math.random());
    pausedUntil.set(connectionId, now() + ms);
  }

  return {
    mayAsk: (connectionId) => (pausedUntil.get(connectionId) ?? 0) <= now(),
    wentWell: (connectionId, subject) => {
      counts.delete(`${connectionId} ${subject}`);
      if (!failing.delete(connectionId)) return null;
      // One customer whose reads go on failing must not be asked about after each success of another.
      const last = wokenAt.get(connectionId) ?? -Infinity;
      const wakeAt = last > now() ? last : Math.max(last + WAKE_EVERY_MS, now());
      wokenAt.set(connectionId, wakeAt);
      return wakeAt - now();
    },
    failed: (connectionId, subject, trouble) => {
      const name = `${connectionId} ${subject}`;
      const before = counts.get(name) ?? 0;
      if (trouble === "ITS_OWN") return before;
      if (counts.size >= REMEMBERED_MAX) counts.clear();
      counts.set(name, before + 1);
      const inARow = (failing.get(connectionId) ?? new Set()).add(subject);
      failing.set(connectionId, inARow);
      if (trouble === "RATE_LIMIT") pauseConnection(connectionId, before);
      else if (inARow.size >= SUBJECTS_IN_A_ROW) pauseConnection(connectionId, inARow.size - SUBJECTS_IN_A_ROW);
      return before;
    },
  };
}
