import type { Registry } from "prom-client";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { measureRows } from "../database/measure-rows";
import { type JobCount, countJobs } from "./job-counts.store";

/** Long work, by kind. */
export function measureJobs({ db, log }: { db: Db; log: Logger }, registry: Registry): void {
  const read = () => countJobs(db);
  const labelsOf = ({ kind }: JobCount) => ({ kind });
  measureRows(
    { registry, log, prefix: "jobs", labels: ["kind"], read, labelsOf },
    {
      open: { help: "Jobs that are queued or running.", valueOf: ({ open }) => open },
      failed: { help: "Jobs that were given up, since the beginning.", valueOf: ({ failed }) => failed },
      still_seconds: {
        help: "How long ago that open job came further which has stood the longest; 0 where none is open.",
        valueOf: ({ stillSeconds }) => stillSeconds ?? 0,
      },
    },
  );
}
