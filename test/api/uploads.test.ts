import { gzipSync } from "node:zlib";
import { setTimeout as pause } from "node:timers/promises";
import { readPublicIdOf } from "../../src/base/ids";
import { readPieceAt } from "../../src/work/files.store";
import { sweepWork } from "../../src/work/sweep-work";
import { until } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { openUpload, upload } from "../kit/upload";

let latchkey: Latchkey;
let url: string;
let key: string;
/** The ids of the jobs that other tests have left behind. */
let earlier = new Set<unknown>();
// Nobody reads what arrives, so that a test sees it as it arrived.
const startIdle = (env: Record<string, string> = {}) => startLatchkey({ env, background: { runners: {} } });
const use = async (started: Latchkey) => {
  latchkey = started;
  url = `${latchkey.url}/imports/users`;
  await beginAnew();
};
const beginAnew = async () => {
  key = await latchkey.key("WRITE");
  earlier = new Set((await allJobs()).map(({ id }) => id));
};
const withServerForAll = (env?: Record<string, string>) => {
  beforeAll(async () => use(await startIdle(env)));
  beforeEach(beginAnew);
  afterAll(() => latchkey.stop());
};
/** For tests that reach a limit, move the clock, or read the log. */
const withServerForEach = (env?: Record<string, string>) => {
  beforeEach(async () => use(await startIdle(env)));
  afterEach(() => latchkey.stop());
};

const csv = (more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  "content-type": "text/csv",
  ...more,
});
const resume = (offset: number, isLast: boolean, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  "content-type": "application/partial-upload",
  "upload-offset": String(offset),
  "upload-complete": isLast ? "?1" : "?0",
  ...more,
});
const idOf = (location: string | undefined) => location?.split("/").at(-1) ?? "";
const uuidOf = (id: string) => readPublicIdOf("job", id) ?? "";
/** The file of a job, as its runner reads it. */
const fileOf = async (id: string) => {
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const piece = await readPieceAt(latchkey.server.deps.db, uuidOf(id), at);
    if (!piece) return { text: Buffer.concat(pieces).toString(), sizes: pieces.map(({ length }) => length) };
    pieces.push(piece);
    at += piece.length;
  }
};
const allJobs = async () => {
  const query = "{ jobs(first: 100) { nodes { id kind status dryRun error } } }";
  return (await latchkey.get<{ jobs: { nodes: Record<string, unknown>[] } }>(query)).jobs.nodes;
};
/** The jobs of this test. */
const jobs = async () => (await allJobs()).filter(({ id }) => !earlier.has(id));
const onlyJob = async () => String((await until(jobs, (found) => found.length === 1))[0]?.["id"]);
const stands = (id: string) => upload(`${url}/${id}`, "GET", { authorization: `Bearer ${key}` });
const list = "email,name\r\nada@example.com,Ada\r\nbob@example.com,Bob\r\n";
/** About three megabytes. */
const long = `email\r\n${Array.from({ length: 120_000 }, (_, index) => `user-${index}@example.com`).join("\r\n")}\r\n`;

