import { request } from "node:http";
import { SignJWT, exportSPKI } from "jose";
import { HOUR, SECOND } from "../../src/base/durations";
import {
  ISSUER,
  type IdentityProvider,
  LIVE_AUDIENCE,
  TEST_AUDIENCE,
  startIdentityProvider,
} from "../kit/identity-provider";
import { type Latchkey, startLatchkey, startLatchkeyOn } from "../kit/start-latchkey";

let provider: IdentityProvider;
let latchkey: Latchkey;
beforeEach(async () => {
  provider = await startIdentityProvider();
  latchkey = await startLatchkey({ localMode: true, env: provider.env });
});
afterEach(async () => {
  await latchkey.stop();
  await provider.stop();
});

const ME = "{ viewer { role mode user { externalId email emailVerified name } } }";

function claims(more: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(latchkey.clock.now().getTime() / SECOND);
  return { iss: ISSUER, aud: TEST_AUDIENCE, sub: "auth|ada", iat: now, exp: now + HOUR / SECOND, ...more };
}

async function codeOf(credential: string): Promise<string | undefined> {
  return (await latchkey.ask(ME, {}, credential)).errors?.[0]?.extensions.code;
}

test.each(["RS256", "ES256", "EdDSA"])(
  "a token that the provider signed with %s speaks for its subject",
  async (alg) => {
    const token = await provider.sign(claims(), { alg });
    const { viewer } = await latchkey.get<{ viewer: object }>(ME, {}, token);
    expect(viewer).toMatchObject({ role: "USER", mode: "TEST", user: { externalId: "auth|ada" } });
  },
);

test("the audience decides the mode, and a token for both modes opens nothing", async () => {
  const modeOf = async (aud: string | string[]) => {
    const answer = await latchkey.ask("{ viewer { mode } }", {}, await provider.sign(claims({ aud })));
    return answer.errors?.[0]?.extensions.code ?? (answer.data as { viewer: { mode: string } }).viewer.mode;
  };
  expect(await modeOf(LIVE_AUDIENCE)).toBe("LIVE");
  expect(await modeOf([TEST_AUDIENCE, "somebody else"])).toBe("TEST");
  expect(await modeOf([LIVE_AUDIENCE, TEST_AUDIENCE])).toBe("UNAUTHENTICATED");
});

test("first sight makes the user, once, however many requests come at the same moment", async () => {
  const token = await provider.sign(claims({ name: "Ada", email: "Ada@Example.com", email_verified: true }));
  const answers = await Promise.all(Array.from({ length: 20 }, () => latchkey.get<{ viewer: object }>(ME, {}, token)));
  for (const { viewer } of answers) {
    expect(viewer).toMatchObject({ user: { email: "Ada@Example.com", emailVerified: true, name: "Ada" } });
  }
  const query = "{ users { totalCount } activities(filter: { types: [USER_CREATED] }) { totalCount } }";
  expect(await latchkey.get(query)).toEqual({ users: { totalCount: 1 }, activities: { totalCount: 1 } });
});

test("an address counts only when the provider has verified it, and never takes it from somebody who proved it", async () => {
  await latchkey.get(`mutation { createUser(input: { externalId: "crm-7", email: "ada@example.com" }) { id } }`);
  await latchkey.get(
    `mutation { createUser(input: { externalId: "crm-8", email: "cyd@example.com", emailVerified: true }) { id } }`,
  );
  await latchkey.get(`mutation { createUser(input: { email: "bob@example.com" }) { id } }`);
  const seenBy = async (server: Latchkey, more: object) =>
    (await server.get<{ viewer: { user: object } }>(ME, {}, await provider.sign(claims({ ...more })))).viewer.user;
  const userOf = (more: object) => seenBy(latchkey, more);

  const unverified = { sub: "auth|mal", email: "bob@example.com", email_verified: false };
  expect(await userOf(unverified)).toMatchObject({ externalId: "auth|mal", email: null });
  const text = { sub: "auth|txt", email: "bob@example.com", email_verified: "true" };
  expect(await userOf(text)).toMatchObject({ externalId: "auth|txt", email: null });
  // Unless the setting says that the issuer sends confirmations, what it says of addresses is ignored.
  const env = { ...provider.env, LATCHKEY_JWT_TRUST_EMAIL_VERIFIED: "" };
  const wary = await startLatchkeyOn(latchkey.database, { localMode: true, env, clock: latchkey.clock });
  const bob = { sub: "auth|bob", email: "BOB@example.com", email_verified: true };
  expect(await seenBy(wary, { ...bob, sub: "auth|off" })).toMatchObject({ externalId: "auth|off", email: null });
  await wary.stop();
  expect(await userOf(bob)).toMatchObject({ externalId: "auth|bob", email: "bob@example.com", emailVerified: true });

  const cyd = { sub: "auth|cyd", email: "cyd@example.com", email_verified: true };
  expect(await userOf(cyd)).toMatchObject({ externalId: "auth|cyd", email: null });
  const ada = { sub: "auth|ada", email: "ada@example.com", email_verified: true };
  expect(await userOf(ada)).toMatchObject({ externalId: "auth|ada", email: "ada@example.com", emailVerified: true });
  const lost = await latchkey.get(
    `{ user(id: "crm-7") { email } activities(filter: { user: "crm-7" }) { nodes { message } } }`,
  );
  expect(lost).toMatchObject({ user: { email: null } });
  expect(JSON.stringify(lost)).toMatch(/proved/);
  // Somebody who was known without an address proves one by a later sign-in.
  const later = { ...unverified, email: "mal@example.com", email_verified: true };
  expect(await userOf(later)).toMatchObject({ externalId: "auth|mal", email: "mal@example.com", emailVerified: true });
  expect(await latchkey.get("{ users { totalCount } }")).toEqual({ users: { totalCount: 8 } });
});

