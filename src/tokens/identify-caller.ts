import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import type { Identity } from "../graphql/context";
import { modeOfKeyText } from "../keys/api-key-text";
import { callerLimits } from "../keys/caller-limits";
import type { KeyMemory } from "../keys/open-key-memory";
import type { RateLimits } from "../keys/open-rate-limits";
import type { TokenVerifier } from "./open-token-verifier";

export interface Caller {
  /** The header as it came. */
  authorization: string | undefined;
  address: string;
  /** It was let in before; now it is only asked whether it still would be, and nothing is counted. */
  isInside?: true;
}

const BEARER = /^Bearer +([\w.~+/=-]{1,8192})$/i;

/**
 * Who is asking: an API key or a user token, within its limits. A wrong credential is never taken for none, and wrong
 * ones are counted by address; a right one is let through wherever it comes from.
 */
export async function identifyCaller(
  deps: { keys: KeyMemory; tokens: TokenVerifier; rates: RateLimits; config: Pick<Config, "limits"> },
  caller: Caller,
): Promise<Identity> {
  if (caller.authorization === undefined) {
    throw new Refusal("UNAUTHENTICATED", { say: "Send a key or a token: `Authorization: Bearer …`." });
  }
  const { limits } = deps.config;
  let identity: Identity;
  try {
    identity = await identify(deps, caller.authorization);
  } catch (error) {
    const isWrong = !caller.isInside && error instanceof Refusal && error.code === "UNAUTHENTICATED";
    if (isWrong) deps.rates.take(`address ${caller.address}`, limits.wrongCredentialsPerMinutePerAddress);
    throw error;
  }
  if (caller.isInside) return identity;
  for (const { subject, maxPerMinute } of callerLimits(identity, caller.address, limits)) {
    deps.rates.take(subject, maxPerMinute);
  }
  return identity;
}

async function identify(deps: { keys: KeyMemory; tokens: TokenVerifier }, authorization: string): Promise<Identity> {
  const credential = BEARER.exec(authorization)?.[1];
  if (!credential)
    throw new Refusal("UNAUTHENTICATED", { say: "The header reads `Authorization: Bearer <credential>`." });
  if (!credential.startsWith("lk_")) return { role: "USER", apiKeyId: null, ...(await deps.tokens.verify(credential)) };
  const key = modeOfKeyText(credential) && (await deps.keys.find(credential));
  if (!key) throw new Refusal("UNAUTHENTICATED", { say: "This key is unknown, expired or revoked." });
  return { role: key.role, mode: key.mode, apiKeyId: key.id, userId: null };
}
