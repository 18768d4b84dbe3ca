import { Client } from "pg";
import { askGraphql } from "./ask-graphql";
import {
  BOOTSTRAP_KEY,
  type FileClock,
  openFileClock,
  type ServerProcess,
  type ServerProcessOptions,
  startServerProcess,
} from "./server-process";
import { createTestDatabase, type TestDatabase } from "./test-database";

/** Servers that are processes of their own, on one database and one clock. */
export interface Replicas {
  database: TestDatabase;
  clock: FileClock;
  /** A connection of the test's own. */
  db: Client;
  /** One more. The first brings the database up to date. */
  open(options?: Pick<ServerProcessOptions, "port" | "env">): Promise<ServerProcess>;
  /** Asks one of them as an administrator; what is refused is thrown. */
  get<Data>(server: ServerProcess, query: string, variables?: object): Promise<Data>;
  /** Also of servers that were killed. */
  stop(): Promise<void>;
}

export async function openReplicas(): Promise<Replicas> {
  const database = await createTestDatabase();
  const db = new Client({ connectionString: database.url });
  await db.connect();
  const clock = openFileClock(new Date("2026-11-02T10:00:00.000Z"));
  const servers: ServerProcess[] = [];
  return {
    database,
    clock,
    db,
    open: async (options = {}) => {
      const server = await startServerProcess({ databaseUrl: database.url, clock, ...options });
      servers.push(server);
      return server;
    },
    get: async ({ url }, query, variables = {}) => {
      const headers = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
      const asked = { query, variables: { ...variables } };
      const { data, errors, text } = await askGraphql(`${url}/graphql`, asked, headers);
      if (errors || !data) throw new Error(text);
      return data as never;
    },
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop()));
      clock.remove();
      await db.end();
      await database.drop();
    },
  };
}
