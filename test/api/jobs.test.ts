import { readFileSync } from "node:fs";
import path from "node:path";
import { toPublicId } from "../../src/base/ids";
import type { Mode } from "../../src/base/mode";
import type { JobEntity, JobKind } from "../../src/work/job.entity";
import { openPaces } from "../../src/connections/open-paces";
import { runJobs } from "../../src/work/run-jobs";
import { startJob } from "../../src/work/start-job";
import { send } from "../kit/ask-graphql";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
beforeEach(async () => {
  // Nobody takes a job away from a test.
  latchkey = await startLatchkey({ background: { runners: {} } });
});
afterEach(() => latchkey.stop());

const begin = (subject = "one", { kind = "USER_EXPORT", mode = "TEST" }: { kind?: JobKind; mode?: Mode } = {}) =>
  latchkey.server.deps.db.transaction((tx) =>
    startJob(tx, latchkey.server.deps, {
      kind,
      mode,
      subject,
      connectionId: null,
      input: {},
      dryRun: false,
      createdBy: "test",
    }),
  );
const idOf = (job: JobEntity) => toPublicId("job", job.id);
const fields = "id kind status dryRun total done created updated skipped failed error resultUrl createdAt finishedAt";
const one = `query ($id: ID!) { job(id: $id) { ${fields} } }`;
const cancel = `mutation ($id: ID!) { cancelJob(id: $id) { ${fields} } }`;

/** Does the job in one page, with so many problems. */
const finish = (problems: number) =>
  runJobs(
    { ...latchkey.server.deps, paceOf: openPaces(latchkey.server.deps) },
    {
      USER_EXPORT: () =>
        Promise.resolve(() =>
          Promise.resolve({
            cursor: null,
            counts: { done: 200, created: 100, updated: 30, skipped: 20, failed: problems },
            problems: Array.from({ length: problems }, (_, index) => ({
              row: index * 3 + 1,
              subject: `sub_${index}`,
              code: "NOT_FOUND",
              message: "It is nobody's.",
            })),
          }),
        ),
    },
  );

test("a job that waits, and the same job when it is over", async () => {
  const id = idOf(await begin());
  const counts = { done: 0, created: 0, updated: 0, skipped: 0, failed: 0, error: null, resultUrl: null };
  expect((await latchkey.get<{ job: unknown }>(one, { id })).job).toEqual({
    id,
    kind: "USER_EXPORT",
    status: "QUEUED",
    dryRun: false,
    total: null,
    ...counts,
    createdAt: latchkey.clock.now().toISOString(),
    finishedAt: null,
  });
  await finish(50);
  expect((await latchkey.get<{ job: unknown }>(one, { id })).job).toMatchObject({
    status: "SUCCEEDED",
    total: 200,
    done: 200,
    created: 100,
    updated: 30,
    skipped: 20,
    failed: 50,
    finishedAt: latchkey.clock.now().toISOString(),
  });
});

test("problems come page by page, in the order of the rows, below several jobs at once", async () => {
  for (const subject of ["one", "two"]) {
    await begin(subject);
    await finish(130);
  }
  const query = `query ($after: String) { jobs(kind: USER_EXPORT, first: 5) { totalCount nodes {
    problems(first: 100, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { row subject code message } }
  } } }`;
  interface Page {
    totalCount: number;
    pageInfo: { endCursor: string; hasNextPage: boolean };
    nodes: { row: number }[];
  }
  const read = async (after: string | null) => {
    const { jobs } = await latchkey.get<{ jobs: { nodes: { problems: Page }[] } }>(query, { after });
    return jobs.nodes.map((job) => job.problems);
  };
  const [first, other] = await read(null);
  expect(first).toEqual(other);
  expect(first).toMatchObject({ totalCount: 130, pageInfo: { hasNextPage: true } });
  expect(first?.nodes[1]).toEqual({ row: 4, subject: "sub_1", code: "NOT_FOUND", message: "It is nobody's." });
  const [second] = await read(first?.pageInfo.endCursor ?? "");
  expect(second?.nodes.map(({ row }) => row)).toEqual(Array.from({ length: 30 }, (_, index) => (index + 100) * 3 + 1));
});

