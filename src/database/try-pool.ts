import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { SECOND } from "../base/durations";
import { isLostStatement } from "./is-lost-statement";

/** The server behind a database address: PostgreSQL itself, or a pooler. */
export interface PoolTrial {
  /** False: PostgreSQL itself. */
  isPooler: boolean;
  /** REFUSED: a connection that limits its statements is not let in. IGNORED: it is let in, and has no limit. */
  parameters: "KEPT" | "IGNORED" | "REFUSED";
  /** A named statement is gone, or another session's, when it is used again. */
  losesStatements: boolean;
}

const TRIAL_MS_MAX = 5 * SECOND;
const LIMIT_MS = 60 * SECOND;

/** Tries what servers use: a start-up parameter, and a named statement twice. Connection errors are thrown. */
export async function tryPool(url: string): Promise<PoolTrial> {
  try {
    return await tryWith(url, LIMIT_MS);
  } catch (error) {
    if (!isRefusedParameter(error)) throw error;
    return { ...(await tryWith(url, undefined)), parameters: "REFUSED" };
  }
}

async function tryWith(url: string, limit: number | undefined): Promise<PoolTrial> {
  const clients = [0, 1].map(() => openClient(url, limit));
  const [one, other] = clients as [Client, Client];
  try {
    await one.connect();
    const asked = `/* pool.try */ select pg_backend_pid() as pid, current_setting('statement_timeout') <> '0' as "isLimited"`;
    const [seen] = (await one.query<{ pid: number; isLimited: boolean }>(asked)).rows;
    const isPooler = seen?.pid !== processOf(one);
    if (!isPooler) return { isPooler, parameters: "KEPT", losesStatements: false };
    await other.connect();
    const parameters = seen?.isLimited ? "KEPT" : "IGNORED";
    return { isPooler, parameters, losesStatements: await losesStatements(one, other) };
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  }
}

function openClient(url: string, limit: number | undefined): Client {
  const client = new Client({
    connectionString: url,
    application_name: "latchkey trial",
    connectionTimeoutMillis: TRIAL_MS_MAX,
    query_timeout: TRIAL_MS_MAX,
    ...(limit !== undefined && { statement_timeout: limit }),
  });
  client.on("error", () => undefined);
  return client;
}

/** A pooler gives its clients numbers of its own, so they are not those of PostgreSQL's processes. */
export function processOf(client: unknown): number | null {
  return (client as { processID?: number | null }).processID ?? null;
}

/**
 * In transaction mode two clients share a connection, so a statement of one is in the way of the other's. While the other
 * holds that connection in a transaction, the one gets another connection, where its statement is unknown.
 */
async function losesStatements(one: Client, other: Client): Promise<boolean> {
  const statement = { name: `latchkey_trial_${randomUUID()}`, text: "/* pool.tryNamed */ select $1::int" };
  const ask = (client: Client) => client.query({ ...statement, values: [1] });
  try {
    await ask(one);
    await ask(other);
    await other.query("begin");
    await ask(one);
    return false;
  } catch (error) {
    if (isLostStatement(error)) return true;
    throw error;
  }
}

export function isRefusedParameter(error: unknown): boolean {
  return /unsupported startup parameter/i.test((error as { message?: string } | null)?.message ?? "");
}
