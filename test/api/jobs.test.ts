import { toPublicId } from "../../src/base/ids";
import type { Mode } from "../../src/base/mode";
import type { JobEntity, JobKind } from "../../src/work/job.entity";
import { openPaces } from "../../src/connections/open-paces";
import { runJobs } from "../../src/work/run-jobs";
import { startJob } from "../../src/work/start-job";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
beforeEach(async () => {
  latchkey = await startLatchkey();
});
afterEach(() => latchkey.stop());

// Exports are no work of this server's yet, so nobody takes such a job away from a test.
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
