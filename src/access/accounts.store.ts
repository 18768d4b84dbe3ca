import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import type { Account } from "./hash-removal";

/** The Stripe accounts of these connections. */
export async function findAccounts(db: Reader, connectionIds: readonly string[]): Promise<Map<string, Account>> {
  const rows = await db.rows<Account & { id: string }>(
    `/* accounts.ofConnections */ select id, account, mode from stripe_connections where id = any($1::uuid[])`,
    [[...new Set(connectionIds)]],
  );
  return new Map(rows.map(({ id, account, mode }) => [id, { account, mode }]));
}

/** All accounts that were ever connected in a mode, by connection. */
export async function findAccountsOfMode(db: Reader, mode: Mode): Promise<Map<string, Account>> {
  const rows = await db.rows<Account & { id: string }>(
    `/* accounts.ofMode */ select id, account, mode from stripe_connections where mode = $1`,
    [mode],
  );
  return new Map(rows.map(({ id, account }) => [id, { account, mode }]));
}
