import type { Clock } from "../../../src/base/clock";
import { freePort } from "../../kit/free-port";
import { WAITING } from "../../kit/server-process";
import { startLatchkeyOn } from "../../kit/start-latchkey";
import { testClock } from "../../kit/test-clock";
import { createTestDatabase } from "../../kit/test-database";
import { until } from "../../kit/until";
import type { ServerInStory } from "./server-in-story";

const NEVER_MS = 3_600_000;
const BUSY = /JOB_RUNNING/;

/** Latchkey in the process of the test: it does not die, and asks Stripe about nothing by itself. */
export async function openServerHere(clock: Clock, apiBase: string): Promise<ServerInStory> {
  const database = await createTestDatabase();
  const port = await freePort();
  const latchkey = await startLatchkeyOn(database, {
    clock: { ...testClock(), now: () => clock.now() },
    background: { reconcilesByItself: false, clockEveryMs: NEVER_MS },
    env: {
      PORT: String(port),
      LATCHKEY_PUBLIC_URL: `http://127.0.0.1:${port}`,
      STRIPE_API_BASE: apiBase,
      LATCHKEY_STRIPE_REQUESTS_PER_SECOND: "50000",
    },
  });
  const rows = <Row>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    latchkey.server.deps.db.rows<Row & object>(sql, values);

  const idle = async (): Promise<void> => {
    const read = async () => (await rows<Record<"inbox" | "jobs" | "plans", number>>(WAITING))[0];
    const isAtRest = (left: Awaited<ReturnType<typeof read>>) => !!left && left.inbox + left.jobs + left.plans === 0;
    const waiting = await until(read, isAtRest);
    if (!isAtRest(waiting)) throw new Error(`Latchkey does not come to rest: ${JSON.stringify(waiting)}`);
  };

  const ask = async <Data>(query: string, variables: Record<string, unknown>): Promise<Data> => {
    for (;;) {
      const { data, errors, text } = await latchkey.ask(query, variables);
      if (!errors && data) return data as Data;
      if (!BUSY.test(text)) throw new Error(`Latchkey refused ${query} ${JSON.stringify(variables)}: ${text}`);
      await idle();
    }
  };

  return {
    url: latchkey.url,
    kills: 0,
    kill: () => Promise.reject(new Error("this one does not die")),
    ensure: () => Promise.resolve(),
    idle,
    ask,
    rows,
    said: () => latchkey.logged.join(""),
    close: async () => {
      await latchkey.stop();
      await database.drop();
    },
  };
}
