import type { Clock } from "../base/clock";
import type { Mode } from "../base/mode";
import { Bug, Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import type { Signals } from "../database/open-signals";
import type { ApiKeyEntity } from "./api-key.entity";
import { KEYS_CHANGED, findKey, markRevoked } from "./api-keys.store";

/** From the answer on, the key opens nothing in any replica. Revoking it again changes nothing. */
export async function revokeApiKey(
  deps: { db: Db; clock: Clock; signals: Signals },
  input: { mode: Mode; id: string },
): Promise<ApiKeyEntity> {
  return deps.signals.untilHeard(KEYS_CHANGED, input.id, () => revoke(deps, input));
}

function revoke(deps: { db: Db; clock: Clock }, input: { mode: Mode; id: string }): Promise<ApiKeyEntity> {
  return deps.db.transaction(async (tx) => {
    if (!(await findKey(tx, input.mode, input.id))) {
      throw new Refusal("NOT_FOUND", { say: "There is no such key in this mode.", field: "id" });
    }
    await markRevoked(tx, input.id, deps.clock.now());
    const key = await findKey(tx, input.mode, input.id);
    if (!key) throw new Bug("a key vanished while it was revoked", { id: input.id });
    return key;
  });
}
