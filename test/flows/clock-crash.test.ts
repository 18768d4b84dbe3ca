import { Client } from "pg";
import { openReplicas, type Replicas } from "../kit/open-replicas";
import { until } from "../kit/operations";

// Real processes, for what dies in the middle of a sweep dies with its connection.

const DAY_MS = 86_400_000;
const PEOPLE = 12;
let replicas: Replicas;
let writer: Client;

beforeEach(async () => {
  replicas = await openReplicas();
  writer = new Client({ connectionString: replicas.database.url });
  await writer.connect();
});
afterEach(async () => {
  await writer.end();
  await replicas.stop();
});

const rows = async <Row>(sql: string): Promise<Row[]> => (await replicas.db.query(sql)).rows as Row[];

test("whoever is killed in the middle of a sweep leaves nothing half told: another one tells all of it, once", async () => {
  const first = await replicas.open();
  await replicas.get(first, `mutation { createProduct(input: { key: "pro", name: "Pro" }) { id } }`);
  const endsAt = new Date(replicas.clock.now().getTime() + DAY_MS).toISOString();
  for (let place = 0; place < PEOPLE; place++) {
    const user = await replicas.get<{ createUser: { id: string } }>(first, `mutation { createUser(input: {}) { id } }`);
    const input = { user: user.createUser.id, product: "pro", endsAt, note: "a test" };
    await replicas.get(first, `mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }`, {
      input,
    });
  }
  // Whoever sweeps waits for a person who is being written, with the row of the sweep in hand.
  await writer.query("begin");
  await writer.query("select id from users order by id desc limit 1 for update");
  replicas.clock.moveTo(new Date(replicas.clock.now().getTime() + 2 * DAY_MS));
  const waiting = await until(
    () => rows(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%grants.lockUsers%'`),
    (found) => found.length > 0,
  );
  expect(waiting).not.toEqual([]);
  await first.kill();
  await writer.query("rollback");
  expect(await rows("select 1 from activities where type = 'ACCESS_ENDED'")).toEqual([]);

  await replicas.open();
  const told = () => rows<{ at: Date }>("select at from activities where type = 'ACCESS_ENDED'");
  const lines = await until(told, (found) => found.length >= PEOPLE);
  expect(lines.map(({ at }) => at.toISOString())).toEqual(Array.from({ length: PEOPLE }, () => endsAt));
  expect(await rows("select 1 from notices where type = 'ACCESS_ENDED'")).toHaveLength(PEOPLE);
});
