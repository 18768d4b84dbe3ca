import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { errorCodes } from "../../src/base/error-codes";
import { type Target, Random, kinds } from "../kit/hostile-requests";
import { type HostileAnswer, sendHostile } from "../kit/send-hostile";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { isLong } from "../kit/is-long";
import { readTestSeed } from "../kit/test-seed";

// HOSTILE_REQUESTS=20000 for a very long look.
const seed = readTestSeed();
const requests = Number(process.env["HOSTILE_REQUESTS"] ?? (isLong ? 5_000 : 1_000));
const names = Object.keys(kinds);
const OF_EACH = Math.ceil(requests / names.length);

let latchkey: Latchkey;
let target: Target;
let admin: string;
let before: Record<string, string>;
let sent = 0;

beforeAll(async () => {
  latchkey = await startLatchkey({
    env: {
      LATCHKEY_WRONG_CREDENTIALS_PER_MINUTE_PER_ADDRESS: "1000000",
      LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: "1000000",
    },
  });
  admin = `Bearer ${await latchkey.key("ADMIN")}`;
  target = await fillShop();
  before = await checksums();
});
afterAll(() => latchkey.stop());

async function fillShop(): Promise<Target> {
  const { get, clock } = latchkey;
  const user = "mutation ($name: String!) { createUser(input: { externalId: $name }) { id } }";
  const ada = (await get<{ createUser: { id: string } }>(user, { name: "ada" })).createUser.id;
  for (const name of ["bob", "eve"]) await get(user, { name });
  await get('mutation { createProduct(input: { key: "course", name: "Course" }) { id } }');
  await get('mutation { createProduct(input: { key: "bundle", name: "Bundle", includes: ["course"] }) { id } }');
  await get('mutation { setResource(input: { key: "post:1", products: ["course"], tags: ["gold"] }) { id } }');
  await get('mutation { grantAccess(input: { user: "ada", product: "bundle", note: "a friend" }) { id } }');
  const makeKey = (expiresAt: Date | null) =>
    get<{ createApiKey: { secret: string; apiKey: { id: string } } }>(
      'mutation ($at: DateTime) { createApiKey(name: "old", role: ADMIN, expiresAt: $at) { secret apiKey { id } } }',
      { at: expiresAt },
    );
  const revoked = (await makeKey(null)).createApiKey;
  await get("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id: revoked.apiKey.id });
  const expired = (await makeKey(new Date(clock.now().getTime() + 1_000))).createApiKey;
  const expiredToken = await latchkey.tokenOf("ada");
  clock.moveBy(2 * 3_600_000);
  const userToken = await latchkey.tokenOf("ada");
  await get("{ me { id } }", {}, userToken);
  const jwks = (await (await fetch(`${latchkey.url}/.well-known/jwks.json`)).json()) as {
    keys: Record<string, unknown>[];
  };
  const { entitlementToken, users } = await get<{
    entitlementToken: { token: string };
    users: { pageInfo: { endCursor: string } };
  }>('{ entitlementToken(user: "ada") { token } users { pageInfo { endCursor } } }');
  return {
    publicUrl: "https://latchkey.test",
    ada,
    userToken,
    entitlementToken: entitlementToken.token,
    expiredToken,
    revokedKey: revoked.secret,
    expiredKey: expired.secret,
    publicJwk: jwks.keys[0] ?? {},
    cursorOfUsers: users.pageInfo.endCursor,
  };
}

/** Of every table, but for when keys were last used and for how often somebody asked. */
/** Of all tables but those that move by themselves: requests are counted, and the clock goes on. */
async function checksums(): Promise<Record<string, string>> {
  const { db } = latchkey.server.deps;
  const tables = await db.rows<{ name: string }>(
    `select tablename as name from pg_tables
     where schemaname = 'public' and tablename not in ('rate_windows', 'clock_sweeps') order by 1`,
  );
  const sums = tables.map(async ({ name }): Promise<[string, string]> => {
    const [row] = await db.rows<{ sum: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg((to_jsonb(t) - 'last_used_at')::text, ',' order by to_jsonb(t)::text)), '') as sum from ${name} t`,
    );
    return [name, row?.sum ?? ""];
  });
  return Object.fromEntries(await Promise.all(sums));
}

/** What is wrong with an answer; null if nothing is. */
function complain(answer: HostileAnswer, mayBeData: boolean): string | null {
  const { status, type, text } = answer;
  if (status >= 500 || status < 200 || (status >= 300 && status < 400)) return `status ${status}`;
  if (!/^application\/(graphql-response\+)?json/.test(type)) return `type ${type}`;
  if (/\\n +at |node_modules|\/src\/|<!doctype|<html/i.test(text)) return "tells too much";
  const { errors = [], data } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[]; data?: unknown };
  if (errors.length === 0) return mayBeData && data ? null : "no error";
  const unknown = errors
    .map((error) => error.extensions?.code ?? "none")
    .find((code) => code === "INTERNAL" || !(code in errorCodes));
  return unknown ? `code ${unknown}` : null;
}

test(`there are at least sixty kinds, and a thousand requests (seed ${seed})`, () => {
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(names.length * OF_EACH).toBeGreaterThanOrEqual(1_000);
});

test.each(Object.entries(kinds))("%s is answered with a code, and nothing else", async (name, kind) => {
  const random = new Random(seed + names.indexOf(name) * 7_919);
  for (let time = 0; time < OF_EACH; time++) {
    const hostile = await kind(random, target);
    const answer = await sendHostile(latchkey.url, hostile, admin);
    sent++;
    const complaint = complain(answer, hostile.harmless === true);
    if (complaint) throw new Error(`${complaint} (seed ${seed}): ${show(hostile)}\n${answer.text.slice(0, 2_000)}`);
  }
});

function show({ method, path, headers, body }: Awaited<ReturnType<NonNullable<(typeof kinds)[string]>>>): string {
  return JSON.stringify({ method, path, headers, body: body?.toString() }).slice(0, 1_000);
}

describe("what is no request at all", () => {
  const speak = (...parts: (string | Buffer)[]) =>
    new Promise<string>((heard, failed) => {
      const socket = connect(Number(new URL(latchkey.url).port), "127.0.0.1");
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("close", () => heard(text));
      socket.on("error", failed);
      for (const part of parts) socket.write(part);
    });
  const head = "POST /graphql HTTP/1.1\r\nHost: a\r\n";
  const rows: [string, string][] = [
    ["no HTTP", "hello\r\n\r\n"],
    ["another protocol", "\x16\x03\x01\x02\x00\x01\x00\x01"],
    ["two lengths", `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ["a length and chunks", `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["a length that is none", `${head}Content-Length: x\r\n\r\n`],
    ["a NUL in a header", `${head}X: a\0b\r\n\r\n`],
    ["a header folded over two lines", `${head}X: a\r\n  b\r\nContent-Length: 0\r\n\r\n`],
  ];
  test.each(rows)("%s: a coded answer", async (_, text) => {
    const answer = await speak(text);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    const { errors } = JSON.parse(answer.split("\r\n\r\n")[1] ?? "") as { errors: { extensions: { code: string } }[] };
    expect(Object.keys(errorCodes)).toContain(errors[0]?.extensions.code);
  });

  test("a body whose sender hangs up half-way disturbs nobody", async () => {
    const auth = `${head}Authorization: ${admin}\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"query":`;
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = connect(Number(new URL(latchkey.url).port), "127.0.0.1");
        socket.on("error", () => undefined);
        socket.write(auth);
        await delay(20);
        socket.destroy();
      }),
    );
    await expect(latchkey.get("{ viewer { role } }")).resolves.toEqual({ viewer: { role: "ADMIN" } });
  });
});

test("afterwards every row is as it was, nothing broke inside, and the log holds no credential", async () => {
  expect(sent).toBeGreaterThanOrEqual(1_000);
  expect(await checksums()).toEqual(before);
  const broken = latchkey.logged.filter((line) => (JSON.parse(line) as { level: string }).level === "error");
  expect(broken).toEqual([]);
  const secrets = [admin.slice(7), target.userToken, target.revokedKey, target.expiredToken, target.entitlementToken];
  expect(secrets.filter((secret) => latchkey.logged.some((line) => line.includes(secret)))).toEqual([]);
});
