import { type Clock, systemClock } from "../base/clock";
import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import type { Config } from "../config/config";
import { openDatabase } from "../database/open-database";
import { type Signals, noSignals } from "../database/open-signals";
import type { Deps } from "../graphql/context";
import { entities } from "./entities";
import { openRemovalKey } from "../access/removal-key";
import { prepareDatabase } from "./prepare-database";

export interface OpenedDeps extends Deps {
  close(): Promise<void>;
}

export interface Opening {
  config: Config;
  databaseUrl: string;
  log: Logger;
  clock?: Clock;
  /** What a server keeps in memory listens here; a command keeps nothing. */
  signals?: Signals;
}

/** A database that is ready for work, with what every verb may ask for. */
export async function openDeps({ config, databaseUrl, log, clock, signals }: Opening): Promise<OpenedDeps> {
  const db = await openDatabase({
    url: databaseUrl,
    entities,
    pooler: config.database.pooler,
    connectionsMax: config.database.connectionsMax,
    statementTimeoutMs: Math.min(config.limits.requestMsMax, 30 * SECOND),
    log,
  });
  const deps = { db, config, log, clock: clock ?? systemClock, signals: signals ?? noSignals };
  try {
    await prepareDatabase({ config, databaseUrl, log }, db);
    await openRemovalKey(deps);
  } catch (error) {
    await db.source.destroy();
    throw error;
  }
  return { ...deps, close: () => db.source.destroy() };
}
