import { setTimeout as delay } from "node:timers/promises";
import { replanMarked } from "../access/replan";
import { openPaces } from "../connections/open-paces";
import { projectEvents } from "../projection/project-events";
import { countDueEvents } from "../stripe/inbox.store";
import type { JobEntity } from "../work/job.entity";
import type { Interruption } from "./open-interruption";
import type { Progress } from "./open-progress";
import type { OpenDeps } from "./with-deps";

const LOOK_MS = 100;

/**
 * Some jobs leave events in the inbox and plans to make, which servers do as they come. Where no server runs they are done
 * here, so that a command that is through leaves what is true. What has to be tried again later is left to later.
 */
export async function settleEvents(
  deps: OpenDeps,
  { kind, dryRun, connectionId }: JobEntity,
  { progress, interruption }: { progress: Progress; interruption: Interruption },
): Promise<void> {
  if (connectionId !== null && !dryRun && (kind === "REPLAY" || kind === "LINK_IMPORT")) {
    await emptyInbox(deps, connectionId, { progress, interruption });
  }
  while (!interruption.happened() && (await replanMarked(deps)).planned > 0);
}

async function emptyInbox(
  deps: OpenDeps,
  connectionId: string,
  { progress, interruption }: { progress: Progress; interruption: Interruption },
): Promise<void> {
  const projection = projectEvents({ deps, only: connectionId, paceOf: openPaces(deps) });
  try {
    while (!interruption.happened()) {
      const due = await countDueEvents(deps.db, connectionId);
      if (due === 0) return;
      progress.say(`Events to look at: ${due}`);
      await Promise.race([delay(LOOK_MS), interruption.told]);
    }
  } finally {
    await projection.stop();
  }
}
