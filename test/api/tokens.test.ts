import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { HOUR, SECOND } from "../../src/base/durations";
import { type Latchkey, TEST_SECRETS, startLatchkey, startLatchkeyOn } from "../kit/start-latchkey";

let latchkey: Latchkey;
beforeEach(async () => {
  latchkey = await startLatchkey();
  await latchkey.get(`mutation { createUser(input: { externalId: "ada", email: "ada@example.com" }) { id } }`);
  await latchkey.get(`mutation { createUser(input: { externalId: "bob" }) { id } }`);
});
afterEach(() => latchkey.stop());

const ME = "{ viewer { role mode user { externalId lastSeenAt } } }";
const CREATE =
  "mutation ($user: ID!, $ttl: Int) { createUserToken(user: $user, ttlSeconds: $ttl) { token expiresAt } }";

async function createToken(user: string, ttl?: number): Promise<{ token: string; expiresAt: string }> {
  const { createUserToken } = await latchkey.get<{ createUserToken: { token: string; expiresAt: string } }>(CREATE, {
    user,
    ttl,
  });
  return createUserToken;
}

async function codeOf(query: string, credential: string): Promise<string | undefined> {
  return (await latchkey.ask(query, {}, credential)).errors?.[0]?.extensions.code;
}

test("a token speaks for its own user, in the mode of the key that asked for it", async () => {
  const live = await latchkey.tokenOf("ada", "LIVE");
  const { token } = await createToken("ada");
  for (const [credential, mode] of [
    [token, "TEST"],
    [live, "LIVE"],
  ] as const) {
    const { viewer } = await latchkey.get<{ viewer: object }>(ME, {}, credential);
    expect(viewer).toMatchObject({ role: "USER", mode, user: { externalId: "ada" } });
  }
});

test("a token lives as long as it was asked to, an hour by default and a day at the most", async () => {
  const { token, expiresAt } = await createToken("ada");
  expect(new Date(expiresAt).getTime() - latchkey.clock.now().getTime()).toBe(HOUR);
  latchkey.clock.moveBy(HOUR - SECOND);
  expect(await codeOf(ME, token)).toBeUndefined();
  latchkey.clock.moveBy(SECOND);
  expect(await codeOf(ME, token)).toBe("UNAUTHENTICATED");
  for (const ttl of [0, -1, 86_401]) {
    const refusal = await latchkey.refused(CREATE, { user: "ada", ttl });
    expect(refusal.extensions).toMatchObject({ code: "INVALID_INPUT", field: "ttlSeconds" });
  }
});

test("there is no token for nobody, and none of a person who was removed is good", async () => {
  expect((await latchkey.refused(CREATE, { user: "nobody" })).extensions.code).toBe("NOT_FOUND");
  const { token } = await createToken("ada");
  await latchkey.get(`mutation { deleteUser(user: "ada") }`);
  expect(await codeOf(ME, token)).toBe("UNAUTHENTICATED");
});

test("a token that asks about somebody else is refused alike, whether or not they exist", async () => {
  const { token } = await createToken("ada");
  const { user: bob } = await latchkey.get<{ user: { id: string } }>(`{ user(id: "bob") { id } }`);
  const unknown = `${bob.id.slice(0, -4)}0000`;
  const answers = new Set<string>();
  for (const user of ["bob", "nobody", bob.id, unknown]) {
    const { text } = await latchkey.ask("query ($user: ID!) { user(id: $user) { id } }", { user }, token);
    answers.add(text);
  }
  expect(answers.size).toBe(1);
  expect([...answers][0]).toContain("FORBIDDEN");
});

test("CH-X30 when somebody was last seen is what their tokens say, to within minutes", async () => {
  const { token } = await createToken("ada");
  const seen = async () =>
    (await latchkey.get<{ user: { lastSeenAt: string | null } }>(`{ user(id: "ada") { lastSeenAt } }`)).user.lastSeenAt;
  expect(await seen()).toBeNull();
  await latchkey.get(ME, {}, token);
  expect(await seen()).toBe(latchkey.clock.now().toISOString());
});

test("a token that was signed by another server's key, changed, or made for another purpose opens nothing", async () => {
  const { token } = await createToken("ada");
  const [header, payload, signature] = token.split(".");
  const forged = Buffer.from(JSON.stringify({ ...decodeJwt(token), sub: "usr_01kjmma2g0e00t8dewvd8mbr2f" }));
  const other = await startLatchkey({
    env: { LATCHKEY_ENCRYPTION_KEY: "9b1d5c7e20f4a8361bd94e17c60fa3528ce7d19b04a6f83e" },
  });
  const { entitlementToken } = await latchkey.get<{ entitlementToken: { token: string } }>(
    `{ entitlementToken(user: "ada") { token } }`,
  );
  await other.get(`mutation { createUser(input: { externalId: "ada" }) { id } }`);
  const wrong = [
    `${header}.${forged.toString("base64url")}.${signature}`,
    `${header}.${payload}.${signature?.slice(0, -2)}AA`,
    `${header}.${payload}.`,
    await other.tokenOf("ada"),
    entitlementToken.token,
  ];
  await other.stop();
  for (const credential of wrong) expect(await codeOf(ME, credential)).toBe("UNAUTHENTICATED");
});

test("anybody can check an entitlement token against our public keys, and it ends before what it says can change", async () => {
  const endsAt = new Date(latchkey.clock.now().getTime() + 60 * SECOND).toISOString();
  await latchkey.get(`mutation { createProduct(input: { key: "pro", name: "Pro" }) { id } }`);
  await latchkey.get(
    `mutation { createProduct(input: { key: "free", name: "Free", accessMode: AUTHENTICATED }) { id } }`,
  );
  await latchkey.get(
    `mutation ($endsAt: DateTime!) { grantAccess(input: { user: "ada", product: "pro", note: "a minute", endsAt: $endsAt }) { id } }`,
    { endsAt },
  );
  const { entitlementToken } = await latchkey.get<{ entitlementToken: { token: string; expiresAt: string } }>(
    `{ entitlementToken(user: "ada", ttlSeconds: 3600) { token expiresAt } }`,
  );
  expect(entitlementToken.expiresAt).toBe(endsAt);
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", latchkey.url));
  const { payload } = await jwtVerify(entitlementToken.token, keys, {
    issuer: "https://latchkey.test",
    audience: "latchkey:entitlements",
    typ: "latchkey-entitlement+jwt",
    currentDate: latchkey.clock.now(),
  });
  expect(payload).toMatchObject({
    mode: "TEST",
    external_id: "ada",
    products: { pro: { reason: "MANUAL", ends_at: endsAt }, free: { reason: "AUTHENTICATED" } },
  });
});

test("the private half of what signs is sealed, and a server with another secret does not start", async () => {
  const rows = await latchkey.server.deps.db.rows<{ private_sealed: string }>("/* test */ select * from signing_keys");
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toMatch(/"d"/);
  expect(rows[0]?.private_sealed).toMatch(/^v2\./);
  const other = { LATCHKEY_ENCRYPTION_KEY: "0c1d5c7e20f4a8361bd94e17c60fa3528ce7d19b04a6f83e" };
  await expect(startLatchkeyOn(latchkey.database, { env: other })).rejects.toThrow("another LATCHKEY_ENCRYPTION_KEY");
  const both = { LATCHKEY_ENCRYPTION_KEY: `${other.LATCHKEY_ENCRYPTION_KEY},${TEST_SECRETS.LATCHKEY_ENCRYPTION_KEY}` };
  await (await startLatchkeyOn(latchkey.database, { env: both })).stop();
});
