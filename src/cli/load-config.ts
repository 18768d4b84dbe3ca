import type { LogLevel } from "../base/log";
import type { Config } from "../config/config";
import type { Environment, Purpose } from "../config/environment";
import { readConfig } from "../config/read-config";
import { SettingMistakes } from "./setting-mistakes";

export interface Loaded {
  config: Config;
  notes: readonly string[];
}

export function loadConfig(env: Environment, purpose: Purpose): Loaded {
  const reading = readConfig(env, purpose);
  if (!reading.ok) throw new SettingMistakes(reading.mistakes);
  return reading;
}

/** On somebody's own machine the secrets that are missing are made. The settings are read first: a mistake makes no files. */
export async function loadLocalConfig(env: Environment): Promise<Loaded> {
  const { config } = loadConfig(env, { localMode: true });
  return loadConfig({ ...env, ...(await missingSecrets(env, config.dataDir)) }, { localMode: true });
}

export async function missingSecrets(env: Environment, dataDir: string): Promise<Environment> {
  const isMissing = (name: string) => !env[name]?.trim();
  const names = ["LATCHKEY_ENCRYPTION_KEY", "LATCHKEY_BOOTSTRAP_KEY"] as const;
  if (!names.some(isMissing)) return {};
  const { keepLocalSecrets } = await import("../local/local-secrets.js");
  const kept = keepLocalSecrets(dataDir);
  return Object.fromEntries(names.filter(isMissing).map((name) => [name, kept[name]]));
}

/**
 * For commands that look after the database: the one of `DATABASE_URL`, or else the one that `npm start` uses here. In
 * production there is no "or else".
 */
export async function loadDatabaseConfig(env: Environment, logLevel: LogLevel = "warn"): Promise<Loaded> {
  // What there is to say is said by the command itself; the log is for what goes wrong.
  const quiet = { ...env, LOG_LEVEL: env["LOG_LEVEL"]?.trim() || logLevel };
  return isElsewhere(env) ? loadConfig(quiet, { localMode: false, databaseOnly: true }) : loadLocalConfig(quiet);
}

/** Whether commands work on a database that was named, and not on the one that `npm start` keeps here. */
export function isElsewhere(env: Environment): boolean {
  return Boolean(env["DATABASE_URL"]?.trim()) || env["NODE_ENV"] === "production";
}
