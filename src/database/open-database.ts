import { DataSource, type EntityTarget, type MixedList, type ObjectLiteral } from "typeorm";
import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import { type Db, makeDb } from "./db";
import { explainConnectFailure } from "./explain-connect-failure";
import { trackOutages } from "./track-outages";

export interface DatabaseOptions {
  url: string;
  entities: MixedList<EntityTarget<ObjectLiteral>>;
  connectionsMax: number;
  statementTimeoutMs: number;
  /** For the lines about outages; without it nothing is logged. */
  log?: Logger;
}

/** A statement that gets no answer at all, because the network lost it, is given up this much after its time. */
const SILENCE_MS = 5 * SECOND;

const CONNECT_MS_MAX = 5 * SECOND;

/** Opens the pool that requests use. It never changes the schema: see run-migrations. */
export async function openDatabase(options: DatabaseOptions): Promise<Db> {
  const source = new DataSource({
    type: "postgres",
    url: options.url,
    entities: options.entities as MixedList<string>,
    synchronize: false,
    logging: false,
    installExtensions: false,
    applicationName: "latchkey",
    extra: {
      max: options.connectionsMax,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.statementTimeoutMs * 2,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: options.statementTimeoutMs + SILENCE_MS,
      keepAlive: true,
    },
  });
  try {
    await source.initialize();
  } catch (cause) {
    throw explainConnectFailure(cause, "Check DATABASE_URL.");
  }
  return makeDb(source, trackOutages(options.log));
}
