import type { Registry } from "prom-client";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { measureRows } from "../database/measure-rows";
import { countInboxByMode, type InboxOfMode } from "./inbox-counts.store";

/** Events of Stripe that are not worked on yet, by mode. */
export function measureInbox({ db, log }: { db: Db; log: Logger }, registry: Registry): void {
  const read = () => countInboxByMode(db);
  const labelsOf = ({ mode }: InboxOfMode) => ({ mode });
  measureRows(
    { registry, log, prefix: "inbox", labels: ["mode"], read, labelsOf },
    {
      waiting: { help: "Events that wait to be worked on, or to be tried again.", valueOf: ({ waiting }) => waiting },
      failed: { help: "Events that failed after the last try.", valueOf: ({ failed }) => failed },
      oldest_seconds: {
        help: "How long ago the oldest event that waits came in; 0 where none waits.",
        valueOf: ({ oldestSeconds }) => oldestSeconds,
      },
    },
  );
}