test("a token that is wrong in any way opens nothing and makes nobody", async () => {
  const now = Math.floor(latchkey.clock.now().getTime() / SECOND);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const publicKey = new TextEncoder().encode(await exportSPKI(provider.publicKey("RS256")));
  const { exp: _exp, ...eternal } = claims();
  const { sub: _sub, ...nameless } = claims();
  const wrong = {
    "no signature": `${part({ alg: "none" })}.${part(claims())}.`,
    "signed with the public key as a secret": await new SignJWT(claims())
      .setProtectedHeader({ alg: "HS256", kid: "RS256" })
      .sign(publicKey),
    "another audience": await provider.sign(claims({ aud: "somebody else" })),
    "another issuer": await provider.sign(claims({ iss: "https://evil.test" })),
    expired: await provider.sign(claims({ exp: now - 31 })),
    "not yet": await provider.sign(claims({ nbf: now + 61 })),
    "without an end": await provider.sign(eternal),
    "about nobody": await provider.sign(nameless),
    "about one of our ids": await provider.sign(claims({ sub: "usr_01kjmma2g0e00t8dewvd8mbr2f" })),
    "an unknown key": await provider.sign(claims(), { header: { kid: "another" } }),
    "not ours although it says so": await provider.sign(claims(), { header: { typ: "latchkey-user+jwt" } }),
  };
  for (const [name, token] of Object.entries(wrong))
    expect([name, await codeOf(token)]).toEqual([name, "UNAUTHENTICATED"]);
  expect(await latchkey.get("{ users { totalCount } }")).toEqual({ users: { totalCount: 0 } });
});

test("unknown keys do not make us ask the provider again and again", async () => {
  const token = await provider.sign(claims(), { header: { kid: "another" } });
  for (let time = 0; time < 10; time++) expect(await codeOf(token)).toBe("UNAUTHENTICATED");
  expect(provider.fetched()).toBeLessThanOrEqual(2);
});

test("when the provider's keys cannot be had nothing opens, and the answer is to try again", async () => {
  const token = await provider.sign(claims());
  await provider.goAway();
  expect(await codeOf(token)).toBe("UNAVAILABLE");
});

test("keys that were had before are enough while the provider is away", async () => {
  const token = await provider.sign(claims());
  expect(await codeOf(token)).toBeUndefined();
  await provider.goAway();
  expect(await codeOf(token)).toBeUndefined();
});

test("identity and access tokens speak for their user, tokens of other kinds and with bad text do not", async () => {
  const good = [{ typ: "JWT" }, { typ: "at+jwt" }, { typ: "application/at+jwt" }, {}];
  for (const header of good) expect(await codeOf(await provider.sign(claims(), { header }))).toBeUndefined();
  for (const more of [{ typ: "Bearer" }, { typ: "ID" }, { token_use: "id" }, { token_use: "access" }]) {
    expect(await codeOf(await provider.sign(claims(more)))).toBeUndefined();
  }
  for (const typ of ["refresh+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt", "rt+jwt"]) {
    expect([typ, await codeOf(await provider.sign(claims(), { header: { typ } }))]).toEqual([typ, "UNAUTHENTICATED"]);
  }
  const others = [{ typ: "Refresh" }, { typ: "Offline" }, { typ: "Logout" }, { token_use: "refresh" }, { events: {} }];
  const badText = [{ sub: "a\0b" }, { name: "A\0da" }, { sub: "\ud800" }, { email: "a\0@shop.example" }];
  for (const more of [...others, ...badText]) {
    const answer = await latchkey.ask(ME, {}, await provider.sign(claims(more)));
    expect([more, answer.status, answer.errors?.[0]?.extensions.code]).toEqual([more, 401, "UNAUTHENTICATED"]);
  }
});

test("texts with NUL are refused as input, wherever they stand, and two Authorization headers are refused", async () => {
  const create = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
  const texts = [
    [create, { input: { externalId: "a\0b" } }],
    [create, { input: { externalId: "a", name: "\0" } }],
    [create, { input: { externalId: "a", metadata: { deep: [{ "k\0": 1 }] } } }],
    ['mutation { createUser(input: { externalId: "a", name: "b\\u0000" }) { id } }', {}],
    ['{ user(id: "a\\u0000") { id } }', {}],
    ["query ($product: String!) { access(product: $product) { allowed } }", { product: "\0" }],
  ] as const;
  for (const [query, variables] of texts) {
    const answer = await latchkey.ask(query, variables);
    expect([query, answer.errors?.[0]?.extensions.code]).toEqual([query, "INVALID_INPUT"]);
  }
  const key = await latchkey.key("READ");
  const status = await new Promise((resolve, reject) => {
    const headers = [
      "Authorization",
      `Bearer ${key}`,
      "authorization",
      "Bearer other",
      "Content-Type",
      "application/json",
    ];
    request(latchkey.graphqlUrl, { method: "POST", headers }, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end('{"query":"{ viewer { role } }"}');
  });
  expect(status).toBe(400);
});
