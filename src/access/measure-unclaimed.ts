import type { Registry } from "prom-client";
import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import { modes } from "../base/mode";
import type { Db } from "../database/db";
import { measureRows } from "../database/measure-rows";
import { countUnclaimed } from "./unclaimed.store";

/** Purchases that would open something and have no owner, by mode. */
export function measureUnclaimed(deps: { db: Db; log: Logger; clock: Clock }, registry: Registry): void {
  const { db, log, clock } = deps;
  const read = () =>
    Promise.all(modes.map(async (mode) => ({ mode, count: await countUnclaimed(db, { mode, at: clock.now() }) })));
  measureRows(
    { registry, log, prefix: "unclaimed", labels: ["mode"], read, labelsOf: ({ mode }) => ({ mode }) },
    { purchases: { help: "Purchases that would open a product and have no owner.", valueOf: ({ count }) => count } },
  );
}
