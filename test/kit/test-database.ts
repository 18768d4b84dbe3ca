import { randomBytes } from "node:crypto";
import type { Client } from "pg";
import { DATA_DIR, POOLER, PREFIX, readTestSetting, SERVER_URL, templateOf, urlOf } from "./test-server";
import { until } from "./until";
import { asAdmin } from "./worker/as-admin";

export interface TestDatabase {
  url: string;
  /** Fails when connections are still open: who opened them would keep a server from stopping, too. */
  drop(): Promise<void>;
}

/** A database of one's own, with the schema of this build and no rows. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return create(templateOf(readTestSetting(PREFIX)));
}

/** For tests of migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return create("template1");
}

async function create(template: string): Promise<TestDatabase> {
  const name = `${readTestSetting(PREFIX)}_${randomBytes(6).toString("hex")}`;
  await asAdmin(readTestSetting(SERVER_URL), async (client) => {
    const created = await until(async () => {
      try {
        await client.query(`create database ${name} template ${template} ${strategy()}`);
        return true;
      } catch (error) {
        // The template is in use: the connection that migrated it, or a cleaner of the server, is about to leave.
        if (typeof error === "object" && error !== null && "code" in error && error.code === "55006") return false;
        throw error;
      }
    }, Boolean);
    if (!created) throw new Error(`the database ${template} stays in use and cannot be copied`);
  });
  return { url: urlOf(readTestSetting(SERVER_URL), name), drop: () => drop(name) };
}

/** Plain copies of files are faster, and slow down everybody else on a server that writes safely: only for our own. */
function strategy(): string {
  return process.env[DATA_DIR] ? "strategy file_copy" : "";
}

async function drop(name: string): Promise<void> {
  await asAdmin(readTestSetting(SERVER_URL), async (client) => {
    // The pooler of the run keeps connections for the next client, whoever that is.
    if (process.env[POOLER]) return void (await client.query(`drop database ${name} with (force)`));
    const leaked = await until(
      () => openConnections(client, name),
      (open) => open.length === 0,
    );
    await client.query(`drop database ${name} with (force)`);
    if (leaked.length > 0) {
      throw new Error(`${leaked.length} connections to the test database were left open:\n${leaked.join("\n")}`);
    }
  });
}

async function openConnections(client: Client, database: string): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    `select concat_ws(' ', application_name, state, 'last:', left(query, 120)) as who from pg_stat_activity
     where datname = $1 and backend_type = 'client backend' and pid <> pg_backend_pid()`,
    [database],
  );
  return rows.map(({ who }) => who);
}
