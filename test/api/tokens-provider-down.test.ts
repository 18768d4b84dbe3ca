import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { HOUR } from "../../src/base/durations";
import { PAUSE_AFTER_FAILURE } from "../../src/tokens/fetch-provider-keys";
import { documents, operationsOf } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

const ISSUER = "https://login.test";
const AUDIENCE = "shop";

let answer: { status: number; body: string };
let fetched = 0;
let token: string;
let goodKeys: string;
let server: Server;
let latchkey: Latchkey;

beforeAll(async () => {
  const pair = await generateKeyPair("ES256", { extractable: true });
  goodKeys = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "ES256" }] });
  server = createServer((_, response) => {
    fetched++;
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  latchkey = await startLatchkey({
    localMode: true,
    env: {
      LATCHKEY_JWT_ISSUER: ISSUER,
      LATCHKEY_JWT_JWKS_URL: `http://127.0.0.1:${port}/keys`,
      LATCHKEY_JWT_TEST_AUDIENCE: AUDIENCE,
    },
  });
  const now = latchkey.clock.now();
  token = await new SignJWT({ sub: "ada" })
    .setProtectedHeader({ alg: "ES256", kid: "one" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setExpirationTime(new Date(now.getTime() + HOUR))
    .sign(pair.privateKey);
});
afterAll(async () => {
  await latchkey.stop();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

const ask = async () => (await latchkey.ask(documents.viewer, {}, token)).errors?.[0]?.extensions;

test.each([
  ["an error", 500, "{}"],
  ["a page instead of keys", 200, "<!doctype html><title>Maintenance</title>"],
  ["an object without keys", 200, "{}"],
  ["keys that are no list", 200, `{ "keys": "none" }`],
  ["a redirect", 302, ""],
  ["more than keys can be", 200, `{ "keys": [], "padding": "${"x".repeat(300_000)}" }`],
])("when the provider answers with %s nothing opens, and a good token is not called wrong", async (_, status, body) => {
  latchkey.clock.moveBy(PAUSE_AFTER_FAILURE);
  answer = { status, body };
  expect(await ask()).toMatchObject({ code: "UNAVAILABLE", retryable: true });
});

test("after a failure the provider is left alone for a while, then asked again, and the person is made once", async () => {
  latchkey.clock.moveBy(PAUSE_AFTER_FAILURE);
  answer = { status: 503, body: "" };
  const before = fetched;
  for (let time = 0; time < 5; time++) expect(await ask()).toMatchObject({ code: "UNAVAILABLE", retryable: true });
  answer = { status: 200, body: goodKeys };
  expect(await ask()).toMatchObject({ code: "UNAVAILABLE" });
  expect(fetched - before).toBe(1);
  latchkey.clock.moveBy(PAUSE_AFTER_FAILURE);
  expect(await ask()).toBeUndefined();
  const api = operationsOf(latchkey);
  expect(await api.user("ada")).toMatchObject({ externalId: "ada" });
  expect(await api.activities({ user: "ada", types: ["USER_CREATED"] })).toHaveLength(1);
});
