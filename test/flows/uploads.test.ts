import { Client } from "pg";
import { setTimeout as pause } from "node:timers/promises";
import type { Route } from "../../src/http/route";
import { until } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { startSmallServer } from "../kit/start-small-server";
import { openUpload, upload } from "../kit/upload";

let latchkey: Latchkey;
let url: string;
let key: string;
beforeEach(async () => {
  latchkey = await startLatchkey({ env: { LATCHKEY_REQUEST_MS_MAX: "1500" }, background: { runners: {} } });
  url = `${latchkey.url}/imports/users`;
  key = await latchkey.key("WRITE");
});
afterEach(() => latchkey.stop());

const headersOf = (more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  "content-type": "text/csv",
  ...more,
});
const filesOf = () =>
  latchkey.server.deps.db.rows<{ bytes: number; complete: boolean; status: string }>(
    "select bytes::float8 as bytes, complete, status from job_files f join jobs j on j.id = f.job_id order by j.id",
  );

test("a long upload is not cut while something comes; what is slow elsewhere, or says nothing, is", async () => {
  const startedAt = Date.now();
  const lasted = (answer: Promise<{ status: number }>) =>
    answer.then(
      ({ status }) => [status, Date.now() - startedAt] as const,
      () => ["CUT", Date.now() - startedAt] as const,
    );
  const drip = async (sent: ReturnType<typeof openUpload>, msMax: number) => {
    while (Date.now() - startedAt < msMax && !sent.request.destroyed) {
      await Promise.race([sent.write("a@example.com\r\n"), pause(300)]);
      await pause(300);
    }
  };
  // Longer than a request has, and longer than it takes to look for slow ones twice.
  const long = openUpload(url, "POST", headersOf());
  const plain: Route = {
    path: "/plain",
    methods: ["POST"],
    answer: async ({ readBody }) => ({ status: 200, body: await readBody() }),
  };
  const small = await startSmallServer({ routes: [plain], limits: { requestMsMax: 1_500 } });
  const body = openUpload(`${small.url}/plain`, "POST", {});
  const silent = openUpload(url, "POST", headersOf({ "upload-complete": "?0" }));
  const stranger = openUpload(url, "POST", headersOf({ authorization: "Bearer lk_test_nobody" }));
  const ends = [long, body, silent, stranger].map(({ answer }) => lasted(answer));
  await Promise.all([
    drip(long, 11_000).then(() => long.end()),
    drip(body, 13_000),
    silent.write("email\r\n"),
    drip(stranger, 13_000),
  ]);
  // Whoever is still there was not cut in time.
  for (const each of [body, silent, stranger]) each.cut();
  const [ofLong, ofBody, ofSilent, ofStranger] = await Promise.all(ends);
  await small.stop();
  expect(ofLong?.[0]).toBe(202);
  expect(ofLong?.[1]).toBeGreaterThan(10_500);
  expect(ofBody?.[0]).toBe("CUT");
  expect(ofBody?.[1]).toBeLessThan(10_000);
  expect(ofSilent?.[0]).toBe("CUT");
  expect(ofSilent?.[1]).toBeLessThan(4_000);
  expect(ofStranger?.[0]).toBe(401);
  expect(ofStranger?.[1]).toBeLessThan(4_000);
  // Who fell silent finds what was there.
  expect(await filesOf()).toContainEqual({ bytes: "email\r\n".length, complete: false, status: "QUEUED" });
});

test("whoever sends faster than it can be written waits, and the server holds no more than it has to", async () => {
  const { headers } = await upload(url, "POST", headersOf({ "upload-complete": "?0" }));
  const part = headersOf({ "upload-offset": "0", "upload-complete": "?1" });
  const sending = openUpload(`${latchkey.url}${headers.location ?? ""}`, "PATCH", part);
  const blocker = new Client({ connectionString: latchkey.database.url });
  await blocker.connect();
  await blocker.query("begin");
  await blocker.query("select 1 from job_files for update");
  const chunk = Buffer.alloc(100_000, "a@example.com\r\n");
  let handedOn = 0;
  const all = (async () => {
    for (let count = 0; count < 300; count++) {
      await sending.write(chunk);
      handedOn += chunk.length;
    }
    sending.end();
  })();
  // Buffers of both systems take some; it settles far below what there is.
  let before = -1;
  while (before !== handedOn) {
    before = handedOn;
    await pause(400);
  }
  const held = handedOn;
  await blocker.query("commit");
  await blocker.end();
  await all;
  expect((await sending.answer).status).toBe(202);
  expect(held).toBeLessThan(20_000_000);
  expect(await filesOf()).toEqual([{ bytes: 30_000_000, complete: true, status: "QUEUED" }]);
});

test("a server that stops keeps what has come, says so, and the list goes on elsewhere", async () => {
  const other = await latchkey.replica();
  const sending = openUpload(`${other.url}/imports/users`, "POST", headersOf({ "upload-complete": "?1" }));
  await sending.write("email\r\nada@example.com\r\n");
  await pause(100);
  const startedAt = Date.now();
  const [answer] = await Promise.all([sending.answer, other.stop()]);
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  expect(answer.status).toBe(503);
  expect(answer.json.errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
  sending.cut();
  const [file] = await until(filesOf, (files) => files.length === 1);
  expect(file).toEqual({ bytes: 24, complete: false, status: "QUEUED" });
});
