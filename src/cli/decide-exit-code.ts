import type { JobEntity } from "../work/job.entity";
import { FAILED, WITH_PROBLEMS } from "./exit-codes";

/** Pure: how a command ends whose job is over. Whoever asks by a dry run whether anything differs is told by the code. */
export function decideExitCode({
  kind,
  dryRun,
  status,
  created,
  updated,
  failed,
}: Pick<JobEntity, "kind" | "dryRun" | "status" | "created" | "updated" | "failed">): number {
  if (status !== "SUCCEEDED") return FAILED;
  const differs = kind === "RECONCILIATION" && dryRun && created + updated > 0;
  return failed > 0 || differs ? WITH_PROBLEMS : 0;
}
