import { type DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type Repository } from "typeorm";
import type { Pool } from "pg";
import { Bug, Unavailable } from "../base/refusal";

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
  /** A prepared statement on any free connection: for hot reads. The name must be unique to its text. */
  prepared<Row>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs the work in one transaction, and again from the start when PostgreSQL asks for it (serialization failure,
   * deadlock). So the work must do nothing but read and write through `tx`.
   */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  readonly source: DataSource;
}

const ATTEMPTS_MAX = 5;
const TRY_AGAIN = new Set(["40001", "40P01"]);

export function makeDb(source: DataSource): Db {
  const pool = poolOf(source);
  return {
    source,
    rows: (text, values) => onFailure(() => source.query(text, values ? [...values] : [])),
    repository: (entity) => source.getRepository(entity),
    prepared: <Row>(name: string, text: string, values: readonly unknown[]) =>
      onFailure(async () => (await pool.query({ name, text, values: [...values] })).rows as Row[]),
    transaction: (work) => onFailure(() => repeat(() => source.transaction((manager) => work(makeTx(manager))))),
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
      if (attempt === ATTEMPTS_MAX || !TRY_AGAIN.has(sqlState(error) ?? "")) throw error;
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

// Connection refused, reset or timed out; the server is starting or stopping (57P0x), has no connection left (53300),
// or gave up on a statement after its time (57014).
const GONE = /^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|08\w{3}|57P0\d|53300|57014)$/;
const GONE_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Cannot use a pool after calling end/;

async function onFailure<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isGone(error)) throw new Unavailable({ say: "The database does not answer at the moment.", cause: error });
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return GONE.test(sqlState(error) ?? "") || (error instanceof Error && GONE_MESSAGES.test(error.message));
}

function poolOf(source: DataSource): Pool {
  const { master } = source.driver as unknown as { master?: Pool };
  if (!master) throw new Bug("the data source was not opened");
  return master;
}
