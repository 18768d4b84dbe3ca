import type { Mode } from "../base/mode";
import { reconcile } from "../reconciliation/reconcile";
import { modeOf, operatorIn } from "./operator";
import { type Since, toMoment } from "./read-option";
import { refuseClosedSecrets } from "./refuse-closed-secrets";
import { seeJobThrough } from "./see-job-through";
import type { Terminal } from "./terminal";
import { withStripe } from "./with-deps";

export interface ReconcileOptions {
  mode?: Mode;
  connection?: string;
  user?: string;
  since?: Since;
  dryRun: boolean;
  json: boolean;
}

export async function reconcileNow(terminal: Terminal, options: ReconcileOptions): Promise<number> {
  const { connection, user, since, dryRun, json } = options;
  return withStripe(terminal, async (deps) => {
    await refuseClosedSecrets(deps);
    const identity = operatorIn(await modeOf(deps, options));
    const asked = { connection, user, since: since && toMoment(since, deps.clock.now()), dryRun };
    const job = await reconcile({ ...deps, identity }, asked);
    return seeJobThrough(terminal, deps, job, { json });
  });
}
