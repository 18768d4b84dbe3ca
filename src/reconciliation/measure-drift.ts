import type { Registry } from "prom-client";
import type { Logger } from "../base/log";
import type { Db } from "../database/db";
import { measureRows } from "../database/measure-rows";
import { countDrift, type DriftOfMode } from "./drift-counts.store";

/** How far what we hold was from Stripe when all of it was compared last, by mode. */
export function measureDrift({ db, log }: { db: Db; log: Logger }, registry: Registry): void {
  const read = () => countDrift(db);
  const labelsOf = ({ mode }: DriftOfMode) => ({ mode });
  measureRows(
    { registry, log, prefix: "drift", labels: ["mode"], read, labelsOf },
    {
      differences: {
        help: "Purchases and customers that the last reconciliation found missing or different.",
        valueOf: ({ differences }) => differences,
      },
      age_seconds: {
        help: "How long ago the last reconciliation ended; of several accounts the oldest.",
        valueOf: ({ ageSeconds }) => ageSeconds,
      },
    },
  );
}
