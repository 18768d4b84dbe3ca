import { existsSync } from "node:fs";
import path from "node:path";
import type { Config } from "../../config/config";
import type { Environment, Mistake } from "../../config/environment";
import { readConfig } from "../../config/read-config";
import { isElsewhere, missingSecrets } from "../load-config";

export interface SettingsSeen {
  localMode: boolean;
  mistakes: readonly Mistake[];
  notes: readonly string[];
  /** As far as it can be read; null: not even the database is known. */
  config: Config | null;
}

/** The settings as a server would read them. What is wrong is left out, so that the rest can be looked at all the same. */
export async function lookAtSettings(env: Environment): Promise<SettingsSeen> {
  const localMode = !isElsewhere(env);
  const purpose = { localMode };
  const first = readConfig(env, purpose);
  if (first.ok) {
    if (!localMode || !hasLocalSecrets(first.config)) return { ...purpose, mistakes: [], ...first };
    const whole = readConfig({ ...env, ...(await missingSecrets(env, first.config.dataDir)) }, purpose);
    return { ...purpose, mistakes: [], notes: first.notes, config: whole.ok ? whole.config : first.config };
  }
  const wrong = new Set(first.mistakes.map(({ setting }) => setting));
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !wrong.has(name)));
  const second = readConfig(rest, { localMode, databaseOnly: true });
  return { ...purpose, mistakes: first.mistakes, notes: [], config: second.ok ? second.config : null };
}

/** A look creates no secrets. They are there once local mode has started, whichever database it used. */
function hasLocalSecrets({ dataDir }: Config): boolean {
  return existsSync(path.resolve(dataDir, "secrets.json"));
}

/** Looking makes nothing: where nothing was started yet, there is nothing. */
export function hasLocalData({ dataDir }: Pick<Config, "dataDir">): boolean {
  return existsSync(path.resolve(dataDir, "postgres"));
}
