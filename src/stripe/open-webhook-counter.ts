import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { type WebhookCounts, addWebhookCounts } from "./webhook-counts.store";

/** What came in, counted here and written once a second: a flood of wrong bodies costs a row nothing more. */
export interface WebhookCounter {
  count(connectionId: string, what: "EVENT" | "REJECTED" | "STRANGER", at: Date): void;
  close(): Promise<void>;
}

const WRITTEN_EVERY = SECOND;

export function openWebhookCounter(deps: { db: Db; log: Logger }): WebhookCounter {
  let counted = new Map<string, WebhookCounts>();
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    if (counted.size === 0) return;
    const written = counted;
    counted = new Map();
    await addWebhookCounts(deps.db, [...written.values()]);
  }

  const timer = setInterval(() => {
    writing = write().catch((err: unknown) => deps.log.warn({ err }, "counts of webhooks could not be written"));
  }, WRITTEN_EVERY);
  timer.unref();

  return {
    count(connectionId, what, at) {
      const none = { connectionId, lastEventAt: null, rejected: 0, lastRejectedAt: null, strangers: 0 };
      const known: WebhookCounts = counted.get(connectionId) ?? none;
      if (what === "REJECTED")
        counted.set(connectionId, { ...known, rejected: known.rejected + 1, lastRejectedAt: at });
      else if (what === "STRANGER") counted.set(connectionId, { ...known, strangers: known.strangers + 1 });
      else counted.set(connectionId, { ...known, lastEventAt: at });
    },
    async close() {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}
