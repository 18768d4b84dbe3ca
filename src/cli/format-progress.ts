import { MINUTE, SECOND } from "../base/durations";
import type { JobEntity } from "../work/job.entity";
import { nameOfJob } from "./format-job";

export type Standing = Pick<
  JobEntity,
  "kind" | "dryRun" | "status" | "total" | "done" | "failed" | "created" | "updated" | "error"
>;

/** How fast it goes, as far as was seen: rows since the first look, and how long ago that was. */
export interface Pace {
  rows: number;
  ms: number;
}

const BAR = 20;

/**
 * Pure: one line of at most so many columns. The bar shows a share of a total that is known; while it is not, counts
 * and pace are all that can be said.
 */
export function formatProgress(job: Standing, pace: Pace, columns: number): string {
  const bar = barOf(job);
  const parts = [`${nameOfJob(job)} ${bar ?? ""}`.trimEnd(), ...tell(job, pace)];
  return shorten(parts.join("  "), columns);
}

function barOf({ total, done }: Standing): string | null {
  if (total === null || total === 0) return null;
  const share = Math.min(done / total, 1);
  const full = Math.floor(share * BAR);
  return `[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}

function tell(job: Standing, pace: Pace): string[] {
  const { status, total, done, failed, error } = job;
  if (status === "QUEUED") return ["waits for its turn"];
  const count = total === null ? `${done} so far` : `${done} of ${total}`;
  const rate = pace.ms >= SECOND && pace.rows > 0 ? (pace.rows * SECOND) / pace.ms : null;
  const rest = rate !== null && total !== null && total > done ? restOf((total - done) / rate) : null;
  return [
    count,
    ...(rate === null ? [] : [`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`]),
    ...(rest === null ? [] : [rest]),
    ...(failed > 0 ? [`${failed} not in`] : []),
    ...(error === null ? [] : [`waits: ${error}`]),
  ];
}

function restOf(seconds: number): string {
  const ms = seconds * SECOND;
  return ms < 90 * SECOND ? `about ${Math.ceil(seconds)} s left` : `about ${Math.ceil(ms / MINUTE)} min left`;
}

/** Never wider than the screen: a line that wraps cannot be drawn over. */
function shorten(text: string, columns: number): string {
  const widest = Math.max(columns - 1, 10);
  return text.length <= widest ? text : `${text.slice(0, widest - 1)}…`;
}
