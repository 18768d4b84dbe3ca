import {
  type JWTPayload,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  jwtVerify,
} from "jose";
import type { Clock } from "../base/clock";
import { SECOND } from "../base/durations";
import { readPublicIdOf } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal, Unavailable } from "../base/refusal";
import { isStorableJson } from "../base/storable-text";
import type { Config, IdentityProvider } from "../config/config";
import type { Db } from "../database/db";
import { keepRecent } from "../graphql/keep-recent";
import { type AddressProofs, type Claims, noteSeen, seeUser } from "../users/see-user";
import { findPresentUser } from "../users/users.store";
import { speaksForUser } from "./check-token-kind";
import { USER_TOKEN_AUDIENCE } from "./create-user-token";
import { SIGNING_ALGORITHM } from "./ensure-signing-key";
import { keysFetcher } from "./fetch-provider-keys";
import { listPublicKeys } from "./list-public-keys";

export interface TokenVerifier {
  /** The user whom a token speaks for, and the mode that it was made for. */
  verify(token: string): Promise<{ userId: string; mode: Mode }>;
}

// Signatures that only the holder of a private key can make. `none` and shared secrets are not on the list.
const PROVIDER_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const CLOCKS_MAY_DIFFER_BY = "30s";
const OWN_KEYS_READ_EVERY = 30 * SECOND;

interface Deps {
  db: Db;
  clock: Clock;
  config: Pick<Config, "publicUrl" | "identityProvider">;
  addressProofs: AddressProofs;
}

export function openTokenVerifier(deps: Deps): TokenVerifier {
  const ownKeys = rememberOwnKeys(deps);
  const known = keepRecent<OwnToken>({ entriesMax: KNOWN_MAX, sizeMax: KNOWN_MAX, sizeOf: () => 1 });
  const provider = deps.config.identityProvider;
  const providerKeys =
    provider &&
    createRemoteJWKSet(new URL(provider.jwksUrl), {
      timeoutDuration: 5 * SECOND,
      [customFetch]: keysFetcher(deps),
    });

  async function readOwn(token: string): Promise<OwnToken> {
    const now = deps.clock.now().getTime();
    const remembered = known.get(token);
    if (remembered && now >= remembered.readAt && now < remembered.endsAt) return remembered;
    const { payload } = await checked(token, await ownKeys(token), {
      issuer: deps.config.publicUrl,
      audience: USER_TOKEN_AUDIENCE,
      algorithms: [SIGNING_ALGORITHM],
      typ: "latchkey-user+jwt",
      // One clock, ours: a token ends when we said that it would.
      clockTolerance: 0,
      currentDate: deps.clock.now(),
    });
    const read: OwnToken = {
      userId: readPublicIdOf("user", payload.sub ?? ""),
      mode: payload["mode"] === "LIVE" ? "LIVE" : "TEST",
      readAt: now,
      endsAt: (payload.exp ?? 0) * SECOND,
    };
    known.set(token, read);
    return read;
  }

  async function verifyOwn(token: string): Promise<{ userId: string; mode: Mode }> {
    const { userId, mode } = await readOwn(token);
    const user = userId === null ? null : await findPresentUser(deps.db, userId);
    if (!user) throw wrongToken("The user of this token is gone.");
    await noteSeen(deps, user);
    return { userId: user.id, mode };
  }

  async function verifyProvider(token: string): Promise<{ userId: string; mode: Mode }> {
    if (!provider || !providerKeys) throw wrongToken("This is not a token of ours, and no other issuer is configured.");
    const { payload, protectedHeader } = await checked(token, providerKeys, {
      issuer: provider.issuer,
      audience: [provider.liveAudience, provider.testAudience].filter((audience) => audience !== null),
      algorithms: PROVIDER_ALGORITHMS,
      requiredClaims: ["exp", "sub"],
      currentDate: deps.clock.now(),
    });
    if (!speaksForUser(protectedHeader, payload)) throw wrongToken("This kind of token does not speak for a user.");
    if (!isStorableJson(payload)) throw wrongToken("The token holds NUL or half of a character.");
    const mode = modeOf(payload, provider);
    const user = await seeUser(deps, mode, readClaims(payload, provider));
    return { userId: user.id, mode };
  }

  return { verify: (token) => (isOwn(token) ? verifyOwn(token) : verifyProvider(token)) };
}

/** What a signature of ours has vouched for. It goes on being true until the token ends; its user is looked up anew. */
interface OwnToken {
  userId: string | null;
  mode: Mode;
  readAt: number;
  endsAt: number;
}

const KNOWN_MAX = 10_000;

type KeySource = ReturnType<typeof createRemoteJWKSet> | ReturnType<typeof createLocalJWKSet>;

/** Our public keys, read again now and then when a token names one that we do not know. */
function rememberOwnKeys({ db, clock }: Deps): (token: string) => Promise<KeySource> {
  let keys: Awaited<ReturnType<typeof listPublicKeys>> | undefined;
  let readAt = 0;
  return async (token) => {
    const { kid } = decodeProtectedHeader(token);
    const isKnown = keys?.keys.some((key) => key.kid === kid) ?? false;
    const now = clock.now().getTime();
    if (!keys || (!isKnown && now - readAt > OWN_KEYS_READ_EVERY)) {
      keys = await listPublicKeys({ db });
      readAt = now;
    }
    return createLocalJWKSet(keys);
  };
}

function isOwn(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === "latchkey-user+jwt";
  } catch {
    throw wrongToken("This is neither a key nor a token.");
  }
}

async function checked(token: string, keys: KeySource, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    const all = { clockTolerance: CLOCKS_MAY_DIFFER_BY, ...options };
    return await jwtVerify(token, keys as ReturnType<typeof createLocalJWKSet>, all);
  } catch (error) {
    throw readTokenError(error);
  }
}

/** Closed list of what is the token's fault; keys that cannot be fetched are not, and open nothing either. */
function readTokenError(error: unknown): Error {
  if (error instanceof errors.JWTExpired) return wrongToken("The token has expired.");
  if (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    !(error instanceof errors.JOSEError) ||
    error.code === "ERR_JOSE_GENERIC"
  ) {
    return new Unavailable({ say: "The identity provider's keys cannot be read at the moment.", cause: error });
  }
  return wrongToken("The token is not good here.");
}

function wrongToken(say: string): Refusal {
  return new Refusal("UNAUTHENTICATED", { say });
}

/** The audience decides the mode. A token for both says nothing, and opens nothing. */
function modeOf(payload: JWTPayload, provider: IdentityProvider): Mode {
  const audiences = [payload.aud ?? []].flat();
  const isLive = provider.liveAudience !== null && audiences.includes(provider.liveAudience);
  const isTest = provider.testAudience !== null && audiences.includes(provider.testAudience);
  if (isLive && isTest) throw wrongToken("The token is for live and for test mode at once.");
  return isLive ? "LIVE" : "TEST";
}

function readClaims(payload: JWTPayload, { trustsEmailVerified }: IdentityProvider): Claims {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    subject: payload.sub ?? "",
    email: text(payload["email"]),
    // A boolean: some providers write "true" for addresses that people typed.
    emailVerified: trustsEmailVerified && payload["email_verified"] === true,
    name: text(payload["name"]),
  };
}
