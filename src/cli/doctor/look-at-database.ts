import { migrations } from "../../../migrations";
import { Failure } from "../../base/refusal";
import { SECOND } from "../../base/durations";
import { withoutSecrets } from "../../base/log";
import type { Config } from "../../config/config";
import { checkSchema } from "../../database/check-schema";
import type { Db } from "../../database/db";
import { hearNotice } from "../../database/hear-notice";
import { openDatabase } from "../../database/open-database";
import { findMissingRights, readServer } from "../../database/read-server";
import type { DatabaseSeen } from "./decide-findings";

/** Everything about the database itself. The schema is left as it is. */
export async function lookAtDatabase(db: Db, config: Config, databaseUrl: string): Promise<DatabaseSeen> {
  const { ownerUrl, listenUrl } = config.database;
  const server = await readServer(db);
  const schema = await checkSchema({ db, migrations });
  return {
    server,
    schema,
    missingRights: schema.state === "CURRENT" ? await findMissingRights(db) : [],
    hasOwner: ownerUrl !== null,
    ownerTrouble: ownerUrl === null ? null : await findOwnerTrouble(ownerUrl),
    noticeTrouble: await findNoticeTrouble(db, listenUrl ?? databaseUrl),
  };
}

async function findOwnerTrouble(url: string): Promise<string | null> {
  try {
    const db = await openDatabase({ url, entities: [], connectionsMax: 2, statementTimeoutMs: 10 * SECOND });
    await db.source.destroy();
    return null;
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
