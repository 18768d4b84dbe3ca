import { Pool } from "pg";
import { DataSource, type EntityTarget, type MixedList, type ObjectLiteral } from "typeorm";
import { SECOND } from "../base/durations";
import { Failure } from "../base/refusal";
import type { Logger } from "../base/log";
import type { PoolerMode } from "../config/config";
import { type Db, makeDb, poolOf } from "./db";
import { explainConnectFailure } from "./explain-connect-failure";
import { refuseLossyPool } from "./refuse-lossy-pool";
import { trackOutages } from "./track-outages";

export interface DatabaseOptions {
  url: string;
  entities: MixedList<EntityTarget<ObjectLiteral>>;
  connectionsMax: number;
  statementTimeoutMs: number;
  /** "transaction": connections are shared between transactions, so nothing may be kept in a session. */
  pooler?: PoolerMode;
  /** For the lines about outages; without it nothing is logged. */
  log?: Logger;
}

/** A statement that gets no answer at all, because the network lost it, is given up this much after its time. */
const SILENCE_MS = 5 * SECOND;

const APPLICATION = "latchkey";
const ADVICE = "Check DATABASE_URL.";
const CONNECT_MS_MAX = 5 * SECOND;
// Checks that arrive together share a statement, and two such statements are under way at the most.
const RESERVED_OF_MANY = 2;
const MANY_CONNECTIONS = 6;

/**
 * Opens the pools that requests use: one for everything, and a few connections beside it that are kept free for access
 * checks. It never changes the schema: see run-migrations.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Db> {
  const reserved = options.connectionsMax < MANY_CONNECTIONS ? 1 : RESERVED_OF_MANY;
  const isPooled = options.pooler === "transaction";
  const limits = {
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.statementTimeoutMs * 2,
  };
  const pooled = {
    ...(isPooled ? {} : limits),
    // A request learns that there is no connection before it is given up itself.
    connectionTimeoutMillis: Math.min(CONNECT_MS_MAX, options.statementTimeoutMs / 4),
    query_timeout: options.statementTimeoutMs + SILENCE_MS,
    keepAlive: true,
  };
  const source = new DataSource({
    type: "postgres",
    url: options.url,
    entities: options.entities as MixedList<string>,
    synchronize: false,
    logging: false,
    installExtensions: false,
    applicationName: APPLICATION,
    extra: { ...pooled, max: Math.max(1, options.connectionsMax - reserved) },
  });
  try {
    await source.initialize();
  } catch (cause) {
    throw explainConnectFailure(cause, ADVICE);
  }
  const reserve = new Pool({ ...pooled, connectionString: options.url, application_name: APPLICATION, max: reserved });
  // A connection that breaks while it is idle leaves the pool; the next read opens another.
  reserve.on("error", () => undefined);
  const db = makeDb(source, reserve, trackOutages(options.log), isPooled ? limits : null);
  if (isPooled) return db;
  try {
    await refuseLossyPool(poolOf(source), options.url);
    return db;
  } catch (error) {
    await source.destroy();
    throw error instanceof Failure ? error : explainConnectFailure(error, ADVICE);
  }
}
