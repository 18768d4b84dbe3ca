import { startTracing } from "../app/start-tracing";
import { openLog } from "../base/log";
import { chooseDatabase } from "./choose-database";
import { loadConfig } from "./load-config";
import type { Terminal } from "./terminal";

/** The server as others reach it: every secret is there and strong, or it does not start. */
export async function serve({ env, untilToldToStop }: Terminal): Promise<void> {
  const { config, notes } = loadConfig(env, { localMode: false });
  const log = openLog(config.logLevel);
  const toldToStop = untilToldToStop();
  for (const note of notes) log.warn(note);
  // Before anything loads the driver of the database, which it instruments.
  const tracing = await startTracing({ config, log });
  const database = await chooseDatabase(config, log);
  const { start } = await import("../app/start.js");
  const server = await start({ config, databaseUrl: database.url, log });
  log.info({ port: server.port }, "listening");
  log.info({ signal: await toldToStop }, "stopping");
  await server.stop();
  await tracing.stop();
  log.info("stopped");
}
