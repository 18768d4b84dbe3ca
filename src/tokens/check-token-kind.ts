import type { JWTHeaderParameters, JWTPayload } from "jose";

// Identity tokens and access tokens (RFC 9068). Many providers write nothing at all.
const HEADER_TYPES = new Set(["jwt", "at+jwt", "application/jwt", "application/at+jwt"]);
// Keycloak tells its kinds apart in the claims, and so does Cognito.
const CLAIM_TYPES = new Set(["jwt", "id", "bearer", "at+jwt"]);
const USES = new Set(["id", "access"]);

/**
 * Pure: whether a provider's token may speak for its user. Refresh, offline and logout tokens carry the same signature,
 * issuer and subject, and are made for the provider itself.
 */
export function speaksForUser({ typ }: Pick<JWTHeaderParameters, "typ">, payload: JWTPayload): boolean {
  const { typ: claimed, token_use: use, events } = payload;
  return fits(HEADER_TYPES, typ) && fits(CLAIM_TYPES, claimed) && fits(USES, use) && events === undefined;
}

function fits(allowed: ReadonlySet<string>, value: unknown): boolean {
  return value === undefined || (typeof value === "string" && allowed.has(value.toLowerCase()));
}
