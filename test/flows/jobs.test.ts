import { Client } from "pg";
import { systemClock } from "../../src/base/clock";
import { openLog } from "../../src/base/log";
import type { Mode } from "../../src/base/mode";
import { Refusal } from "../../src/base/refusal";
import { type OpenedDeps, openDeps } from "../../src/app/open-deps";
import { readConfig } from "../../src/config/read-config";
import type { JobEntity } from "../../src/work/job.entity";
import { cancelJob } from "../../src/work/cancel-job";
import { JOB_CHANGED, findJobsById } from "../../src/work/jobs.store";
import { openPaces } from "../../src/connections/open-paces";
import { type JobPage, type JobRunner, type JobRunners, runJobs } from "../../src/work/run-jobs";
import { startJob } from "../../src/work/start-job";
import { TEST_SECRETS } from "../kit/start-latchkey";
import { type TestDatabase, createTestDatabase } from "../kit/test-database";

// A job that counts to ten, two numbers on a page. What it writes is a line of the table `counted`.
const LAST = 10;

let database: TestDatabase;
let deps: OpenedDeps;
beforeEach(async () => {
  database = await createTestDatabase();
  const read = readConfig({ ...TEST_SECRETS, DATABASE_URL: database.url }, { localMode: false });
  if (!("config" in read)) throw new Error(JSON.stringify(read));
  deps = await openDeps({ config: read.config, databaseUrl: database.url, log: openLog("silent"), clock: systemClock });
  await deps.db.rows("create table counted (number integer not null)");
});
afterEach(async () => {
  await deps.close();
  await database.drop();
});

const jobDeps = () => ({ ...deps, paceOf: openPaces(deps) });

const counting =
  (before: (from: number) => void | Promise<void> = () => undefined): JobRunner =>
  async (_, job) => {
    const from = (job.cursor as { from: number } | null)?.from ?? 1;
    await before(from);
    return async (tx): Promise<JobPage> => {
      const numbers = [from, from + 1];
      await tx.rows("insert into counted select unnest($1::integer[])", [numbers]);
      const odd = { row: from, subject: `number ${from}`, code: "CONFLICT", message: "It is odd." };
      return {
        cursor: from + 2 > LAST ? null : { from: from + 2 },
        counts: { done: 2, created: 1, updated: 0, skipped: 0, failed: 1 },
        problems: [odd],
      };
    };
  };

const begin = (subject = "counting", mode: Mode = "TEST"): Promise<JobEntity> =>
  deps.db.transaction((tx) =>
    startJob(tx, deps, {
      kind: "REPLAY",
      mode,
      subject,
      connectionId: null,
      input: {},
      dryRun: false,
      createdBy: "test",
    }),
  );
const found = async (job: JobEntity) => (await findJobsById(deps.db, job.mode, [job.id]))[0];
const counted = async () =>
  (await deps.db.rows<{ number: number }>("select number from counted order by 1")).map(({ number }) => number);
const problems = () => deps.db.rows<{ row: number }>("select row from job_problems order by row");
/** Leases and pauses go by the clock of the database; here they are over. */
const skipPauses = () =>
  deps.db.rows("update jobs set next_try_at = now(), claimed_until = now() - interval '1 second'");
const runAll = async (runners: JobRunners) => {
  while (await runJobs(jobDeps(), runners));
};
const numbers = Array.from({ length: LAST }, (_, index) => index + 1);

test("a job is done page by page; its counts, its problems and what it wrote agree", async () => {
  const job = await begin();
  await runAll({ REPLAY: counting() });
  expect(await found(job)).toMatchObject({
    status: "SUCCEEDED",
    total: 10,
    done: 10,
    created: 5,
    updated: 0,
    skipped: 0,
    failed: 5,
    error: null,
    finishedAt: expect.any(Date),
  });
  expect(await counted()).toEqual(numbers);
  expect((await problems()).map(({ row }) => row)).toEqual([1, 3, 5, 7, 9]);
});

