import { openLog } from "../base/log";
import type { Environment } from "../config/environment";
import type { openDeps } from "../app/open-deps";
import { chooseDatabase } from "./choose-database";
import { loadDatabaseConfig } from "./load-config";

type OpenDeps = Awaited<ReturnType<typeof openDeps>>;

/** For commands that work on the database without a server. What was opened is closed, however the work ends. */
export async function withDeps<Result>(env: Environment, work: (deps: OpenDeps) => Promise<Result>): Promise<Result> {
  const { config } = await loadDatabaseConfig(env);
  const log = openLog(config.logLevel, process.stderr);
  const database = await chooseDatabase(config, log);
  try {
    const app = await import("../app/open-deps.js");
    const deps = await app.openDeps({ config, databaseUrl: database.url, log });
    try {
      return await work(deps);
    } finally {
      await deps.close();
    }
  } finally {
    await database.stop();
  }
}
