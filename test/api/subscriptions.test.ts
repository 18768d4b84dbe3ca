import { Client, fetchExchange, gql } from "@urql/core";
import { createApiKey } from "../../src/keys/create-api-key";
import { toPublicId } from "../../src/base/ids";
import type { Mode } from "../../src/base/mode";
import type { JobEntity } from "../../src/work/job.entity";
import type { JobRunner } from "../../src/work/run-jobs";
import { startJob } from "../../src/work/start-job";
import { askGraphql } from "../kit/ask-graphql";
import { type Opening, type Told, openEvents } from "../kit/open-events";
import { type Latchkey, type Options, startLatchkey, startLatchkeyOn } from "../kit/start-latchkey";
import { untilTrue } from "../kit/until";

// The server that is asked does no long work: whoever does it is another one, on the same database.

const opened: Latchkey[] = [];
let latchkey: Latchkey;
beforeEach(async () => {
  latchkey = await startLatchkey({ background: { runners: {} }, env: { LATCHKEY_STREAMS_PER_KEY: "3" } });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => server.stop()));
  await latchkey.stop();
});

async function another(options: Options): Promise<Latchkey> {
  const server = await startLatchkeyOn(latchkey.database, { clock: latchkey.clock, ...options });
  opened.push(server);
  return server;
}

const begin = (mode: Mode = "TEST"): Promise<JobEntity> =>
  latchkey.server.deps.db.transaction((tx) =>
    startJob(tx, latchkey.server.deps, {
      kind: "REPLAY",
      mode,
      subject: "one",
      connectionId: null,
      input: {},
      dryRun: false,
      createdBy: "test",
    }),
  );
const idOf = (job: JobEntity) => toPublicId("job", job.id);

/** A job of so many pages of ten rows, of which each waits for the test. Every page has one problem. */
function pagesOf(count: number): { runner: JobRunner; go(): void } {
  let waiting: (() => void)[] = [];
  let allowed = 0;
  const runner: JobRunner = async (_, job) => {
    if (allowed === 0) await new Promise<void>((go) => waiting.push(go));
    allowed--;
    const page = (job.cursor as { page: number } | null)?.page ?? 1;
    return () =>
      Promise.resolve({
        cursor: page === count ? null : { page: page + 1 },
        total: count * 10,
        counts: { done: 10, created: 9, updated: 0, skipped: 0, failed: 1 },
        problems: [{ row: page * 10, subject: null, code: "NOT_FOUND", message: "It is nobody's." }],
      });
  };
  return {
    runner,
    go: () => {
      allowed++;
      for (const go of waiting.splice(0)) go();
    },
  };
}

const PROGRESS = "subscription ($id: ID!) { jobProgress(id: $id) { status total done problems { totalCount } } }";
interface Progress {
  jobProgress: { status: string; total: number | null; done: number; problems: { totalCount: number } };
}

const bearer = async (role: "READ" | "WRITE" | "ADMIN" | "PUBLISHABLE" = "READ", mode: Mode = "TEST") =>
  `Bearer ${await latchkey.key(role, mode)}`;
const open = async (query: string, variables: Record<string, unknown> = {}, opening: Partial<Opening> = {}) =>
  openEvents(latchkey.graphqlUrl, { query, variables }, { authorization: await bearer(), ...opening });
const watch = (job: JobEntity, opening: Partial<Opening> = {}) => open(PROGRESS, { id: idOf(job) }, opening);
const codesOf = (told: Told<unknown> | null | undefined) => told?.errors?.map(({ extensions }) => extensions.code);
const openStreams = async (): Promise<number> => {
  const headers = { authorization: await bearer() };
  const text = await (await fetch(`${latchkey.url}/metrics`, { headers })).text();
  return Number(/^latchkey_streams_open (\d+)$/m.exec(text)?.[1]);
};