test("of one kind and subject one job is open at a time, and the history is kept", async () => {
  const first = await begin();
  await expect(begin()).rejects.toMatchObject({ code: "JOB_RUNNING" });
  await begin("two");
  await begin("one", { kind: "ACTIVITY_EXPORT" });
  await begin("one", { mode: "LIVE" });
  await finish(0);
  const again = await begin();
  const { jobs } = await latchkey.get<{ jobs: { nodes: { id: string }[] } }>(
    "{ jobs(kind: USER_EXPORT) { nodes { id } } }",
  );
  expect(jobs.nodes.map(({ id }) => id)).toEqual(
    [again, expect.anything(), first].map((job) => (job.id ? idOf(job) : job)),
  );
});

test("a job that nobody works on is cancelled at once, and once more changes nothing", async () => {
  const id = idOf(await begin());
  for (const _ of [1, 2]) {
    expect((await latchkey.get<{ cancelJob: unknown }>(cancel, { id })).cancelJob).toMatchObject({
      status: "CANCELLED",
    });
  }
  expect(await finish(0)).toBe(false);
  await begin();
});

test("a job that is over cannot be cancelled, and one that does not exist is not found", async () => {
  const id = idOf(await begin());
  await finish(0);
  expect((await latchkey.refused(cancel, { id })).extensions.code).toBe("CONFLICT");
  for (const missing of ["job_00000000000000000000000000", "usr_00000000000000000000000000", "nonsense"]) {
    expect((await latchkey.refused(cancel, { id: missing })).extensions.code).toBe("NOT_FOUND");
    expect(await latchkey.get(one, { id: missing })).toEqual({ job: null });
  }
});

test("the other mode and people see nothing of it; a job is a node for server keys", async () => {
  const id = idOf(await begin());
  const query = "query ($id: ID!) { node(id: $id) { id } }";
  const user = await latchkey.get<{ createUser: { id: string } }>("mutation { createUser(input: {}) { id } }");
  expect(await latchkey.get(query, { id }, await latchkey.key("READ"))).toEqual({ node: { id } });
  expect(await latchkey.get(query, { id }, await latchkey.tokenOf(user.createUser.id))).toEqual({ node: null });
  const live = await latchkey.key("ADMIN", "LIVE");
  expect(await latchkey.get(query, { id }, live)).toEqual({ node: null });
  expect(await latchkey.get("{ jobs { totalCount } }", {}, live)).toEqual({ jobs: { totalCount: 0 } });
  expect((await latchkey.refused(cancel, { id }, live)).extensions.code).toBe("NOT_FOUND");
});

