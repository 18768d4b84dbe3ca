import { migrations } from "../../migrations";
import { migrateDatabase, migratingUrl } from "../app/prepare-database";
import type { Config } from "../config/config";
import { checkSchema, type SchemaState } from "../database/check-schema";
import { openDatabase } from "../database/open-database";
import { retryOutages } from "../database/retry-outages";
import { SECOND } from "../base/durations";
import type { Terminal } from "./terminal";
import { chooseDatabase } from "./choose-database";
import { loadDatabaseConfig } from "./load-config";
import { openTerminalLog } from "./open-terminal-log";
import { FAILED } from "./exit-codes";

/** Brings the schema up to this build, or with `status` only says how the two relate (exit code 1: not current). */
export async function migrate(terminal: Terminal, options: { status: boolean; json: boolean }): Promise<number> {
  const { config } = await loadDatabaseConfig(terminal.env);
  const database = await chooseDatabase(config, openTerminalLog(terminal, config.logLevel));
  try {
    return options.status
      ? await showStatus(terminal, config, database.url, options.json)
      : await bringUp(terminal, config, database.url, options.json);
  } finally {
    await database.stop();
  }
}

async function bringUp(terminal: Terminal, config: Config, databaseUrl: string, json: boolean): Promise<number> {
  const { print } = terminal;
  const log = openTerminalLog(terminal, config.logLevel);
  const waiting = { waitMs: config.database.startWaitMs, log };
  const { applied } = await retryOutages(waiting, () => migrateDatabase({ config, databaseUrl, log }));
  if (json) print(JSON.stringify({ applied }));
  else if (applied.length === 0) print("Nothing to do: the database is current.");
  else print(`Applied:\n${applied.map((name) => `  ${name}`).join("\n")}`);
  return 0;
}

async function showStatus(terminal: Terminal, config: Config, url: string, json: boolean): Promise<number> {
  const { print } = terminal;
  const waiting = { waitMs: config.database.startWaitMs, log: openTerminalLog(terminal, config.logLevel) };
  const schema = await retryOutages(waiting, () => readSchema(migratingUrl(config, url)));
  if (json) print(JSON.stringify(schema));
  else print(schema.state === "CURRENT" ? "The database is current." : schema.advice);
  return schema.state === "CURRENT" ? 0 : FAILED;
}

async function readSchema(url: string): Promise<SchemaState> {
  const db = await openDatabase({ url, entities: [], connectionsMax: 2, statementTimeoutMs: 10 * SECOND });
  try {
    return await checkSchema({ db, migrations });
  } finally {
    await db.source.destroy();
  }
}
