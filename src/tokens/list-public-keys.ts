import type { JWK } from "jose";
import type { Reader } from "../database/db";
import { findSigningKeys } from "./signing-keys.store";

/** The public halves of our signing keys, as anybody may have them. */
export async function listPublicKeys(deps: { db: Reader }): Promise<{ keys: JWK[] }> {
  const keys = await findSigningKeys(deps.db);
  return { keys: keys.map((key) => key.publicJwk as JWK) };
}
