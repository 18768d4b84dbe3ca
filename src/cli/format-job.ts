import { toPublicId } from "../base/ids";
import type { JobEntity, JobKind, JobProblemRow } from "../work/job.entity";

const NAMES: Record<JobKind, string> = {
  LINK_IMPORT: "Import of earlier purchases",
  USER_IMPORT: "Import of users",
  USER_EXPORT: "Export of users",
  ACTIVITY_EXPORT: "Export of the journal",
  RECONCILIATION: "Reconciliation",
  REPLAY: "Replay of events",
};

export function nameOfJob({ kind, dryRun }: Pick<JobEntity, "kind" | "dryRun">): string {
  return NAMES[kind] + (dryRun ? " (dry run)" : "");
}

/** How a job stands, as programs read it. `problems` are the first of `problemCount`. */
export function describeJob(job: JobEntity, problems?: { rows: readonly JobProblemRow[]; count: number }) {
  const { kind, mode, status, dryRun, total, done, created, updated, skipped, failed, error } = job;
  const { createdBy, createdAt, finishedAt } = job;
  const counts = { total, done, created, updated, skipped, failed };
  const about = { id: toPublicId("job", job.id), kind, mode, status, dryRun };
  return {
    ...about,
    ...counts,
    error,
    createdBy,
    createdAt,
    finishedAt,
    ...(problems && { problemCount: problems.count, problems: problems.rows.map(describeProblem) }),
  };
}

function describeProblem({ row, subject, code, message }: JobProblemRow) {
  return { row, subject, code, message };
}

/** A line for a list of jobs. */
export function lineOfJob(job: JobEntity): string {
  const created = job.createdAt.toISOString().slice(0, 16).replace("T", " ");
  const cells = [toPublicId("job", job.id), job.mode.padEnd(4), created, job.status.padEnd(9), nameOfJob(job)];
  return [...cells, countsOf(job)].join("  ");
}

/** What it came to so far, in words. */
export function countsOf({ kind, dryRun, done, created, updated, skipped, failed }: JobEntity): string {
  const words = WORDS[kind];
  const parts = [
    [created, words.created],
    [updated, words.updated],
    [skipped, words.skipped],
    [failed, words.failed],
  ] as const;
  const told = parts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  const would = dryRun && created + updated > 0 && kind !== "RECONCILIATION" ? " (nothing was written)" : "";
  const [one, many] = words.done;
  return `${done} ${done === 1 ? one : many}${told.length > 0 ? `: ${told.join(", ")}` : ""}${would}`;
}

type Words = { done: readonly [one: string, many: string] } & Record<
  "created" | "updated" | "skipped" | "failed",
  string
>;

const rows: Words = {
  done: ["row", "rows"],
  created: "new",
  updated: "changed",
  skipped: "as they were",
  failed: "did not go in",
};
const exported: Words = { ...rows, created: "written", updated: "changed", skipped: "left out" };

const WORDS: Record<JobKind, Words> = {
  LINK_IMPORT: { ...rows, done: ["purchase", "purchases"] },
  USER_IMPORT: rows,
  USER_EXPORT: exported,
  ACTIVITY_EXPORT: exported,
  RECONCILIATION: {
    done: ["purchase compared", "purchases compared"],
    created: "missing here",
    updated: "different",
    skipped: "alike",
    failed: "could not be compared",
  },
  REPLAY: {
    done: ["event", "events"],
    created: "missed before",
    updated: "tried again",
    skipped: "known",
    failed: "could not be read",
  },
};

export function formatProblem({ row, subject, message }: JobProblemRow): string {
  return `  ${row}${subject === null ? "" : `  ${subject}`}  ${message}`;
}
