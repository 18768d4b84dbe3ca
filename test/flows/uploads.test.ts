import { Client } from "pg";
import { setTimeout as pause } from "node:timers/promises";
import type { Route } from "../../src/http/route";
import { untilTrue } from "../kit/until";
import { type Latchkey, startLatchkey, startLatchkeyOn } from "../kit/start-latchkey";
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
  const phase = { othersAreOver: false };
  const endOf = (answer: Promise<{ status: number }>) =>
    answer.then(
      ({ status }) => status,
      () => "CUT",
    );
  const drip = async (sent: ReturnType<typeof openUpload>) => {
    while (!phase.othersAreOver && !sent.request.destroyed) {
      await Promise.race([sent.write("a@example.com\r\n"), pause(300)]);
      await pause(300);
    }
  };
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
  const ofLong = endOf(long.answer);
  const ends = [body, silent, stranger].map(({ answer }) => endOf(answer));
  const others = Promise.all(ends).finally(() => (phase.othersAreOver = true));
  await Promise.all([drip(long), drip(body), silent.write("email\r\n"), drip(stranger)]);
  expect(await others).toEqual(["CUT", "CUT", 401]);
  // It began before them, and is still there when each of them is gone.
  long.end();
  expect(await ofLong).toBe(202);
  await small.stop();
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
  const other = await startLatchkeyOn(latchkey.database, { background: { runners: {} } });
  const sending = openUpload(`${other.url}/imports/users`, "POST", headersOf({ "upload-complete": "?1" }));
  const sent = Buffer.alloc(1_200_000, "ada@example.com\r\n");
  await sending.write(sent);
  // Files are kept in pieces of a megabyte. The rest is kept when the server stops.
  await untilTrue(async () => ((await filesOf())[0]?.bytes ?? 0) > 0);
  const [answer] = await Promise.all([sending.answer, other.stop()]);
  expect(answer.status).toBe(503);
  expect(answer.json.errors?.[0]?.extensions.code).toBe("UNAVAILABLE");
  sending.cut();
  const [file, ...more] = await filesOf();
  expect([file, more]).toEqual([{ bytes: expect.any(Number), complete: false, status: "QUEUED" }, []]);
  expect(file?.bytes).toBeGreaterThanOrEqual(1_000_000);
  expect(file?.bytes).toBeLessThanOrEqual(sent.length);
});
