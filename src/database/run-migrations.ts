import { setTimeout as delay } from "node:timers/promises";
import { DataSource, type Logger as TypeOrmLogger, MigrationExecutor, type QueryRunner } from "typeorm";
import { type Logger, withoutSecrets } from "../base/log";
import { MINUTE, SECOND } from "../base/durations";
import { Failure, Outage, Unavailable } from "../base/refusal";
import { checkSchema, MIGRATIONS_TABLE, type MigrationClass } from "./check-schema";
import { poolOf } from "./db";
import { explainConnectFailure } from "./explain-connect-failure";
import { grantToRunRole } from "./grant-to-run-role";
import { isOutage } from "./is-outage";
import { refuseLossyPool } from "./refuse-lossy-pool";

export interface MigrationOptions {
  /** The role that owns the schema. Through a pooler, one that keeps the session: the lock belongs to it. */
  url: string;
  migrations: readonly MigrationClass[];
  log: Logger;
  /** The role that serves, when it is not the one in `url`. */
  runRole?: string;
}

/** The oldest PostgreSQL that we are tested with. */
export const OLDEST_SERVER = 15;
const ADVICE = "Check the URL and that the server runs.";
const POOLER_ADVICE =
  "Migrations need an address of PostgreSQL itself: in LATCHKEY_DATABASE_OWNER_URL, or in LATCHKEY_DATABASE_LISTEN_URL together with LATCHKEY_DATABASE_POOLER=transaction.";
const LOCK_TIMEOUT_MS = 10 * SECOND;
const TURN_MS_MAX = 10 * MINUTE;
/** Any number that nobody else locks. */
const TURN = 7_031_918_402;

/**
 * Brings the schema up to this build. Any number of processes may call it at once: one works, the others wait and find
 * nothing left to do. Each migration commits by itself, so a failure keeps those before it. The way is forward only.
 */
export async function runMigrations(options: MigrationOptions): Promise<{ applied: string[] }> {
  const source = await open(options);
  try {
    const runner = source.createQueryRunner();
    try {
      await refuseOldServer(runner);
      await takeTurn(runner, options.log);
      await refuseNewerSchema(runner, options.migrations);
      const applied = await migrate(source, runner, options);
      if (options.runRole !== undefined) await grantToRunRole(runner, options.runRole);
      return { applied };
    } finally {
      await runner.release();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const text = { say: `The database could not be migrated: ${reasonOf(error)}`, cause: error };
    throw isOutage(error) ? new Outage(text) : new Unavailable(text);
  } finally {
    // Ends the session, and with it the turn.
    await source.destroy();
  }
}

/** TypeORM prints failures to the console by itself. Ours are thrown, and logged by whoever started. */
const SILENT: TypeOrmLogger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

async function open({ url, migrations }: MigrationOptions): Promise<DataSource> {
  const source = new DataSource({
    type: "postgres",
    url,
    migrations: [...migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    installExtensions: false,
    logger: SILENT,
    applicationName: "latchkey migrate",
    extra: {
      // A second connection would not hold the turn.
      max: 1,
      connectionTimeoutMillis: 10 * SECOND,
      // A migration that waits for a busy table makes everybody queue behind it: rather give up and come again. The
      // migrations themselves may take as long as they need.
      lock_timeout: LOCK_TIMEOUT_MS,
      statement_timeout: 0,
    },
  });
  try {
    await source.initialize();
  } catch (cause) {
    throw explainConnectFailure(cause, ADVICE, POOLER_ADVICE);
  }
  try {
    await refuseLossyPool(poolOf(source), url, POOLER_ADVICE);
    return source;
  } catch (error) {
    await source.destroy();
    throw error instanceof Failure ? error : explainConnectFailure(error, ADVICE, POOLER_ADVICE);
  }
}

async function refuseOldServer(runner: QueryRunner): Promise<void> {
  const [server]: { number: number; version: string }[] = await runner.query(
    `/* migrations.serverVersion */ select current_setting('server_version_num')::int as number,
      current_setting('server_version') as version`,
  );
  if (!server || server.number >= OLDEST_SERVER * 10_000) return;
  throw new Unavailable({
    say:
      `The database is PostgreSQL ${server.version}; version ${OLDEST_SERVER} or newer is needed. ` +
      "Upgrade the server, or point DATABASE_URL at a newer one.",
  });
}

/** Asks again instead of waiting: a statement that waits keeps others from building an index concurrently. */
async function takeTurn(runner: QueryRunner, log: Logger): Promise<void> {
  const deadline = Date.now() + TURN_MS_MAX;
  for (let attempt = 0; Date.now() < deadline; attempt++) {
    const [turn]: { mine: boolean }[] = await runner.query(
      `/* migrations.takeTurn */ select pg_try_advisory_lock(${TURN}) as mine`,
    );
    if (turn?.mine) return;
    if (attempt === 0) log.info("another process is migrating the database; waiting for it");
    await delay(50);
  }
  throw new Unavailable({
    say: "Another process has been migrating the database for very long. Look at what it does before starting again.",
  });
}

async function refuseNewerSchema(runner: QueryRunner, migrations: readonly MigrationClass[]): Promise<void> {
  const db = { rows: async <Row>(text: string): Promise<Row[]> => runner.query(text) };
  const schema = await checkSchema({ db, migrations });
  if (schema.state === "NEWER") throw new Unavailable({ say: schema.advice, note: { unknown: schema.unknown } });
}

async function migrate(source: DataSource, runner: QueryRunner, { log }: MigrationOptions): Promise<string[]> {
  const executor = new MigrationExecutor(source, runner);
  executor.transaction = "each";
  try {
    const applied = (await executor.executePendingMigrations()).map(({ name }) => name);
    if (applied.length > 0) log.info({ applied }, "the database was migrated");
    return applied;
  } catch (cause) {
    if (isOutage(cause)) throw cause;
    throw await explainFailure(executor, cause);
  }
}

/** They run in order and each that succeeds is noted down, so the first one that is not noted is the one that failed. */
async function explainFailure(executor: MigrationExecutor, cause: unknown): Promise<Unavailable> {
  const [failed] = await executor.getPendingMigrations().catch(() => []);
  const name = failed?.name ?? "of unknown name";
  const kept =
    failed?.instance?.transaction === false
      ? "It does not run in a transaction, so parts of it may have stayed; it is written to be run again."
      : "Nothing of it was kept; the migrations before it were.";
  return new Unavailable({
    say:
      `The migration ${name} failed: ${reasonOf(cause)}. ${kept} Remove the reason and run \`latchkey migrate\` ` +
      "again; do not go back to an older build.",
    note: { migration: name },
    cause,
  });
}

function reasonOf(error: unknown): string {
  return withoutSecrets(error instanceof Error ? error.message : String(error));
}
