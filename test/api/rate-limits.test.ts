import { MINUTE } from "../../src/base/durations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { until } from "../kit/until";

const LIMIT = 20;
const env = {
  LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY: String(LIMIT),
  LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: "10",
  LATCHKEY_WRONG_CREDENTIALS_PER_MINUTE_PER_ADDRESS: "10",
};
let latchkey: Latchkey;
beforeEach(async () => {
  latchkey = await startLatchkey({ env });
});
afterEach(() => latchkey.stop());

const ASK = "{ viewer { role } }";

async function codesOf(server: Latchkey, credential: string, times: number): Promise<(string | undefined)[]> {
  const codes: (string | undefined)[] = [];
  for (let time = 0; time < times; time++) {
    codes.push((await server.ask(ASK, {}, credential)).errors?.[0]?.extensions.code);
  }
  return codes;
}

const limited = (codes: (string | undefined)[]) => codes.filter((code) => code === "RATE_LIMITED").length;

test("a key has its requests a minute and is told when to come back; other keys are not touched", async () => {
  const key = await latchkey.key("READ");
  expect(limited(await codesOf(latchkey, key, LIMIT))).toBe(0);
  const answer = await latchkey.ask(ASK, {}, key);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(answer.errors?.[0]?.extensions).toMatchObject({
    code: "RATE_LIMITED",
    retryable: true,
    details: { retryAfterMs: MINUTE, maxPerMinute: LIMIT },
  });
  expect(limited(await codesOf(latchkey, await latchkey.key("WRITE"), 1))).toBe(0);
  latchkey.clock.moveBy(MINUTE);
  expect(limited(await codesOf(latchkey, key, 1))).toBe(0);
});

test("a user has their own limit, whatever the number of their tokens", async () => {
  await latchkey.get(`mutation { createUser(input: { externalId: "ada" }) { id } }`);
  const [one, two] = [await latchkey.tokenOf("ada"), await latchkey.tokenOf("ada")];
  const codes = [...(await codesOf(latchkey, one, 6)), ...(await codesOf(latchkey, two, 6))];
  expect(limited(codes)).toBe(2);
});

test("wrong credentials are limited by address, and a right one from there is always let through", async () => {
  const wrong = `lk_test_${"x".repeat(40)}`;
  const codes = await codesOf(latchkey, wrong, 15);
  expect(codes.slice(0, 10)).toEqual(codes.slice(0, 10).map(() => "UNAUTHENTICATED"));
  expect(limited(codes.slice(10))).toBe(5);
  expect(limited(await codesOf(latchkey, await latchkey.key("READ"), 1))).toBe(0);
});

test("replicas share what was used", async () => {
  const replica = await latchkey.replica();
  const key = await latchkey.key("READ");
  const used = async () => {
    const [row] = await latchkey.server.deps.db.rows<{ used: number }>(
      "/* test */ select max(used)::int as used from rate_windows",
    );
    return row?.used ?? 0;
  };
  expect(limited(await codesOf(latchkey, key, LIMIT))).toBe(0);
  await until(used, (sum) => sum >= LIMIT);
  expect(limited(await codesOf(replica, key, 1))).toBe(0);
  await until(used, (sum) => sum > LIMIT);
  // It has used fewer itself than the limit.
  const codes = await codesOf(replica, key, LIMIT - 1);
  await replica.stop();
  expect(limited(codes)).toBeGreaterThan(0);
});
