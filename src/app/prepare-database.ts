import { migrations } from "../../migrations";
import type { Logger } from "../base/log";
import { Unavailable } from "../base/refusal";
import type { Config } from "../config/config";
import { checkSchema } from "../database/check-schema";
import type { Db } from "../database/db";
import { runMigrations } from "../database/run-migrations";

interface Target {
  config: Pick<Config, "database">;
  databaseUrl: string;
  log: Logger;
}

/**
 * Brings the schema up to this build, as the role that may. With an owner of its own, the role that serves is given what
 * it needs and no more.
 */
export async function migrateDatabase({ config, databaseUrl, log }: Target): Promise<{ applied: string[] }> {
  const { ownerUrl } = config.database;
  const runRole = ownerUrl && decodeURIComponent(new URL(databaseUrl).username);
  const url = migratingUrl(config, databaseUrl);
  return runMigrations({ url, migrations, log, ...(runRole ? { runRole } : {}) });
}

/** Migrations hold a lock in their session, so they go past a pooler. */
export function migratingUrl({ database }: Pick<Config, "database">, databaseUrl: string): string {
  const direct = database.pooler === "transaction" ? database.listenUrl : null;
  return database.ownerUrl ?? direct ?? databaseUrl;
}

/**
 * At start: a current schema is taken as it is, so that a role that may not change it can serve; one that is behind is
 * migrated; a newer one stops the start.
 */
export async function prepareDatabase(target: Target, db: Db): Promise<void> {
  const schema = await checkSchema({ db, migrations });
  if (schema.state === "NEWER") throw new Unavailable({ say: schema.advice });
  if (schema.state === "BEHIND") await migrateDatabase(target);
}
