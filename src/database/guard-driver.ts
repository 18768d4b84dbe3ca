import { type DataSource, QueryFailedError, type QueryRunner } from "typeorm";
import { Failure, Unavailable } from "../base/refusal";
import { isLostStatement } from "./is-lost-statement";
import { isOutage } from "./is-outage";
import type { Outages } from "./track-outages";

/** Limits of time for statements, in milliseconds, by PostgreSQL's names. */
export type SessionLimits = Readonly<Record<string, number>>;

/** The method with which TypeORM's runner for PostgreSQL lets go of a connection; after an error it is not used again. */
interface PostgresRunner extends QueryRunner {
  releasePostgresConnection(error?: unknown): Promise<void>;
}

/**
 * Makes every failure of the connection an Outage, at the one place through which all statements of TypeORM go:
 * repositories, transactions and handwritten SQL. Errors about the statement itself are left as they are.
 */
export function guardDriver({ driver }: DataSource, outages: Outages, limits: SessionLimits | null): void {
  const create = driver.createQueryRunner.bind(driver);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver is PostgreSQL's
  driver.createQueryRunner = (mode) => guardRunner(create(mode) as PostgresRunner, outages, limits);
}

function guardRunner(runner: PostgresRunner, outages: Outages, limits: SessionLimits | null): QueryRunner {
  const [connect, query] = [runner.connect.bind(runner), runner.query.bind(runner)];
  const release = runner.releasePostgresConnection.bind(runner);
  let brokenBy: unknown;
  runner.releasePostgresConnection = (error) => {
    brokenBy ??= error;
    return release(error);
  };
  runner.connect = async () => {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-return -- pg's client, as TypeORM types it
      return await connect();
    } catch (error) {
      throw outages.failed(error);
    }
  };
  runner.query = async (text: string, values?: unknown[], structured?: boolean) => {
    try {
      return await query(limits ? withLimits(text, limits) : text, values, structured as true);
    } catch (error) {
      if (error instanceof Failure) throw error;
      // The connection broke between two statements of a transaction, and TypeORM has released the runner.
      if (brokenBy !== undefined) throw outages.failed(brokenBy);
      const failure = readFailure(error, outages);
      // An answer to a statement that was given up may still come: nobody else may get this connection.
      if (failure instanceof Unavailable) await runner.releasePostgresConnection(error);
      throw failure;
    }
  };
  return runner;
}

/** A transaction begins with its limits, in the same message to PostgreSQL. They end with it. */
function withLimits(text: string, limits: SessionLimits): string {
  if (text !== "START TRANSACTION") return text;
  return [text, ...Object.entries(limits).map(([name, ms]) => `set local ${name} = ${ms}`)].join("; ");
}

/** The error that callers get: an Outage, another Unavailable, or the error itself. */
export function readFailure(error: unknown, outages: Outages): unknown {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (isOutage(cause)) return outages.failed(cause);
  if (isLostStatement(cause)) {
    return new Unavailable({ say: "The database's pooler has lost a prepared statement.", cause: error });
  }
  if ((cause as { code?: unknown } | null)?.code !== STATEMENT_TIMEOUT) return error;
  return new Unavailable({ say: "The database took too long.", cause: error });
}

const STATEMENT_TIMEOUT = "57014";
