import { Gauge, type Registry } from "prom-client";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { type JobCount, countJobs } from "./job-counts.store";

const gauges: Record<string, { help: string; valueOf: (count: JobCount) => number }> = {
  open: { help: "Jobs that are queued or running.", valueOf: ({ open }) => open },
  failed: { help: "Jobs that were given up, since the beginning.", valueOf: ({ failed }) => failed },
  still_seconds: {
    help: "How long ago that open job came further which has stood the longest; 0 where none is open.",
    valueOf: ({ stillSeconds }) => stillSeconds ?? 0,
  },
};

/**
 * Long work for `/metrics`. It is counted in the database when somebody looks, so every replica says the same, and no sum
 * over replicas means anything.
 */
export function measureJobs({ db, log }: { db: Db; log: Logger }, registry: Registry): void {
  let counting: Promise<JobCount[]> | null = null;
  // The gauges are all asked at once, and share one statement.
  const count = () => (counting ??= countJobs(db).finally(() => (counting = null)));
  for (const [name, { help, valueOf }] of Object.entries(gauges)) {
    const gauge: Gauge = new Gauge({
      name: `latchkey_jobs_${name}`,
      help,
      labelNames: ["kind"],
      registers: [registry],
      collect: async (): Promise<void> => {
        gauge.reset();
        try {
          for (const counted of await count()) gauge.set({ kind: counted.kind }, valueOf(counted));
        } catch (err) {
          // Left out: everything else is told all the same.
          log.warn({ err }, "jobs could not be counted");
        }
      },
    });
  }
}
