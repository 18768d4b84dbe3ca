import type { Clock } from "../base/clock";
import { Bug } from "../base/refusal";
import type { Reader } from "../database/db";
import { modeOfKeyText } from "./api-key-text";
import { insertKey } from "./api-keys.store";
import { describeKey } from "./create-api-key";

/**
 * The first administrator's key may come from the environment. It is registered once; a key that is known stays as it
 * is, so that one which was revoked does not come back with a restart.
 */
export async function registerBootstrapKey(deps: { db: Reader; clock: Clock }, secret: string): Promise<boolean> {
  const mode = modeOfKeyText(secret);
  if (!mode) throw new Bug("a malformed bootstrap key got past the configuration");
  const input = {
    name: "Bootstrap key",
    role: "ADMIN",
    mode,
    expiresAt: null,
    createdBy: "LATCHKEY_BOOTSTRAP_KEY",
  } as const;
  return insertKey(deps.db, describeKey(secret, input, deps.clock.now()));
}
