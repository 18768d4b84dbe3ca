import { readPublicIdOf } from "../../src/base/ids";
import { type ExportJob } from "../kit/fetch-export";
import { openReplicas, type Replicas } from "../kit/open-replicas";
import { until } from "../kit/operations";
import { readCsvText } from "../kit/read-csv-text";
import type { ServerProcess } from "../kit/server-process";
import { testLong } from "../kit/is-long";

// Real processes on one database, with more users than a page has.

let replicas: Replicas;

beforeEach(async () => {
  replicas = await openReplicas();
});
afterEach(() => replicas.stop());

const JOB = "query ($id: ID!) { job(id: $id) { id status total done error resultUrl finishedAt } }";
const jobOf = async (server: ServerProcess, id: string) =>
  (await replicas.get<{ job: ExportJob }>(server, JOB, { id })).job;

const SECOND_PIECE_WAITS = `
  create function wait_for_test() returns trigger language plpgsql as $$ begin
    if new.starts_at > 0 then perform pg_advisory_xact_lock_shared(42); end if;
    return new;
  end $$;
  create trigger wait_for_test before insert on job_file_pieces for each row execute function wait_for_test()`;

/** Users as an import would have left them, each a second older than the next. */
const insertUsers = (count: number, from = 0) =>
  replicas.db.query(
    `insert into users (id, external_id, email, email_key, email_verified_test, name, metadata, created_at, updated_at)
     select ('019aaaaa-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'u-' || n, 'u-' || n || '@example.com',
       'u-' || n || '@example.com', true, 'User number ' || n, jsonb_build_object('note', repeat('x', 100)),
       now() - n * interval '1 second', now()
     from generate_series($1::int, $2::int) n`,
    [from + 1, from + count],
  );
const rowsOf = (text: string) => readCsvText(text.replace(/^\uFEFF/, ""));

testLong(
  "CH-X28: an export whose server is killed in the middle of a page goes on elsewhere, and no row is there twice or missing",
  async () => {
    const COUNT = 6_000;
    const first = await replicas.open();
    await insertUsers(COUNT);
    await replicas.db.query(SECOND_PIECE_WAITS);
    await replicas.db.query("select pg_advisory_lock(42)");
    const { exportUsers } = await replicas.get<{ exportUsers: { id: string } }>(
      first,
      "mutation { exportUsers { id } }",
    );
    const uuid = readPublicIdOf("job", exportUsers.id);
    // A page is in, and the next one is being written: then the power is gone.
    const stuck = () =>
      replicas.db.query(
        "select 1 from pg_stat_activity where query like '/* jobFiles.append%' and wait_event_type = 'Lock'",
      );
    expect((await until(stuck, ({ rowCount }) => rowCount === 1)).rowCount).toBe(1);
    await first.kill();
    await replicas.db.query("select pg_advisory_unlock(42)");
    const { rows: jobs } = await replicas.db.query("select done, status from jobs where id = $1", [uuid]);
    expect(jobs).toEqual([{ done: 500, status: "RUNNING" }]);

    // People come and go meanwhile: who is new is left out, who was there and has no page yet is left out when removed.
    await insertUsers(5, COUNT);
    await replicas.db.query("update users set deleted_at = now() where external_id = 'u-1'");
    // As if the claim of the one who is gone had run out.
    await replicas.db.query("update jobs set claimed_until = now() - interval '1 second' where id = $1", [uuid]);
    const second = await replicas.open();
    const done = await until(
      () => jobOf(second, exportUsers.id),
      ({ finishedAt }) => finishedAt !== null,
    );
    expect(done).toMatchObject({ status: "SUCCEEDED", error: null });
    const text = await (await fetch(done.resultUrl ?? "")).text();
    const [header, ...rows] = rowsOf(text);
    expect(header?.slice(0, 2)).toEqual(["id", "externalId"]);
    const ids = rows.map((row) => Number(row[1]?.slice(2)));
    const expected = Array.from({ length: COUNT }, (_, index) => COUNT - index).filter((n) => n !== 1);
    expect(ids).toEqual(expected);
    expect(done).toMatchObject({ total: rows.length, done: rows.length });
    // What a server holds of it is a piece, however many there are.
    const sizes = await replicas.db.query<{ size: number }>(
      "select octet_length(piece) as size from job_file_pieces order by starts_at",
    );
    expect(sizes.rows.length).toBeGreaterThan(2);
    for (const { size } of sizes.rows) expect(size).toBeLessThan(1_300_000);
  },
);

test("two servers share the pages of an export, and of several exports, and each file is whole", async () => {
  const COUNT = 3_000;
  const [first, second] = [await replicas.open(), await replicas.open()];
  await insertUsers(COUNT);
  const begun = await Promise.all(
    [first, second, first].map((server) =>
      replicas.get<{ job: { id: string } }>(server, 'mutation { job: exportUsers(format: "JSONL") { id } }'),
    ),
  );
  for (const { job } of begun) {
    const done = await until(
      () => jobOf(second, job.id),
      ({ finishedAt }) => finishedAt !== null,
    );
    expect(done).toMatchObject({ status: "SUCCEEDED", total: COUNT, done: COUNT });
    const lines = (await (await fetch(done.resultUrl ?? "")).text()).trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { externalId: string }).externalId)).toEqual(
      Array.from({ length: COUNT }, (_, index) => `u-${COUNT - index}`),
    );
  }
});
