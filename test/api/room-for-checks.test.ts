import { Client } from "pg";
import { until } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

const env = { LATCHKEY_DATABASE_CONNECTIONS: "3", LATCHKEY_REQUEST_MS_MAX: "30000" };
let latchkey: Latchkey;
let outside: Client;
// Within a transaction PostgreSQL shows its sessions as they were at the first look, so another one looks.
let watcher: Client;

beforeAll(async () => {
  latchkey = await startLatchkey({ env });
  await latchkey.get(`mutation { createProduct(input: { key: "course", name: "Course", status: LIVE }) { id } }`);
  await latchkey.get(`mutation { createUser(input: { externalId: "ada" }) { id } }`);
  outside = new Client({ connectionString: latchkey.database.url });
  watcher = new Client({ connectionString: latchkey.database.url });
  await Promise.all([outside.connect(), watcher.connect()]);
});
afterAll(async () => {
  await Promise.all([outside.end(), watcher.end()]);
  await latchkey.stop();
});

const WAITING = `select count(*)::int as count from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query like '%activities%'`;

test("while every connection for other work is held, checks are answered, and what gets no connection is UNAVAILABLE", async () => {
  const [key, token] = [await latchkey.key("READ"), await latchkey.tokenOf("ada")];
  // A token's first use writes when its user was seen.
  await latchkey.get("{ me { id } }", {}, token);
  await outside.query("begin; lock table activities in access exclusive mode");
  const times = (count: number, query: string) => Array.from({ length: count }, () => latchkey.ask(query));
  const held = times(2, "{ activities { totalCount } }");
  await until(
    async () => (await watcher.query<{ count: number }>(WAITING)).rows[0]?.count,
    (count) => count === 2,
  );

  const waiting = times(6, "{ policy { pastDueGraceDays } }");
  const check = `query ($user: ID!) { access(product: "course", user: $user) { allowed reason } }`;
  const closed = { access: { allowed: false, reason: "NO_GRANT" } };
  // Neither key nor token has been looked at since.
  for (const credential of [key, token]) {
    const { data, errors } = await latchkey.ask(check, { user: "ada" }, credential);
    expect([data, errors]).toEqual([closed, undefined]);
  }
  expect((await fetch(`${latchkey.url}/health/ready`)).status).toBe(200);

  const codesOf = async (asked: typeof held) =>
    (await Promise.all(asked)).map(({ errors }) => errors?.[0]?.extensions.code ?? "ANSWERED");
  expect(await codesOf(waiting)).toEqual(waiting.map(() => "UNAVAILABLE"));
  await outside.query("rollback");
  expect(await codesOf(held)).toEqual(["ANSWERED", "ANSWERED"]);
  expect(latchkey.logged.filter((line) => line.includes("mistake of ours"))).toEqual([]);
});
