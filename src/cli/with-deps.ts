import type { Logger } from "../base/log";
import type { Config } from "../config/config";
import type { openDeps } from "../app/open-deps";
import { retryOutages } from "../database/retry-outages";
import { type ChosenStripe, reachStripe } from "./choose-stripe";
import { chooseDatabase } from "./choose-database";
import { loadDatabaseConfig } from "./load-config";
import { openTerminalLog } from "./open-terminal-log";
import type { Terminal } from "./terminal";

export type OpenDeps = Awaited<ReturnType<typeof openDeps>>;

/** For commands that work on the database without a server. What was opened is closed, however the work ends. */
export async function withDeps<Result>(terminal: Terminal, work: (deps: OpenDeps) => Promise<Result>): Promise<Result> {
  const { config } = await loadDatabaseConfig(terminal.env);
  const log = openTerminalLog(terminal, config.logLevel);
  return openAndWork({ config, log, stripe: null }, work);
}

/**
 * The same, with the Stripe that a server on this database speaks with. What is waited for stands in the job, so the log
 * is for those who ask for it.
 */
export async function withStripe<Result>(
  terminal: Terminal,
  work: (deps: OpenDeps) => Promise<Result>,
): Promise<Result> {
  const { config } = await loadDatabaseConfig(terminal.env, "fatal");
  const log = openTerminalLog(terminal, config.logLevel);
  const stripe = await reachStripe(config, log);
  try {
    return await openAndWork({ config: { ...config, stripe: stripe.access }, log, stripe }, work);
  } finally {
    await stripe.stop();
  }
}

async function openAndWork<Result>(
  { config, log, stripe }: { config: Config; log: Logger; stripe: ChosenStripe | null },
  work: (deps: OpenDeps) => Promise<Result>,
): Promise<Result> {
  const database = await chooseDatabase(config, log);
  try {
    const app = await import("../app/open-deps.js");
    const clock = stripe?.simulated?.clock;
    const opening = { config, databaseUrl: database.url, log, ...(clock && { clock }) };
    const deps = await retryOutages({ waitMs: config.database.startWaitMs, log }, () => app.openDeps(opening));
    try {
      return await work(deps);
    } finally {
      await deps.close();
    }
  } finally {
    await database.stop();
  }
}