describe("a list in one piece", () => {
  withServerForAll();

  test("CH-X28: a list that is sent as it is becomes a job, and the address where it is", async () => {
    const answer = await upload(`${url}?dryRun=true&notify=false&createUsers=false`, "POST", csv(), list);
    expect(answer.status).toBe(202);
    const { id } = answer.json.job ?? { id: "" };
    expect(answer.json).toEqual({
      job: { id, status: "QUEUED" },
      upload: { offset: list.length, complete: true },
    });
    expect(answer.headers).toMatchObject({ location: `/imports/users/${id}`, "upload-complete": "?1" });
    expect(await jobs()).toEqual([{ id, kind: "USER_IMPORT", status: "QUEUED", dryRun: true, error: null }]);
    expect((await fileOf(id)).text).toBe(list);
    const [row] = await latchkey.server.deps.db.rows("select input from jobs where id = $1", [uuidOf(id)]);
    expect(row).toEqual({ input: { dryRun: true, notify: false, createUsers: false, connection: null } });
  });

  test("in chunks of any size, plain or compressed, it is the same list, in pieces of about a megabyte", async () => {
    const plain = openUpload(url, "POST", csv());
    for (let at = 0; at < long.length; at += 77_777) await plain.write(long.slice(at, at + 77_777));
    plain.end();
    const packed = upload(url, "POST", csv({ "content-encoding": "gzip" }), gzipSync(long));
    for (const answer of [await plain.answer, await packed]) {
      expect([answer.status, answer.json.upload]).toEqual([202, { offset: long.length, complete: true }]);
      const file = await fileOf(answer.json.job?.id ?? "");
      expect(file.text === long).toBe(true);
      for (const size of file.sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(1_000_000);
      for (const size of file.sizes) expect(size).toBeLessThan(1_200_000);
    }
  });

  test("JSON lines by either name; UTF-8 by name or in silence", async () => {
    for (const type of [
      "application/x-ndjson",
      "application/jsonl; charset=utf-8",
      'TEXT/CSV; charset="UTF-8"; header=present',
    ]) {
      expect((await upload(url, "POST", csv({ "content-type": type }), "{}\n")).status).toBe(202);
    }
  });
});

describe("a connection that breaks", () => {
  withServerForAll();

  test("keeps what has come, and the list goes on at its offset, also through another server", async () => {
    const broken = openUpload(url, "POST", csv());
    await broken.write(list.slice(0, 20));
    await pause(50);
    broken.cut();
    const id = await onlyJob();
    const told = await stands(id);
    expect(told.json).toEqual({ job: { id, status: "QUEUED" }, upload: { offset: 20, complete: false } });
    const replica = await latchkey.replica();
    const answer = await upload(`${replica.url}/imports/users/${id}`, "PATCH", resume(20, true), list.slice(20));
    expect([answer.status, answer.json.upload]).toEqual([202, { offset: list.length, complete: true }]);
    expect((await fileOf(id)).text).toBe(list);
    await replica.stop();
  });

  test("in the middle of a large compressed list keeps what could be decoded", async () => {
    const packed = gzipSync(long, { level: 0 });
    const broken = openUpload(url, "POST", csv({ "content-encoding": "gzip" }));
    await broken.write(packed.subarray(0, 2_500_000));
    const id = await onlyJob();
    await until(
      () => stands(id),
      ({ json }) => (json.upload?.offset ?? 0) > 2_000_000,
    );
    broken.cut();
    await until(
      () => stands(id),
      ({ json }) => (json.upload?.offset ?? 0) > 2_400_000,
    );
    const { offset = 0 } = (await stands(id)).json.upload ?? {};
    expect(offset).toBeLessThan(long.length);
    const rest = gzipSync(long.slice(offset));
    const answer = await upload(`${url}/${id}`, "PATCH", resume(offset, true, { "content-encoding": "gzip" }), rest);
    expect(answer.json.upload).toEqual({ offset: long.length, complete: true });
    expect((await fileOf(id)).text === long).toBe(true);
  });
});

/** Begins a list in parts. */
const start = async (body = "") => {
  const answer = await upload(url, "POST", csv({ "upload-complete": "?0" }), body);
  expect(answer.status).toBe(201);
  expect(answer.headers).toMatchObject({ "upload-complete": "?0", "upload-offset": String(body.length) });
  return idOf(answer.headers.location);
};

describe("in parts, as in the draft on resumable uploads", () => {
  withServerForAll();

  test("a list is begun with nothing, added to, asked about and completed", async () => {
    const id = await start();
    const [one, two] = [list.slice(0, 13), list.slice(13)];
    const added = await upload(`${url}/${id}`, "PATCH", resume(0, false), one);
    expect([added.status, added.headers["upload-offset"], added.headers["upload-complete"]]).toEqual([204, "13", "?0"]);
    const head = await upload(`${url}/${id}`, "HEAD", { authorization: `Bearer ${key}` });
    expect(head.headers).toMatchObject({ "upload-offset": "13", "upload-complete": "?0", "cache-control": "no-store" });
    expect([head.status, head.text]).toEqual([200, ""]);
    const whole = await upload(`${url}/${id}`, "PATCH", resume(13, true), two);
    expect([whole.status, whole.json.upload]).toEqual([202, { offset: list.length, complete: true }]);
    expect((await fileOf(id)).text).toBe(list);
  });

  test("the last part may be empty: it only says that nothing more comes", async () => {
    const id = await start(list);
    const whole = await upload(`${url}/${id}`, "PATCH", resume(list.length, true));
    expect([whole.status, whole.json.upload?.complete]).toEqual([202, true]);
  });

  test("a part that does not fit is refused, with the offset that would", async () => {
    const id = await start(list.slice(0, 10));
    for (const offset of [0, 9, 11, 5_000]) {
      const answer = await upload(`${url}/${id}`, "PATCH", resume(offset, true), list.slice(10));
      expect([answer.status, answer.headers["upload-offset"]]).toEqual([409, "10"]);
      expect(answer.json.errors?.[0]?.extensions).toMatchObject({
        code: "CONFLICT",
        details: { uploadOffset: 10, complete: false },
      });
    }
    await upload(`${url}/${id}`, "PATCH", resume(10, true), list.slice(10));
    const late = await upload(`${url}/${id}`, "PATCH", resume(list.length, true), "more");
    expect([late.status, late.headers["upload-complete"]]).toEqual([409, "?1"]);
    expect((await fileOf(id)).text).toBe(list);
  });

  test("of many who add at once one does, and nothing is there twice", async () => {
    const id = await start(list.slice(0, 10));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => upload(`${url}/${id}`, "PATCH", resume(10, true), list.slice(10))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array.from({ length: 7 }, () => 409)]);
    expect((await fileOf(id)).text).toBe(list);
  });

  test("two who send many pieces at once do not mix them: whoever is second is refused in the middle", async () => {
    const id = await start();
    const answers = await Promise.all(
      ["a", "b"].map((letter) => upload(`${url}/${id}`, "PATCH", resume(0, true), letter.repeat(4_000_000))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    const { text } = await fileOf(id);
    expect([text.length, new Set(text).size]).toEqual([4_000_000, 1]);
  });

  test("one that is given up is cancelled; a complete one is not given up here", async () => {
    const id = await start(list);
    const gone = await upload(`${url}/${id}`, "DELETE", { authorization: `Bearer ${key}` });
    expect(gone.status).toBe(204);
    expect(await jobs()).toMatchObject([{ id, status: "CANCELLED" }]);
    const late = await upload(`${url}/${id}`, "PATCH", resume(list.length, true));
    expect([late.status, late.json.errors?.[0]?.message]).toEqual([409, "The job is over."]);
    await sweepWork(latchkey.server.deps);
    expect((await stands(id)).status).toBe(404);
    const whole = await upload(url, "POST", csv(), list);
    const refused = await upload(`${url}/${whole.json.job?.id ?? ""}`, "DELETE", { authorization: `Bearer ${key}` });
    expect([refused.status, refused.json.errors?.[0]?.extensions.code]).toEqual([409, "CONFLICT"]);
  });
});

describe("with a server for each", () => {
  withServerForEach();

  test("before anything has come leaves nothing behind", async () => {
    const broken = openUpload(url, "POST", csv({ "content-length": "100" }));
    broken.request.flushHeaders();
    await until(
      () => Promise.resolve(latchkey.logged),
      () => true,
    );
    await pause(50);
    broken.cut();
    await until(
      () => Promise.resolve(latchkey.logged.join("")),
      (text) => text.includes('"status":499'),
    );
    expect(await jobs()).toEqual([]);
  });

  test("one that nobody goes on with for a day is cancelled, with the reason", async () => {
    const [left, kept] = [await start(list.slice(0, 10)), await start(list.slice(0, 10))];
    latchkey.clock.moveBy(23 * 3_600_000);
    await upload(`${url}/${kept}`, "PATCH", resume(10, false), list.slice(10, 20));
    latchkey.clock.moveBy(3_600_000);
    while (await sweepWork(latchkey.server.deps));
    const error = "The file was begun, and nobody went on with it for a day.";
    expect(await jobs()).toMatchObject([
      { id: kept, status: "QUEUED", error: "The list is still being sent." },
      { id: left, status: "CANCELLED", error },
    ]);
    expect((await stands(left)).status).toBe(404);
    expect((await stands(kept)).json.upload).toEqual({ offset: 20, complete: false });
  });

  test("no more than ten of a key and twenty of a mode are open", async () => {
    const refused = async () =>
      (await upload(url, "POST", csv({ "upload-complete": "?0" }), "x")).json.errors?.[0]?.extensions;
    for (let index = 0; index < 10; index++) await start("x");
    expect(await refused()).toMatchObject({ code: "LIMIT_EXCEEDED", details: { of: "key", max: 10 } });
    key = await anotherKey();
    for (let index = 0; index < 10; index++) await start("x");
    key = await anotherKey();
    expect(await refused()).toMatchObject({ code: "LIMIT_EXCEEDED", details: { of: "mode", max: 20 } });
    key = await latchkey.key("WRITE", "LIVE");
    expect(await refused()).toBeUndefined();
  });
});

describe("is refused", () => {
  withServerForAll();

  const codeOf = (answer: Awaited<ReturnType<typeof upload>>) => answer.json.errors?.[0]?.extensions.code;

  test("from those who may not import: no credential, a wrong one, people, pages, and keys that only read", async () => {
    const CREATE = "mutation { createUser(input: {}) { id } }";
    const { createUser } = await latchkey.get<{ createUser: { id: string } }>(CREATE);
    const anonymous = await upload(url, "POST", { "content-type": "text/csv" }, list);
    expect([anonymous.status, codeOf(anonymous)]).toEqual([401, "UNAUTHENTICATED"]);
    expect(anonymous.headers["www-authenticate"]).toBe("Bearer");
    for (const credential of [
      await latchkey.tokenOf(createUser.id),
      await latchkey.key("PUBLISHABLE"),
      await latchkey.key("READ"),
    ]) {
      const authorization = `Bearer ${credential}`;
      for (const method of ["POST", "GET", "PATCH", "DELETE"]) {
        const place = method === "POST" ? url : `${url}/job_00000000000000000000000000`;
        const answer = await upload(
          place,
          method,
          csv({ authorization }),
          /^(GET|DELETE)$/.test(method) ? undefined : list,
        );
        expect([method, answer.status, codeOf(answer)]).toEqual([method, 403, "FORBIDDEN"]);
      }
    }
    expect(
      (await upload(url, "POST", csv({ authorization: `Bearer ${await latchkey.key("ADMIN")}` }), list)).status,
    ).toBe(202);
  });

  test("in the other mode, whose jobs are not there", async () => {
    const { json } = await upload(url, "POST", csv({ "upload-complete": "?0" }), list);
    const authorization = `Bearer ${await latchkey.key("WRITE", "LIVE")}`;
    for (const id of [json.job?.id ?? "", "nonsense", "usr_00000000000000000000000000"]) {
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const answer = await upload(`${url}/${id}`, method, resume(0, true, { authorization }));
        expect([answer.status, codeOf(answer)]).toEqual([404, "NOT_FOUND"]);
      }
    }
  });

  test.each([
    ["a type that is no list", 415, { "content-type": "application/json" }],
    ["no type", 415, { "content-type": "" }],
    ["a charset that would be misread", 415, { "content-type": "text/csv; charset=iso-8859-1" }],
    ["an encoding that is not known", 415, { "content-encoding": "zstd" }],
    ["bytes that are not compressed as they say", 400, { "content-encoding": "gzip" }],
    ["half a word about completeness", 400, { "upload-complete": "yes" }],
    ["a beginning that is not one", 400, { "upload-offset": "5" }],
    ["an offset that is no number", 400, { "upload-offset": "-1" }],
  ])("%s", async (_, status, headers) => {
    const answer = await upload(url, "POST", csv(headers), list);
    expect([answer.status, codeOf(answer)]).toEqual([status, "INVALID_INPUT"]);
    expect((await jobs()).filter((job) => job["status"] !== "CANCELLED")).toEqual([]);
  });

  test.each([
    ["an option that is misspelt", "?dryrun=true", "dryrun"],
    ["an option that is said twice", "?dryRun=true&dryRun=false", "dryRun"],
    ["a value that is no switch", "?notify=maybe", "notify"],
  ])("%s", async (_, search, field) => {
    const answer = await upload(`${url}${search}`, "POST", csv(), list);
    expect([answer.status, answer.json.errors?.[0]?.extensions.field]).toEqual([400, field]);
    expect(await jobs()).toEqual([]);
  });

  test("an empty body, and a connection that is not there", async () => {
    expect((await upload(url, "POST", csv(), "")).status).toBe(400);
    expect((await upload(`${url}?connection=con_none`, "POST", csv(), list)).status).toBe(404);
    expect(await jobs()).toEqual([]);
  });

  test("a part without an offset, or without saying whether it is the last", async () => {
    const { json } = await upload(url, "POST", csv({ "upload-complete": "?0" }), "");
    for (const name of ["upload-offset", "upload-complete"]) {
      const { [name]: _, ...headers } = resume(0, true) as Record<string, string>;
      expect((await upload(`${url}/${json.job?.id ?? ""}`, "PATCH", headers, list)).status).toBe(400);
    }
  });
});

