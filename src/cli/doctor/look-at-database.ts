import { migrations } from "../../../migrations";
import { withoutSecrets } from "../../base/log";
import { Failure } from "../../base/refusal";
import type { Config } from "../../config/config";
import { checkSchema } from "../../database/check-schema";
import type { Db } from "../../database/db";
import { hearNotice } from "../../database/hear-notice";
import { findMissingRights, readServer } from "../../database/read-server";
import { tryPool } from "../../database/try-pool";
import type { DatabaseSeen } from "./decide-database";
import { isLossy, type PoolSeen } from "./decide-pooler";

/** Everything about the database itself. The schema is left as it is. */
export async function lookAtDatabase(
  db: Db,
  config: Config,
  url: string,
  pool: PoolSeen | null,
): Promise<DatabaseSeen> {
  const { ownerUrl, listenUrl } = config.database;
  const server = await readServer(db);
  const schema = await checkSchema({ db, migrations });
  return {
    server,
    schema,
    pool,
    missingRights: schema.state === "CURRENT" ? await findMissingRights(db) : [],
    hasOwner: ownerUrl !== null,
    ownerTrouble: ownerUrl === null ? null : await findOwnerTrouble(ownerUrl),
    noticeTrouble: await findNoticeTrouble(db, listenUrl ?? url),
  };
}

/** Returns what the server behind DATABASE_URL is. Null if it does not answer; opening the database explains that. */
export async function lookAtPool({ database }: Config, url: string): Promise<PoolSeen | null> {
  const trial = await tryPool(url).catch(() => null);
  return trial && { trial, setting: database.pooler, hasListenUrl: database.listenUrl !== null };
}

async function findOwnerTrouble(url: string): Promise<string | null> {
  try {
    return isLossy(await tryPool(url))
      ? "Migrations would run through a pooler that does not keep their session."
      : null;
  } catch (error) {
    return `The role that owns the schema cannot be reached: ${reasonOf(error)}`;
  }
}

async function findNoticeTrouble(db: Db, listenUrl: string): Promise<string | null> {
  try {
    return (await hearNotice(db, listenUrl)) ? null : "A notice that was sent did not arrive.";
  } catch (error) {
    return `The line for notices cannot be opened: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Failure && error.cause instanceof Error ? error.cause : error;
  return withoutSecrets(cause instanceof Error ? cause.message : String(cause));
}
