import { UnsealFailure } from "../base/seal";
import { findAllConnections } from "../connections/connections.store";
import { unsealOf } from "../connections/seal-connection";
import { SettingMistakes } from "./setting-mistakes";
import type { OpenDeps } from "./with-deps";

const SETTING = "LATCHKEY_ENCRYPTION_KEY";

/** Said before anything begins: a job that could not ask Stripe would only be tried again and again. */
export async function refuseClosedSecrets(deps: OpenDeps): Promise<void> {
  for (const { id, secretKeySealed } of await findAllConnections(deps.db)) {
    if (secretKeySealed !== null && !opens(deps, id, secretKeySealed)) {
      const isMissing = deps.config.sealingKeys.length === 0;
      const what = isMissing ? "It is needed to speak with Stripe." : "It does not open the secrets in this database.";
      throw new SettingMistakes([{ setting: SETTING, problem: `${what} Take the value that the server has.` }]);
    }
  }
}

function opens(deps: OpenDeps, connectionId: string, sealed: string): boolean {
  try {
    unsealOf(deps, connectionId, "secret_key", sealed);
    return true;
  } catch (error) {
    if (!(error instanceof UnsealFailure)) throw error;
    return false;
  }
}