test("after a crash the work goes on at the page that was not written, and no page is in twice", async () => {
  const job = await begin();
  const runners = { REPLAY: counting() };
  await runJobs(jobDeps(), runners);
  // Whoever works on the second page never comes back.
  let letGo = () => undefined as void;
  const stuck = runJobs(jobDeps(), { REPLAY: counting(() => new Promise((go) => (letGo = go))) });
  while ((await found(job))?.claim === null) await new Promise((turn) => setTimeout(turn, 5));
  expect(await runJobs(jobDeps(), runners)).toBe(false);
  await skipPauses();
  await runAll(runners);
  expect(await counted()).toEqual(numbers);
  letGo();
  await stuck;
  expect(await counted()).toEqual(numbers);
  expect(await found(job)).toMatchObject({ status: "SUCCEEDED", done: 10, created: 5, failed: 5 });
});

test("two replicas share the work, and each page is done once", async () => {
  const jobs = await Promise.all(["one", "two", "three"].map((subject) => begin(subject)));
  const runners = { REPLAY: counting(() => new Promise((go) => setTimeout(go, 1))) };
  await Promise.all([runAll(runners), runAll(runners), runAll(runners), runAll(runners)]);
  await runAll(runners);
  const rows = await Promise.all(jobs.map(found));
  expect(rows.map((row) => [row?.status, row?.done])).toEqual(jobs.map(() => ["SUCCEEDED", 10]));
  expect(await counted()).toEqual(numbers.flatMap((number) => [number, number, number]));
});

test("a page that fails is tried again after a pause, and the job goes on where it was", async () => {
  const job = await begin();
  let failures = 3;
  const runners = {
    REPLAY: counting((from) => {
      if (from === 5 && failures-- > 0) throw new TypeError("it broke for ada@example.com");
    }),
  };
  await runAll(runners);
  expect(await found(job)).toMatchObject({ status: "RUNNING", done: 4, attempts: 1, error: expect.any(String) });
  expect((await found(job))?.error).not.toContain("ada@example.com");
  for (let turn = 0; turn < 3; turn++) {
    await skipPauses();
    await runAll(runners);
  }
  expect(await found(job)).toMatchObject({ status: "SUCCEEDED", done: 10, error: null });
  expect(await counted()).toEqual(numbers);
});

test("after the last try a job has failed, says so, and keeps what it did", async () => {
  const job = await begin();
  const runners = {
    REPLAY: counting((from) => {
      if (from === 5) throw new TypeError("it broke");
    }),
  };
  for (let turn = 0; turn < 12; turn++) {
    await skipPauses();
    await runAll(runners);
  }
  expect(await found(job)).toMatchObject({ status: "FAILED", done: 4, total: null, finishedAt: expect.any(Date) });
  expect(await counted()).toEqual([1, 2, 3, 4]);
});

test("while Stripe does not answer a job waits, however long, and then goes on", async () => {
  const job = await begin();
  let away = 30;
  const runners = {
    REPLAY: counting((from) => {
      if (from === 3 && away-- > 0) throw new Refusal("STRIPE_UNAVAILABLE", { say: "Stripe does not answer." });
    }),
  };
  for (let turn = 0; turn < 30; turn++) {
    await skipPauses();
    await runAll(runners);
  }
  expect(await found(job)).toMatchObject({ status: "RUNNING", done: 2, attempts: 0, error: "Stripe does not answer." });
  await skipPauses();
  await runAll(runners);
  expect(await found(job)).toMatchObject({ status: "SUCCEEDED", done: 10 });
});

test("a refusal that asking again cannot change ends the job at once", async () => {
  const job = await begin();
  const runner = counting(() => {
    throw new Refusal("STRIPE_KEY_INVALID", { say: "Stripe does not accept this key." });
  });
  await runAll({ REPLAY: runner });
  expect(await found(job)).toMatchObject({ status: "FAILED", error: "Stripe does not accept this key." });
});

test("a job that is cancelled while a page is worked on ends after that page, with true counts", async () => {
  const job = await begin();
  const runners = {
    REPLAY: counting(async (from) => {
      if (from === 3) await cancelJob(deps, { mode: "TEST", id: job.id });
    }),
  };
  await runAll(runners);
  expect(await found(job)).toMatchObject({ status: "CANCELLED", done: 4, created: 2, finishedAt: expect.any(Date) });
  expect(await counted()).toEqual([1, 2, 3, 4]);
});

