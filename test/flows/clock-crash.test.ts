import { Client } from "pg";
import { askGraphql } from "../kit/ask-graphql";
import { until } from "../kit/operations";
import {
  BOOTSTRAP_KEY,
  type FileClock,
  openFileClock,
  type ServerProcess,
  startServerProcess,
} from "../kit/server-process";
import { createTestDatabase, type TestDatabase } from "../kit/test-database";

// Real processes, for what dies in the middle of a sweep dies with its connection.

const DAY_MS = 86_400_000;
const PEOPLE = 12;
let database: TestDatabase;
let clock: FileClock;
let db: Client;
let writer: Client;
let servers: ServerProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  db = new Client({ connectionString: database.url });
  writer = new Client({ connectionString: database.url });
  await Promise.all([db.connect(), writer.connect()]);
  clock = openFileClock(new Date("2026-11-02T10:00:00.000Z"));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  clock.remove();
  await Promise.all([db.end(), writer.end()]);
  await database.drop();
});

const openServer = () => startServerProcess({ databaseUrl: database.url, clock });
const rows = async <Row>(sql: string): Promise<Row[]> => (await db.query(sql)).rows as Row[];

async function get<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
  const headers = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
  const { data, text } = await askGraphql(`${servers[0]?.url}/graphql`, { query, variables }, headers);
  if (!data) throw new Error(text);
  return data as Data;
}

test("whoever is killed in the middle of a sweep leaves nothing half told: another one tells all of it, once", async () => {
  servers = [await openServer(), await openServer()];
  await get(`mutation { createProduct(input: { key: "pro", name: "Pro" }) { id } }`);
  const endsAt = new Date(clock.now().getTime() + DAY_MS).toISOString();
  for (let place = 0; place < PEOPLE; place++) {
    const user = await get<{ createUser: { id: string } }>(`mutation { createUser(input: {}) { id } }`);
    const input = { user: user.createUser.id, product: "pro", endsAt, note: "a test" };
    await get(`mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }`, { input });
  }
  // Whoever sweeps waits for a person who is being written, with the row of the sweep in hand.
  await writer.query("begin");
  await writer.query("select id from users order by id desc limit 1 for update");
  clock.moveTo(new Date(clock.now().getTime() + 2 * DAY_MS));
  const waiting = await until(
    () => rows(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%grants.lockUsers%'`),
    (found) => found.length > 0,
    20_000,
  );
  expect(waiting).not.toEqual([]);
  await Promise.all(servers.map((server) => server.kill()));
  await writer.query("rollback");
  expect(await rows("select 1 from activities where type = 'ACCESS_ENDED'")).toEqual([]);

  servers = [await openServer(), await openServer()];
  const told = () => rows<{ at: Date }>("select at from activities where type = 'ACCESS_ENDED'");
  const lines = await until(told, (found) => found.length >= PEOPLE, 20_000);
  expect(lines.map(({ at }) => at.toISOString())).toEqual(Array.from({ length: PEOPLE }, () => endsAt));
  expect(await rows("select 1 from notices where type = 'ACCESS_ENDED'")).toHaveLength(PEOPLE);
}, 90_000);
