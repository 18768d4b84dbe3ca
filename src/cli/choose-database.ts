import path from "node:path";
import type { Logger } from "../base/log";
import { Bug } from "../base/refusal";
import type { Config } from "../config/config";

export interface ChosenDatabase {
  url: string;
  embedded: boolean;
  /** Lets go of an embedded database; another process that uses it keeps it. */
  stop(): Promise<void>;
}

/** The database that was asked for, or in local mode an embedded one that a restart finds again. */
export async function chooseDatabase(config: Config, log: Logger): Promise<ChosenDatabase> {
  const { url } = config.database;
  if (url !== null) return { url, embedded: false, stop: () => Promise.resolve() };
  if (!config.localMode) throw new Bug("outside local mode the configuration holds a database");
  const { startEmbeddedPostgres } = await import("../local/embedded-postgres.js");
  const embedded = await startEmbeddedPostgres({ dataDir: path.join(config.dataDir, "postgres"), log });
  return { url: embedded.url, embedded: true, stop: () => embedded.stop() };
}
