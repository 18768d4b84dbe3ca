import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, type JWK, SignJWT, exportJWK, generateKeyPair } from "jose";

export const ISSUER = "https://login.test";
export const LIVE_AUDIENCE = "shop-live";
export const TEST_AUDIENCE = "shop-test";

export interface IdentityProvider {
  /** What Latchkey has to be told of it. */
  env: Record<string, string>;
  sign(claims: Record<string, unknown>, options?: { alg?: string; header?: Record<string, unknown> }): Promise<string>;
  publicKey(alg: string): CryptoKey;
  /** How often its keys were fetched. */
  fetched(): number;
  /** From then on it does not answer. */
  goAway(): Promise<void>;
  stop(): Promise<void>;
}

const ALGORITHMS = ["RS256", "ES256", "EdDSA"];

/** An identity provider of somebody else's, with real keys on a real socket. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  const pairs = new Map<string, Awaited<ReturnType<typeof generateKeyPair>>>();
  const keys: JWK[] = [];
  for (const alg of ALGORITHMS) {
    const pair = await generateKeyPair(alg, { extractable: true });
    pairs.set(alg, pair);
    keys.push({ ...(await exportJWK(pair.publicKey)), kid: alg, alg, use: "sig" });
  }
  let fetched = 0;
  const server = createServer((_, response) => {
    fetched++;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped());
      server.closeAllConnections();
    });
  const pairOf = (alg: string) => {
    const pair = pairs.get(alg);
    if (!pair) throw new Error(`no key for ${alg}`);
    return pair;
  };

  return {
    env: {
      LATCHKEY_JWT_ISSUER: ISSUER,
      LATCHKEY_JWT_JWKS_URL: `http://127.0.0.1:${port}/keys`,
      LATCHKEY_JWT_AUDIENCE: LIVE_AUDIENCE,
      LATCHKEY_JWT_TEST_AUDIENCE: TEST_AUDIENCE,
      LATCHKEY_JWT_TRUST_EMAIL_VERIFIED: "true",
    },
    publicKey: (alg) => pairOf(alg).publicKey,
    sign: (claims, { alg = "ES256", header = {} } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: alg, ...header }).sign(pairOf(alg).privateKey),
    fetched: () => fetched,
    goAway: stop,
    stop: () => (server.listening ? stop() : Promise.resolve()),
  };
}
