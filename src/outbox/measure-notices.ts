import type { Registry } from "prom-client";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { measureRows } from "../database/measure-rows";
import { countNotices, type NoticesOfMode } from "./old-notices.store";

/** Notices that nobody has taken, by mode. */
export function measureNotices({ db, log }: { db: Db; log: Logger }, registry: Registry): void {
  const read = () => countNotices(db);
  const labelsOf = ({ mode }: NoticesOfMode) => ({ mode });
  measureRows(
    { registry, log, prefix: "notices", labels: ["mode"], read, labelsOf },
    {
      waiting: {
        help: "Notices that nobody has taken, at most 100000. They are deleted after 30 days.",
        valueOf: ({ waiting }) => waiting,
      },
    },
  );
}