test("a job that is cancelled while its page fails is over at once, and not hours later", async () => {
  const job = await begin();
  const runners = {
    REPLAY: counting(async (from) => {
      if (from !== 3) return;
      await cancelJob(deps, { mode: "TEST", id: job.id });
      throw new TypeError("it broke");
    }),
  };
  await runAll(runners);
  expect(await found(job)).toMatchObject({ status: "CANCELLED", done: 2, error: null, finishedAt: expect.any(Date) });
  expect(await counted()).toEqual([1, 2]);
});

test("a job that waits for its next try is cancelled at once, and does not say any more what it waited for", async () => {
  const job = await begin();
  const away = counting((from) => {
    if (from === 3) throw new Refusal("STRIPE_UNAVAILABLE", { say: "Stripe does not answer." });
  });
  await runAll({ REPLAY: away });
  expect(await found(job)).toMatchObject({ status: "RUNNING", error: "Stripe does not answer." });
  const cancelled = await cancelJob(deps, { mode: "TEST", id: job.id });
  expect(cancelled).toMatchObject({ status: "CANCELLED", done: 2, error: null, finishedAt: expect.any(Date) });
  await skipPauses();
  await runAll({ REPLAY: counting() });
  expect(await counted()).toEqual([1, 2]);
});

test("a job whose last page is in when it is cancelled has succeeded", async () => {
  const job = await begin();
  const runners = {
    REPLAY: counting(async (from) => {
      if (from === 9) await cancelJob(deps, { mode: "TEST", id: job.id });
    }),
  };
  await runAll(runners);
  expect(await found(job)).toMatchObject({ status: "SUCCEEDED", done: 10 });
});

test("the total is unknown until a page tells it, never below what is done, and in the end what was done", async () => {
  const job = await begin();
  // What the runner thinks: nothing, then too little, nothing new, too much.
  const guesses = [undefined, 3, undefined, 50, undefined];
  const runner: JobRunner = async (...asked) => {
    const write = await counting()(...asked);
    const total = guesses.shift();
    return async (tx) => ({ ...(await write(tx)), ...(total === undefined ? {} : { total }) });
  };
  const seen: [number | null | undefined, number | undefined][] = [];
  while (await runJobs(jobDeps(), { REPLAY: runner })) {
    const row = await found(job);
    seen.push([row?.total, row?.done]);
  }
  expect(seen).toEqual([
    [null, 2],
    [4, 4],
    [6, 6],
    [50, 8],
    [10, 10],
  ]);
});

test("each step of a job is told to whoever listens, with its id", async () => {
  const listener = new Client({ connectionString: database.url });
  await listener.connect();
  const told: string[] = [];
  listener.on("notification", ({ payload }) => void told.push(payload ?? ""));
  await listener.query(`listen ${JOB_CHANGED}`);
  const count = async () => {
    await listener.query("select 1");
    return told.splice(0);
  };
  const job = await begin();
  const failing = counting((from) => {
    if (from === 5) throw new TypeError("it broke");
  });
  await runAll({ REPLAY: failing });
  // It began, two pages are in, and then it waits.
  expect(await count()).toEqual([job.id, job.id, job.id, job.id]);
  await cancelJob(deps, { mode: "TEST", id: job.id });
  expect(await count()).toEqual([job.id]);
  const refused = await begin("refused");
  await runAll({
    REPLAY: counting(() => {
      throw new Refusal("STRIPE_KEY_INVALID", { say: "Stripe does not accept this key." });
    }),
  });
  expect(await count()).toEqual([refused.id, refused.id]);
  await listener.end();
});

test("a replica leaves jobs alone that it does not know", async () => {
  const job = await begin();
  expect(await runJobs(jobDeps(), {})).toBe(false);
  expect(await runJobs(jobDeps(), { RECONCILIATION: counting() })).toBe(false);
  expect(await found(job)).toMatchObject({ status: "QUEUED" });
});
