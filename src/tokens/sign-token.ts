import { SignJWT, importJWK } from "jose";
import type { Clock } from "../base/clock";
import { SECOND } from "../base/durations";
import { Refusal } from "../base/refusal";
import type { SealingKey } from "../base/sealing-key";
import type { Reader } from "../database/db";
import { SIGNING_ALGORITHM, openSigningKey } from "./ensure-signing-key";

/** What a token is for stands in its header, so that one kind is never taken for the other. */
export type TokenType = "latchkey-user+jwt" | "latchkey-entitlement+jwt";

export interface TokenRequest {
  type: TokenType;
  subject: string;
  audience: string;
  expiresAt: Date;
  claims: Record<string, unknown>;
}

export async function signToken(
  deps: { db: Reader; clock: Clock; config: { sealingKeys: readonly SealingKey[]; publicUrl: string } },
  request: TokenRequest,
): Promise<string> {
  const { id, privateJwk } = await openSigningKey(deps.db, deps.config.sealingKeys);
  return new SignJWT(request.claims)
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: id, typ: request.type })
    .setIssuer(deps.config.publicUrl)
    .setAudience(request.audience)
    .setSubject(request.subject)
    .setIssuedAt(deps.clock.now())
    .setExpirationTime(request.expiresAt)
    .sign(await importJWK(privateJwk, SIGNING_ALGORITHM));
}

/** The moment at which a token of this many seconds ends, within bounds. Whole seconds, as JWTs have them. */
export function readExpiry(
  now: Date,
  ttlSeconds: number | null | undefined,
  bounds: { defaultSeconds: number; maxSeconds: number },
): Date {
  const seconds = ttlSeconds ?? bounds.defaultSeconds;
  if (seconds < 1 || seconds > bounds.maxSeconds) {
    throw new Refusal("INVALID_INPUT", {
      say: `A token lives between 1 and ${bounds.maxSeconds} seconds.`,
      field: "ttlSeconds",
    });
  }
  return new Date((Math.floor(now.getTime() / SECOND) + seconds) * SECOND);
}