test("the history is read page by page, latest first, and stays as it is while new jobs come", async () => {
  const ids: string[] = [];
  for (const subject of ["a", "b", "c", "d", "e"]) {
    ids.unshift(idOf(await begin(subject)));
    latchkey.clock.moveBy(1_000);
  }
  interface Page {
    jobs: { totalCount: number; nodes: { id: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
  }
  const read = (after: string | null) =>
    latchkey.get<Page>(
      `query ($after: String) { jobs(first: 2, after: $after) {
        totalCount nodes { id } pageInfo { endCursor hasNextPage } } }`,
      { after },
    );
  const first = await read(null);
  await begin("late");
  const second = await read(first.jobs.pageInfo.endCursor);
  const third = await read(second.jobs.pageInfo.endCursor);
  expect([first, second, third].flatMap(({ jobs }) => jobs.nodes.map(({ id }) => id))).toEqual(ids);
  expect(third.jobs.pageInfo.hasNextPage).toBe(false);
});

test("a page of problems is followed by the next one also when more of them come in between", async () => {
  const id = idOf(await begin());
  let from = 1;
  const page = (isLast: boolean) =>
    runJobs(
      { ...latchkey.server.deps, paceOf: openPaces(latchkey.server.deps) },
      {
        USER_EXPORT: () =>
          Promise.resolve(() => {
            const rows = [from, from + 1, from + 2];
            from += 3;
            return Promise.resolve({
              cursor: isLast ? null : { from },
              counts: { done: 3, created: 0, updated: 0, skipped: 0, failed: 3 },
              problems: rows.map((row) => ({ row, subject: null, code: "NOT_FOUND", message: "It is nobody's." })),
            });
          }),
      },
    );
  interface Problems {
    job: { status: string; problems: { nodes: { row: number }[]; pageInfo: { endCursor: string } } };
  }
  const read = async (after: string | null) => {
    const query = `query ($id: ID!, $after: String) { job(id: $id) { status problems(first: 2, after: $after) {
      nodes { row } pageInfo { endCursor } } } }`;
    return (await latchkey.get<Problems>(query, { id, after })).job;
  };
  const seen: number[] = [];
  let after: string | null = null;
  for (const isLast of [false, false, true]) {
    await page(isLast);
    const { problems } = await read(after);
    after = problems.pageInfo.endCursor;
    seen.push(...problems.nodes.map(({ row }) => row));
  }
  const { status, problems } = await read(after);
  expect(status).toBe("SUCCEEDED");
  expect([...seen, ...problems.nodes.map(({ row }) => row)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a job of a kind that only a newer version knows is left out, and takes no other answer with it", async () => {
  const known = idOf(await begin());
  const row = await begin("new");
  await latchkey.server.deps.db.rows("update jobs set kind = 'TIME_TRAVEL' where id = $1", [row.id]);
  const id = idOf(row);
  expect(await latchkey.get("{ jobs { totalCount nodes { id } } }")).toEqual({
    jobs: { totalCount: 1, nodes: [{ id: known }] },
  });
  expect(await latchkey.get(one, { id })).toEqual({ job: null });
  expect((await latchkey.refused(cancel, { id })).extensions.code).toBe("NOT_FOUND");
});

test("operators see what is open, what stands still and what was given up, by kind", async () => {
  const { db } = latchkey.server.deps;
  const stuck = await begin("stuck");
  await begin("other", { kind: "REPLAY" });
  const failed = await begin("failed", { kind: "REPLAY" });
  await db.rows("update jobs set moved_at = now() - interval '1 hour' where id = $1", [stuck.id]);
  await db.rows("update jobs set status = 'FAILED', finished_at = now() where id = $1", [failed.id]);
  const headers = { authorization: `Bearer ${await latchkey.key("READ")}` };
  const read = async () => {
    const text = await (await fetch(`${latchkey.url}/metrics`, { headers })).text();
    return (name: string) => Number(new RegExp(`^latchkey_jobs_${name} ([\\d.e+-]+)$`, "m").exec(text)?.[1]);
  };
  const value = await read();
  expect(value('open{kind="USER_EXPORT"}')).toBe(1);
  expect(value('open{kind="REPLAY"}')).toBe(1);
  expect(value('open{kind="RECONCILIATION"}')).toBe(0);
  expect(value('failed{kind="REPLAY"}')).toBe(1);
  expect(value('failed{kind="USER_EXPORT"}')).toBe(0);
  expect(value('still_seconds{kind="USER_EXPORT"}')).toBeGreaterThanOrEqual(3_600);
  expect(value('still_seconds{kind="REPLAY"}')).toBeLessThan(3_600);
  expect(value('still_seconds{kind="RECONCILIATION"}')).toBe(0);
  // The page about metrics leaves out nothing of ours.
  const page = readFileSync(path.join(__dirname, "../../docs/metrics.md"), "utf8");
  const { text } = await send(`${latchkey.url}/metrics`, { headers });
  const names = [...text.matchAll(/^# HELP (latchkey_(?!process_|nodejs_)\w+)/gm)].map(([, name]) => name ?? "");
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  // A page that goes in is a move.
  await finish(0);
  expect((await read())('still_seconds{kind="USER_EXPORT"}')).toBe(0);
});
