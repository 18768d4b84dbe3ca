import type { JobPage } from "../work/run-jobs";
import type { RowOutcome } from "./list-plan";

/** What is told of some rows. Those whose customer has still to be asked for are told later. */
export function countOutcomes(outcomes: readonly RowOutcome[]): Pick<JobPage, "counts" | "problems"> {
  const counts = { done: 0, created: 0, updated: 0, skipped: 0, failed: 0 };
  for (const { kind } of outcomes) {
    if (kind === "ASKED") continue;
    counts.done++;
    if (kind === "CREATED") counts.created++;
    if (kind === "UPDATED") counts.updated++;
    if (kind === "SKIPPED") counts.skipped++;
    if (kind === "FAILED") counts.failed++;
  }
  return { counts, problems: outcomes.flatMap((outcome) => (outcome.kind === "FAILED" ? outcome.fault : [])) };
}
