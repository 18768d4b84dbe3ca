import { toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import { connectionOf } from "../connections/find-connection";
import { replayEvents } from "../imports/replay-events";
import { modeOf, operatorIn } from "./operator";
import { type Since, toMoment } from "./read-option";
import { refuseClosedSecrets } from "./refuse-closed-secrets";
import { seeJobThrough } from "./see-job-through";
import type { Terminal } from "./terminal";
import { withStripe } from "./with-deps";

export interface ReplayOptions {
  mode?: Mode;
  connection?: string;
  since: Since;
  json: boolean;
}

export async function replay(terminal: Terminal, options: ReplayOptions): Promise<number> {
  const { since, json } = options;
  return withStripe(terminal, async (deps) => {
    await refuseClosedSecrets(deps);
    const mode = await modeOf(deps, options);
    const { id } = await connectionOf(deps, mode, options.connection);
    const asked = { connection: toPublicId("connection", id), since: toMoment(since, deps.clock.now()) };
    const job = await replayEvents({ ...deps, identity: operatorIn(mode) }, asked);
    return seeJobThrough(terminal, deps, job, { json });
  });
}
