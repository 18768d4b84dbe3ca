import type { Clock } from "../base/clock";
import { MINUTE, SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import { addUses, deleteWindowsBefore } from "./rate-windows.store";

/**
 * Requests per minute, counted here and shared with the other replicas every second: a check costs no statement of its
 * own, and all replicas together let through at most what one second of each of them adds to the limit.
 */
export interface RateLimits {
  /** Counts one request, or as many as an operation weighs; refuses it when the subject's minute is used up. */
  take(subject: string, maxPerMinute: number, requests?: number): void;
  close(): Promise<void>;
}

interface Window {
  startsAt: number;
  /** What all replicas have used, as of the last exchange. */
  shared: number;
  /** What this replica has used since. */
  own: number;
}

const EXCHANGED_EVERY = SECOND;

export function openRateLimits(deps: { db: Db; clock: Clock; log: Logger }): RateLimits {
  const windows = new Map<string, Window>();
  // The minute whose predecessors have been swept: once is enough.
  let sweptAt = 0;

  async function exchange(): Promise<void> {
    const startsAt = startOfMinute(deps.clock.now());
    for (const [subject, window] of windows) if (window.startsAt !== startsAt) windows.delete(subject);
    const busy = [...windows].filter(([, window]) => window.own > 0);
    if (busy.length === 0) return;
    const sent = new Map(busy.map(([subject, window]) => [subject, window.own]));
    if (sweptAt !== startsAt) await deleteWindowsBefore(deps.db, new Date((sweptAt = startsAt)));
    const rows = await addUses(deps.db, new Date(startsAt), sent);
    for (const { subject, used } of rows) {
      const window = windows.get(subject);
      if (window?.startsAt !== startsAt) continue;
      window.own -= sent.get(subject) ?? 0;
      window.shared = used;
    }
  }

  const timer = setInterval(() => {
    exchange().catch((err: unknown) => deps.log.warn({ err }, "request counts could not be shared"));
  }, EXCHANGED_EVERY);
  timer.unref();

  return {
    take(subject, maxPerMinute, requests = 1) {
      const now = deps.clock.now();
      const startsAt = startOfMinute(now);
      let window = windows.get(subject);
      if (window?.startsAt !== startsAt) windows.set(subject, (window = { startsAt, shared: 0, own: 0 }));
      if (window.shared + window.own >= maxPerMinute) refuse(startsAt + MINUTE - now.getTime(), maxPerMinute);
      // An operation that weighs more than what is left is the last of its minute.
      window.own += requests;
    },
    close: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

function startOfMinute(moment: Date): number {
  return moment.getTime() - (moment.getTime() % MINUTE);
}

function refuse(retryAfterMs: number, maxPerMinute: number): never {
  throw new Refusal("RATE_LIMITED", {
    say: `More than ${maxPerMinute} requests in a minute. Wait before trying again.`,
    details: { retryAfterMs, maxPerMinute },
  });
}