async function anotherKey(): Promise<string> {
  const made = 'mutation { createApiKey(name: "another", role: WRITE) { secret } }';
  return (await latchkey.get<{ createApiKey: { secret: string } }>(made)).createApiKey.secret;
}

describe("a list that is too large", () => {
  withServerForAll({ LATCHKEY_UPLOAD_BYTES_MAX: "1500000" });

  test.each([
    ["is refused before it is sent, where its length is known", {}, false],
    ["is refused on the way, where it is not, and its job ends", { "transfer-encoding": "chunked" }, true],
  ])("%s", async (_, headers, begins) => {
    const answer = await upload(url, "POST", csv(headers), "x".repeat(3_000_000));
    expect(answer.status).toBe(413);
    expect(answer.json.errors?.[0]?.extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limit: "uploadBytes", max: 1_500_000 },
    });
    expect((await jobs()).map(({ status }) => status)).toEqual(begins ? ["CANCELLED"] : []);
  });

  test("is refused by what comes out of it, however small it is on the way", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    const answer = await upload(url, "POST", csv({ "content-encoding": "gzip" }), bomb);
    expect(answer.status).toBe(413);
  });

  test("is refused in parts as well", async () => {
    const begun = await upload(url, "POST", csv({ "upload-complete": "?0" }), "x".repeat(1_000_000));
    const { id } = begun.json.job ?? { id: "" };
    const answer = await upload(`${url}/${id}`, "PATCH", resume(1_000_000, true), "x".repeat(600_000));
    expect(answer.status).toBe(413);
    const announced = csv({ "upload-complete": "?0", "upload-length": "2000000" });
    expect((await upload(url, "POST", announced, "x")).status).toBe(413);
  });
});

describe("lists that are too large together", () => {
  withServerForEach({ LATCHKEY_UPLOAD_BYTES_MAX: "1000000", LATCHKEY_UPLOAD_QUOTA_BYTES: "1000000" });

  test("and many lists are refused together: a key and a mode have a quota, which an import that ends frees", async () => {
    const send = (bytes: number) => upload(url, "POST", csv(), "x".repeat(bytes));
    const first = await send(600_000);
    expect(first.status).toBe(202);
    const refused = await send(500_000);
    expect([refused.status, refused.json.errors?.[0]?.extensions]).toMatchObject([
      413,
      { code: "LIMIT_EXCEEDED", details: { limit: "uploadQuota", of: "key", max: 1_000_000 } },
    ]);
    await latchkey.get("mutation ($id: ID!) { cancelJob(id: $id) { id } }", { id: first.json.job?.id });
    const keys = await Promise.all(Array.from({ length: 5 }, anotherKey));
    const statuses: number[] = [];
    for (key of keys) statuses.push((await send(900_000)).status);
    expect(statuses).toEqual([202, 202, 202, 202, 413]);
  });
});