describe("jobProgress", () => {
  test("tells how a job stands, then each change, then its end, while another server works on it", async () => {
    const pages = pagesOf(3);
    await another({ background: { runners: { REPLAY: pages.runner } } });
    const job = await begin();
    const events = await watch(job);
    expect(events.status).toBe(200);
    expect(events.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(events.headers.get("cache-control")).toBe("no-store");
    expect(events.headers.get("access-control-allow-origin")).toBe("*");
    const states: Progress["jobProgress"][] = [];
    for (let told = await events.next<Progress>(); told; told = await events.next<Progress>()) {
      expect(told.errors).toBeUndefined();
      if (told.data) states.push(told.data.jobProgress);
      if (states.at(-1)?.status === "RUNNING") pages.go();
    }
    const running = states.filter(({ status }) => status !== "QUEUED");
    expect(running.map(({ status, total, done }) => [status, total, done])).toEqual([
      ["RUNNING", null, 0],
      ["RUNNING", 30, 10],
      ["RUNNING", 30, 20],
      ["SUCCEEDED", 30, 30],
    ]);
    // What was loaded for one state is not told of the next one.
    expect(running.map(({ problems }) => problems.totalCount)).toEqual([0, 1, 2, 3]);
    expect(events.text()).toMatch(/^:\n\nevent: next\ndata: \{.*event: complete\ndata:\n\n$/s);
  });

  test("of a job that is over tells its end and is complete", async () => {
    const job = await begin();
    await latchkey.get("mutation ($id: ID!) { cancelJob(id: $id) { id } }", { id: idOf(job) });
    const told = await (await watch(job)).rest<Progress>();
    expect(told.map(({ data }) => data?.jobProgress.status)).toEqual(["CANCELLED"]);
  });

  test("tells changes that come fast in their order, and leaves out neither the first nor the last", async () => {
    const job = await begin();
    const events = await watch(job);
    expect(await events.next()).toMatchObject({ data: { jobProgress: { status: "QUEUED" } } });
    const pages = pagesOf(100);
    for (let page = 0; page < 100; page++) pages.go();
    await another({ background: { runners: { REPLAY: pages.runner } } });
    const told = await events.rest<Progress>();
    expect(told.at(-1)).toMatchObject({ data: { jobProgress: { status: "SUCCEEDED", done: 1_000 } } });
    const done = told.map(({ data }) => data?.jobProgress.done ?? -1);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  test("sees a change also when its notice was missed", async () => {
    const job = await begin();
    const events = await watch(job);
    await events.next();
    await latchkey.server.deps.db.rows("update jobs set done = 7, total = 9 where id = $1", [job.id]);
    expect(await events.next()).toMatchObject({ data: { jobProgress: { done: 7, total: 9 } } });
    events.hangUp();
  });

  test("is for those who may ask for the job, in its mode", async () => {
    const job = await begin();
    const refused = async (opening: Partial<Opening>, id = idOf(job)) => {
      const [told, ...more] = await (await open(PROGRESS, { id }, opening)).rest();
      expect(more).toEqual([]);
      return codesOf(told);
    };
    const user = await latchkey.get<{ createUser: { id: string } }>("mutation { createUser(input: {}) { id } }");
    const token = `Bearer ${await latchkey.tokenOf(user.createUser.id)}`;
    expect(await refused({ authorization: token })).toEqual(["FORBIDDEN"]);
    expect(await refused({ authorization: await bearer("PUBLISHABLE") })).toEqual(["FORBIDDEN"]);
    expect(await refused({ authorization: await bearer("ADMIN", "LIVE") })).toEqual(["NOT_FOUND"]);
    for (const id of ["job_00000000000000000000000000", "usr_00000000000000000000000000", "nonsense"]) {
      expect(await refused({}, id)).toEqual(["NOT_FOUND"]);
    }
    const stranger = await openEvents(latchkey.graphqlUrl, { query: PROGRESS }, { authorization: "Bearer lk_test_no" });
    expect(stranger.status).toBe(401);
  });

  test("hides what went wrong inside, and goes on", async () => {
    const { db } = latchkey.server.deps;
    const job = await begin();
    const events = await watch(job);
    await events.next();
    await db.rows("alter table job_problems rename to job_problems_away");
    await db.rows("update jobs set done = 1 where id = $1", [job.id]);
    await db.rows("select pg_notify('latchkey_jobs', $1)", [job.id]);
    const told = await events.next();
    expect(codesOf(told)).toEqual(["INTERNAL"]);
    expect(JSON.stringify(told)).not.toContain("job_problems");
    await db.rows("alter table job_problems_away rename to job_problems");
    await db.rows("update jobs set done = 2 where id = $1", [job.id]);
    await db.rows("select pg_notify('latchkey_jobs', $1)", [job.id]);
    expect(await events.next()).toMatchObject({ data: { jobProgress: { done: 2 } } });
    events.hangUp();
  });

  test("is read by urql as it stands", async () => {
    const pages = pagesOf(2);
    const job = await begin();
    const client = new Client({
      url: latchkey.graphqlUrl,
      exchanges: [fetchExchange],
      fetchSubscriptions: true,
      fetchOptions: { headers: { authorization: await bearer() } },
      preferGetMethod: false,
    });
    const seen: unknown[] = [];
    const { unsubscribe } = client
      .subscription<Progress>(gql(PROGRESS), { id: idOf(job) })
      .subscribe(({ data, error }) => void seen.push(error?.message ?? data?.jobProgress.status));
    await untilTrue(() => Promise.resolve(seen.length > 0));
    pages.go();
    pages.go();
    await another({ background: { runners: { REPLAY: pages.runner } } });
    await untilTrue(() => Promise.resolve(seen.includes("SUCCEEDED")));
    unsubscribe();
    expect([seen[0], seen.at(-1)]).toEqual(["QUEUED", "SUCCEEDED"]);
    expect(seen.filter((status) => !["QUEUED", "RUNNING", "SUCCEEDED"].includes(String(status)))).toEqual([]);
  });
});

describe("a stream of events", () => {
  test("is asked for: without its header a subscription is refused, and told which one", async () => {
    const job = await begin();
    const authorization = await bearer();
    for (const accept of ["application/json", "*/*", "multipart/mixed;subscriptionSpec=1.0, application/json"]) {
      const question = { query: PROGRESS, variables: { id: idOf(job) } };
      const { status, errors } = await askGraphql(latchkey.graphqlUrl, question, { authorization, accept });
      expect(status).toBe(400);
      expect(codesOf({ errors: errors ?? [] })).toEqual(["INVALID_INPUT"]);
      expect(errors?.[0]?.message).toContain("Accept: text/event-stream");
    }
  });

  test("answers queries and mutations once, and tells mistakes as an event", async () => {
    const admin = { authorization: await bearer("ADMIN") };
    const once = async (query: string, opening: Partial<Opening> = admin) => (await open(query, {}, opening)).rest();
    expect(await once("{ viewer { mode } }")).toEqual([{ data: { viewer: { mode: "TEST" } } }]);
    expect(await once('mutation { createUser(input: { name: "Ada" }) { name } }')).toEqual([
      { data: { createUser: { name: "Ada" } } },
    ]);
    const codes = async (query: string, opening?: Partial<Opening>) => codesOf((await once(query, opening))[0]);
    expect(await codes("{ nothing }")).toEqual(["INVALID_INPUT"]);
    expect(await codes("subscription {")).toEqual(["INVALID_INPUT"]);
    expect(await codes("subscription { jobProgress { id } }")).toEqual(["INVALID_INPUT"]);
    expect(await codes('subscription { a: jobProgress(id: "a") { id } b: jobProgress(id: "b") { id } }')).toContain(
      "INVALID_INPUT",
    );
    expect(await codes("subscription ($id: ID!) { jobProgress(id: $id) { id } }")).toEqual(["INVALID_INPUT"]);
    expect(await codes("mutation { createUser(input: {}) { id } }", {})).toEqual(["FORBIDDEN"]);
  });

  test("keeps the limits of documents", async () => {
    const many = Array.from({ length: 101 }, (_, at) => `a${at}: id`).join(" ");
    const wide = Array.from({ length: 100 }, (_, at) => `p${at}: problems(first: 100) { nodes { row code message } }`);
    for (const fields of [many, wide.join(" ")]) {
      const [told] = await (await open(`subscription { jobProgress(id: "job_1") { ${fields} } }`)).rest();
      expect(codesOf(told)).toEqual(["LIMIT_EXCEEDED"]);
    }
  });

  test("comes by GET as well, which changes nothing", async () => {
    const job = await begin();
    const events = await watch(job, { method: "GET" });
    expect(await events.next()).toMatchObject({ data: { jobProgress: { status: "QUEUED" } } });
    events.hangUp();
    const admin = { authorization: await bearer("ADMIN"), method: "GET" as const };
    const [told] = await (await open('mutation { createUser(input: { name: "Ada" }) { name } }', {}, admin)).rest();
    expect(codesOf(told)).toEqual(["INVALID_INPUT"]);
    expect(await latchkey.get("{ users { totalCount } }")).toEqual({ users: { totalCount: 0 } });
  });

  test("leaves JSON to those who also take JSON", async () => {
    const accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    const question = { query: "{ viewer { mode } }" };
    const asked = await askGraphql(latchkey.graphqlUrl, question, { authorization: await bearer(), accept });
    expect(asked.headers.get("content-type")).toMatch(/^application\/graphql-response\+json/);
    expect(asked.data).toEqual({ viewer: { mode: "TEST" } });
    const events = await watch(await begin(), { accept });
    expect(await events.next()).toMatchObject({ data: { jobProgress: { status: "QUEUED" } } });
    events.hangUp();
  });

  test("ends when its reader hangs up, and only so many are open for one key", async () => {
    const job = await begin();
    const streams = await Promise.all([1, 2, 3].map(() => watch(job)));
    for (const stream of streams) await stream.next();
    expect(await openStreams()).toBe(3);
    const [told] = await (await watch(job)).rest();
    expect(codesOf(told)).toEqual(["LIMIT_EXCEEDED"]);
    expect(told?.errors?.[0]?.extensions.details).toEqual({ limit: "streams", max: 3, actual: 4 });
    // Another key has its own.
    const other = await watch(job, { authorization: await bearer("WRITE") });
    await other.next();
    streams[0]?.hangUp();
    await untilTrue(async () => (await openStreams()) === 3);
    const again = await watch(job);
    expect(await again.next()).toMatchObject({ data: { jobProgress: { status: "QUEUED" } } });
    for (const stream of [...streams, other, again]) stream.hangUp();
    await untilTrue(async () => (await openStreams()) === 0);
    // A refused one takes no place, however often it is tried.
    for (let at = 0; at < 5; at++) await (await open(PROGRESS, { id: "nonsense" })).rest();
    expect(await openStreams()).toBe(0);
  });

  test("ends when its key is revoked, in whichever replica", async () => {
    const replica = await another({ background: { runners: {} } });
    const { secret, key } = await createApiKey(latchkey.server.deps, {
      name: "a reader",
      role: "READ",
      mode: "TEST",
      expiresAt: null,
      createdBy: "test",
    });
    const job = await begin();
    const mine = await watch(job, { authorization: `Bearer ${secret}` });
    const others = await watch(job);
    await Promise.all([mine.next(), others.next()]);
    const revoke = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }";
    await replica.get(revoke, { id: toPublicId("apiKey", key.id) });
    expect((await mine.rest()).map(codesOf)).toEqual([["UNAUTHENTICATED"]]);
    expect(await openStreams()).toBe(1);
    others.hangUp();
  });

  test("tells nothing more once its key has expired", async () => {
    const expiresAt = new Date(latchkey.clock.now().getTime() + 60_000);
    const { secret } = await createApiKey(latchkey.server.deps, {
      name: "a reader",
      role: "READ",
      mode: "TEST",
      expiresAt,
      createdBy: "test",
    });
    const job = await begin();
    const events = await watch(job, { authorization: `Bearer ${secret}` });
    await events.next();
    latchkey.clock.moveBy(60_000);
    await latchkey.get("mutation ($id: ID!) { cancelJob(id: $id) { id } }", { id: idOf(job) });
    expect((await events.rest()).map(codesOf)).toEqual([["UNAUTHENTICATED"]]);
  });

  test("ends when its server stops, at once and in words, so that its reader asks another one", async () => {
    const replica = await another({ background: { runners: {} } });
    const job = await begin();
    const question = { query: PROGRESS, variables: { id: idOf(job) } };
    const events = await openEvents(replica.graphqlUrl, question, { authorization: await bearer() });
    await events.next();
    const [told] = await Promise.all([events.rest(), replica.stop()]);
    opened.splice(opened.indexOf(replica), 1);
    expect(told.map(codesOf)).toEqual([["UNAVAILABLE"]]);
    expect(told[0]?.errors?.[0]?.extensions.retryable).toBe(true);
    const elsewhere = await watch(job);
    expect(await elsewhere.next()).toMatchObject({ data: { jobProgress: { status: "QUEUED" } } });
    elsewhere.hangUp();
  });

  test("counts as one request, however long it is and however much it tells", async () => {
    const small = await another({ background: { runners: {} }, env: { LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY: "3" } });
    const job = await begin();
    // A subscription that asks for a page of problems too weighs more, as the same query does.
    const query = "subscription ($id: ID!) { jobProgress(id: $id) { done } }";
    const question = { query, variables: { id: idOf(job) } };
    const authorization = await bearer("WRITE");
    const events = await openEvents(small.graphqlUrl, question, { authorization });
    for (let done = 1; done <= 5; done++) {
      await events.next();
      await small.server.deps.db.rows("update jobs set done = $2 where id = $1", [job.id, done]);
      await small.server.deps.db.rows("select pg_notify('latchkey_jobs', $1)", [job.id]);
    }
    expect(await events.next()).toMatchObject({ data: { jobProgress: { done: 5 } } });
    const statuses: number[] = [];
    for (let at = 0; at < 3; at++) {
      statuses.push((await openEvents(small.graphqlUrl, { query: "{ viewer { mode } }" }, { authorization })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    events.hangUp();
  });
});
