import { toPublicId } from "../base/ids";
import type { JobEntity } from "../work/job.entity";
import { decideExitCode } from "./decide-exit-code";
import { INTERRUPTED } from "./exit-codes";
import { nameOfJob } from "./format-job";
import { type Interruption, openInterruption } from "./open-interruption";
import { openProgress } from "./open-progress";
import { reportJob } from "./report-job";
import { settleEvents } from "./settle-events";
import type { Terminal } from "./terminal";
import type { OpenDeps } from "./with-deps";
import { isOver, workOnJob } from "./work-on-job";

export interface Seeing {
  json: boolean;
  /** Where it is asked for already, because something slow came first. */
  interruption?: Interruption;
  /** What is left to do with a job that went well, before it is reported. */
  afterwards?(job: JobEntity): Promise<void>;
}

/** Works on a job and shows how it stands, until it is over or somebody interrupts. Answers the exit code. */
export async function seeJobThrough(
  terminal: Terminal,
  deps: OpenDeps,
  job: Pick<JobEntity, "id" | "mode">,
  { json, interruption = openInterruption(terminal), afterwards }: Seeing,
): Promise<number> {
  const progress = openProgress(terminal, { json });
  let last: JobEntity;
  try {
    last = await workOnJob(deps, job, { progress, interruption });
    if (last.status === "SUCCEEDED") {
      await settleEvents(deps, last, { progress, interruption });
      progress.end();
      await afterwards?.(last);
    }
  } finally {
    progress.end();
  }
  if (isOver(last)) {
    await reportJob(terminal, deps, last, { json });
    return interruption.happened() ? INTERRUPTED : decideExitCode(last);
  }
  terminal.remark(leftAlone(last));
  return INTERRUPTED;
}

function leftAlone(job: JobEntity): string {
  const id = toPublicId("job", job.id);
  return (
    `Interrupted. ${nameOfJob(job)} ${id} goes on if a server runs on this database.\n` +
    `  latchkey jobs watch ${id}   goes on with it here\n` +
    `  latchkey jobs cancel ${id}  ends it; what it has done stays`
  );
}
