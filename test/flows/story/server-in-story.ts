import { Client } from "pg";
import { askGraphql } from "../../kit/ask-graphql";
import { freePort } from "../../kit/free-port";
import {
  BOOTSTRAP_KEY,
  type FileClock,
  type ServerProcess,
  startServerProcess,
  WAITING,
} from "../../kit/server-process";
import { createTestDatabase } from "../../kit/test-database";
import type { Latchkey } from "./stage";
import { until } from "../../kit/until";

/** Latchkey as a process that dies and comes back, always at the same address and on the same database. */
export interface ServerInStory extends Latchkey {
  url: string;
  kills: number;
  kill(): Promise<void>;
  /** There is a server when this returns. */
  ensure(): Promise<void>;
  /** Nothing that was received waits, no job runs, and nothing is marked to be planned again. */
  idle(): Promise<void>;
  rows<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** What the last server wrote. */
  said(): string;
  close(): Promise<void>;
}

/** Another job of the same kind is under way: the owner of a shop waits, too. */
const BUSY = /JOB_RUNNING/;

/** With `onlyWebhooks` nothing is compared with Stripe unless the story asks for it. */
export async function openServer(
  clock: FileClock,
  apiBase: string,
  { onlyWebhooks }: { onlyWebhooks: boolean },
): Promise<ServerInStory> {
  const database = await createTestDatabase();
  const port = await freePort();
  const db = new Client({ connectionString: database.url });
  await db.connect();
  const begin = (): Promise<ServerProcess> =>
    startServerProcess({
      databaseUrl: database.url,
      clock,
      port,
      env: { STRIPE_API_BASE: apiBase, LOG_LEVEL: "info", TEST_ONLY_WEBHOOKS: onlyWebhooks ? "yes" : "no" },
    });
  let server = await begin();

  const rows = async <Row>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await db.query(sql, values)).rows as Row[];

  const ensure = async (): Promise<void> => {
    if (!server.isRunning()) server = await begin();
  };

  const idle = async (): Promise<void> => {
    await ensure();
    const read = async () => (await rows<Record<"inbox" | "jobs" | "plans", number>>(WAITING))[0];
    const isAtRest = (left: Awaited<ReturnType<typeof read>>) => !!left && left.inbox + left.jobs + left.plans === 0;
    const waiting = await until(read, isAtRest);
    if (!isAtRest(waiting))
      throw new Error(`Latchkey does not come to rest: ${JSON.stringify(waiting)}\n${server.said().slice(-4_000)}`);
  };

  const ask = async <Data>(query: string, variables: Record<string, unknown>): Promise<Data> => {
    await ensure();
    for (;;) {
      const { data, errors, text } = await askGraphql(
        `${server.url}/graphql`,
        { query, variables },
        { authorization: `Bearer ${BOOTSTRAP_KEY}` },
      );
      if (!errors && data) return data as Data;
      if (!BUSY.test(text)) throw new Error(`Latchkey refused ${query} ${JSON.stringify(variables)}: ${text}`);
      await idle();
    }
  };

  const self: ServerInStory = {
    url: server.url,
    kills: 0,
    kill: async () => {
      // Nobody dies twice.
      await ensure();
      self.kills++;
      await server.kill();
    },
    ensure,
    idle,
    ask,
    rows,
    said: () => server.said(),
    close: async () => {
      await server.kill();
      await db.end();
      await database.drop();
    },
  };
  return self;
}
