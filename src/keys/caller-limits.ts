import type { Limits } from "../config/config";
import type { Identity } from "../graphql/context";

/** A subject whose requests are counted by minute. */
export interface CallerLimit {
  subject: string;
  maxPerMinute: number;
}

/**
 * Pure: whom a caller's requests are counted for. A publishable key is public, so its callers are counted by address
 * first: a visitor who is refused there uses up nothing of the key.
 */
export function callerLimits(identity: Identity, address: string, limits: Limits): CallerLimit[] {
  if (identity.role === "USER") {
    return [{ subject: `user ${identity.userId}`, maxPerMinute: limits.requestsPerMinutePerUser }];
  }
  const key = { subject: `key ${identity.apiKeyId}`, maxPerMinute: limits.requestsPerMinutePerKey };
  if (identity.role !== "PUBLISHABLE") return [key];
  const visitor = { subject: `visitor ${address}`, maxPerMinute: limits.requestsPerMinutePerAddress };
  return [visitor, key];
}
