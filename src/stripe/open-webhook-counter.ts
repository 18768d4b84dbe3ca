import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { MISMATCHES_ENOUGH } from "./decide-secret-wrong";
import { type AddedCounts, addWebhookCounts } from "./webhook-counts.store";

/** What came in, counted here and written once a second: a flood of wrong bodies costs a row nothing more. */
export interface WebhookCounter {
  count(connectionId: string, what: "EVENT" | "STRANGER", at: Date): void;
  /** @param eventId the plausible event that had a wrong signature; null when the body was anything else */
  reject(connectionId: string, eventId: string | null, at: Date): void;
  /** Whether enough plausible events are on their way to the row already. */
  hasEnough(connectionId: string): boolean;
  close(): Promise<void>;
}

const WRITTEN_EVERY = SECOND;

export function openWebhookCounter(deps: { db: Db; log: Logger }): WebhookCounter {
  let counted = new Map<string, AddedCounts>();
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (counted.size === 0) return;
    const written = counted;
    counted = new Map();
    await addWebhookCounts(deps.db, [...written.values()]);
  }

  const countsOf = (connectionId: string): AddedCounts =>
    counted.get(connectionId) ?? {
      connectionId,
      lastEventAt: null,
      rejected: 0,
      lastRejectedAt: null,
      strangers: 0,
      mismatchedEvents: [],
      lastMismatchAt: null,
    };

  const timer = setInterval(() => {
    writing = write().catch((err: unknown) => deps.log.warn({ err }, "counts of webhooks could not be written"));
  }, WRITTEN_EVERY);
  timer.unref();

  return {
    count(connectionId, what, at) {
      const known = countsOf(connectionId);
      if (what === "STRANGER") counted.set(connectionId, { ...known, strangers: known.strangers + 1 });
      else counted.set(connectionId, { ...known, lastEventAt: at, mismatchedEvents: [] });
    },
    reject(connectionId, eventId, at) {
      const known = countsOf(connectionId);
      const { mismatchedEvents: ids, lastMismatchAt } = known;
      const isNew = eventId !== null && ids.length < MISMATCHES_ENOUGH && !ids.includes(eventId);
      counted.set(connectionId, {
        ...known,
        rejected: known.rejected + 1,
        lastRejectedAt: at,
        mismatchedEvents: isNew ? [...ids, eventId] : ids,
        lastMismatchAt: eventId === null ? lastMismatchAt : at,
      });
    },
    hasEnough: (connectionId) => countsOf(connectionId).mismatchedEvents.length >= MISMATCHES_ENOUGH,
    async close() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}
