import { type DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type Repository } from "typeorm";
import type { Pool } from "pg";
import { Bug, Unavailable } from "../base/refusal";
import { guardDriver, readFailure, type SessionLimits } from "./guard-driver";
import { type Outages } from "./track-outages";

/** Ordinary queries go through `repository`, the few hot or set-based ones through `rows`, written by hand. */
export interface Reader {
  /** @param text SQL that starts with its own name in a comment: `/* users.byExternalId *\/ select …`. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  repository<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>): Repository<Entity>;
}

declare const insideTransaction: unique symbol;

/** A reader inside a transaction. The brand keeps `db` itself from being passed where a transaction is needed. */
export interface Tx extends Reader {
  readonly [insideTransaction]: true;
}

export interface Db extends Reader {
  /**
   * A prepared statement on any free connection: for hot reads. The name must be unique to its text. Behind a pooler that
   * loses named statements it is an ordinary one.
   */
  prepared<Row>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
  /**
   * The same for the reads behind access checks: while all other connections are busy, these use connections that are
   * kept free for them.
   */
  urgent<Row>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs the work in one transaction, and again from the start when PostgreSQL asks for it (serialization failure,
   * deadlock). So the work must do nothing but read and write through `tx`.
   */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** How the connections of this process are used at the moment. */
  pools(): PoolUse[];
  readonly source: DataSource;
  /** Outages of this database, as this process sees them. */
  readonly outages: Outages;
}

/** A pool of connections: `main` for everything, `checks` for urgent reads while the other is busy. */
export interface PoolUse {
  pool: "main" | "checks";
  open: number;
  idle: number;
  /** Statements and transactions that wait for a connection. */
  waiting: number;
  max: number;
}

const ATTEMPTS_MAX = 5;
const TRY_AGAIN = new Set(["40001", "40P01"]);

/** Whether PostgreSQL gave up a statement only because of others that ran at the same time. */
export function isConflict(error: unknown): boolean {
  return TRY_AGAIN.has(sqlState(error) ?? "");
}

/**
 * @param reserve connections that nothing but urgent reads may use.
 * @param limits set in each transaction, where a pooler shares connections between transactions; null: they stand in the
 * session, which also keeps named statements.
 */
export function makeDb(source: DataSource, reserve: Pool, outages: Outages, limits: SessionLimits | null = null): Db {
  const pool = poolOf(source);
  outages.addProbe(() => pool.query("/* db.probe */ select 1").then(() => true));
  guardDriver(source, outages, limits);
  const close = source.destroy.bind(source);
  source.destroy = async () => {
    outages.close();
    await Promise.all([close(), reserve.end()]);
  };
  const prepared = async <Row>(on: Pool, name: string, text: string, values: readonly unknown[]) => {
    try {
      return (await on.query({ ...(limits ? {} : { name }), text, values: [...values] })).rows as Row[];
    } catch (error) {
      throw readFailure(error, outages);
    }
  };
  return {
    source,
    outages,
    rows: (text, values) => source.query(text, values ? [...values] : []),
    repository: (entity) => source.getRepository(entity),
    prepared: (name, text, values) => prepared(pool, name, text, values),
    urgent: (name, text, values) => prepared(isBusy(pool) ? reserve : pool, name, text, values),
    pools: () => [useOf("main", pool), useOf("checks", reserve)],
    transaction: (work) => repeat(() => source.transaction((manager) => work(makeTx(manager)))),
  };
}

function makeTx(manager: EntityManager): Tx {
  const reader: Reader = {
    rows: (text, values) => manager.query(text, values ? [...values] : []),
    repository: (entity) => manager.getRepository(entity),
  };
  return reader as Tx;
}

async function repeat<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt === ATTEMPTS_MAX) throw new Unavailable({ say: "Too many writers at the same time.", cause: error });
    }
  }
}

/** The SQLSTATE of an error of the driver, also when TypeORM wrapped it. */
export function sqlState(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  return typeof state === "string" ? state : undefined;
}

/** Which unique constraint a write ran into, if that is what happened. */
export function brokenConstraint(error: unknown): string | undefined {
  if (sqlState(error) !== "23505") return undefined;
  const { constraint, driverError } = error as { constraint?: string; driverError?: { constraint?: string } };
  return driverError?.constraint ?? constraint;
}

function useOf(name: PoolUse["pool"], { totalCount, idleCount, waitingCount, options }: Pool): PoolUse {
  return { pool: name, open: totalCount, idle: idleCount, waiting: waitingCount, max: options.max };
}

/** Whether a query would have to wait for a connection. */
function isBusy(pool: Pool): boolean {
  return pool.waitingCount > 0 || (pool.idleCount === 0 && pool.totalCount >= pool.options.max);
}

export function poolOf(source: DataSource): Pool {
  const { master } = source.driver as unknown as { master?: Pool };
  if (!master) throw new Bug("the data source was not opened");
  return master;
}
