import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import type { ApiKeyEntity } from "./api-key.entity";
import { findKeys } from "./api-keys.store";

/** All keys of a mode, newest first, the revoked ones too: what opened a door in the past is worth knowing. */
export function listApiKeys(deps: { db: Reader }, mode: Mode): Promise<ApiKeyEntity[]> {
  return findKeys(deps.db, mode);
}
