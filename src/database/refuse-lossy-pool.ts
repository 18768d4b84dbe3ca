import type { Pool } from "pg";
import { Unavailable } from "../base/refusal";
import { processOf, tryPool } from "./try-pool";

export const POOLER_ADVICE =
  "Set LATCHKEY_DATABASE_POOLER=transaction, and LATCHKEY_DATABASE_LISTEN_URL to an address of PostgreSQL itself.";

/**
 * Stops a start behind a pooler that gives each transaction another session. Access checks would fail there or run
 * another statement, and the lock of migrations would stay behind.
 */
export async function refuseLossyPool(pool: Pool, url: string, advice = POOLER_ADVICE): Promise<void> {
  if (await isPostgres(pool)) return;
  const { losesStatements } = await tryPool(url);
  if (!losesStatements) return;
  throw new Unavailable({ say: `The pooler before the database does not keep named statements. ${advice}` });
}

async function isPostgres(pool: Pool): Promise<boolean> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ pid: number }>("/* pool.process */ select pg_backend_pid() as pid");
    return rows[0]?.pid === processOf(client);
  } finally {
    client.release();
  }
}
