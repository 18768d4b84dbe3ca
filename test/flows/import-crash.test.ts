import { beginUpload } from "../kit/import-list";
import { isLong, testLong } from "../kit/is-long";
import { openReplicas, type Replicas } from "../kit/open-replicas";
import { until } from "../kit/operations";
import { BOOTSTRAP_KEY, type ServerProcess } from "../kit/server-process";

// Real processes that end in the middle of a list, and two of them at once with the same people.

let replicas: Replicas;

beforeEach(async () => {
  replicas = await openReplicas();
});
afterEach(() => replicas.stop());

const PRODUCT = `mutation { createProduct(input: { key: "pro", name: "Pro", status: LIVE }) { id } }`;
const JOB = "query ($id: ID!) { job(id: $id) { status error total done created updated skipped failed } }";

interface Job {
  status: string;
  error: string | null;
  total: number | null;
  done: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
}

const readJob = async (server: ServerProcess, id: string) =>
  (await replicas.get<{ job: Job }>(server, JOB, { id })).job;
const isOver = ({ status }: Job) => status !== "QUEUED" && status !== "RUNNING";

/** What became of it all; whatever was written twice would show here. */
async function count() {
  const [row] = (
    await replicas.db.query<Record<string, number>>(`select
      (select count(*)::int from users) as users, (select count(distinct email_key)::int from users) as addresses,
      (select count(*)::int from grants) as grants,
      (select count(*)::int from activities where type = 'USER_IMPORTED') as imported,
      (select count(*)::int from activities where type = 'ACCESS_GRANTED') as granted,
      (select count(*)::int from activities where type = 'USER_UPDATED') as updated`)
  ).rows;
  return row;
}

/** Nobody waits for the fifteen seconds after which a silent one has lost its job. */
const forgetClaims = () => replicas.db.query("update jobs set claimed_until = now() where claimed_until is not null");

const ROWS = isLong ? 7_500 : 2_500;
const listOf = (rows: readonly number[]) =>
  `external id,email,name,products\n${rows.map((row) => `p${row},p${row}@example.com,"Person, ${row}",pro`).join("\n")}`;
const upward = Array.from({ length: ROWS }, (_, row) => row);

test("a process that is killed again and again in the middle of a list leaves each person once, and no page half", async () => {
  const first = await replicas.open();
  await replicas.get(first, PRODUCT);
  const job = await beginUpload(first.url, BOOTSTRAP_KEY, listOf(upward));
  let server = first;
  for (const part of isLong ? [0.1, 0.5] : [0.3]) {
    await until(
      () => readJob(server, job),
      ({ done }) => done >= ROWS * part,
    );
    await server.kill();
    const seen = await count();
    expect(seen?.["users"]).toBeGreaterThan(0);
    expect([seen?.["imported"], seen?.["granted"], seen?.["grants"]]).toEqual(Array(3).fill(seen?.["users"]));
    await forgetClaims();
    server = await replicas.open();
  }
  const end = await until(() => readJob(server, job), isOver);
  expect(end).toEqual({
    status: "SUCCEEDED",
    error: null,
    total: ROWS,
    done: ROWS,
    created: ROWS,
    updated: 0,
    skipped: 0,
    failed: 0,
  });
  const all = { users: ROWS, addresses: ROWS, grants: ROWS, imported: ROWS, granted: ROWS, updated: 0 };
  expect(await count()).toEqual(all);
  const again = await beginUpload(server.url, BOOTSTRAP_KEY, listOf(upward));
  expect(await until(() => readJob(server, again), isOver)).toMatchObject({
    created: 0,
    updated: 0,
    skipped: ROWS,
  });
  expect(await count()).toEqual(all);
});

testLong("two lists with the same people in opposite orders, in two processes, make each of them once", async () => {
  const [one, other] = [await replicas.open(), await replicas.open()];
  await replicas.get(one, PRODUCT);
  const jobs = await Promise.all([
    beginUpload(one.url, BOOTSTRAP_KEY, listOf(upward)),
    beginUpload(other.url, BOOTSTRAP_KEY, listOf(upward.toReversed())),
  ]);
  const ends = await Promise.all(jobs.map((id) => until(() => readJob(one, id), isOver)));
  for (const end of ends) expect(end).toMatchObject({ status: "SUCCEEDED", done: ROWS, updated: 0, failed: 0 });
  expect(ends.reduce((sum, { created }) => sum + created, 0)).toBe(ROWS);
  expect(ends.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(ROWS);
  expect(await count()).toEqual({
    users: ROWS,
    addresses: ROWS,
    grants: ROWS,
    imported: ROWS,
    granted: ROWS,
    updated: 0,
  });
});
