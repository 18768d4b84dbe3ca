import { toPublicId } from "../base/ids";
import { countInbox } from "../stripe/inbox.store";
import type { JobEntity } from "../work/job.entity";
import { findProblemPages } from "../work/jobs.store";
import { countsOf, describeJob, formatProblem, nameOfJob } from "./format-job";
import type { Terminal } from "./terminal";
import type { OpenDeps } from "./with-deps";

const PROBLEMS_SHOWN = 20;

/** What a job came to: a page for a person, or one JSON object for a program. */
export async function reportJob(
  { print }: Pick<Terminal, "print">,
  { db }: Pick<OpenDeps, "db">,
  job: JobEntity,
  { json, problemsMax = PROBLEMS_SHOWN }: { json: boolean; problemsMax?: number },
): Promise<void> {
  const pages = await findProblemPages(db, [job.id], {
    limit: problemsMax,
    backward: false,
    after: null,
    before: null,
  });
  const page = pages.get(job.id);
  const rows = page?.rows.map(({ row }) => row) ?? [];
  const count = page ? await page.count() : 0;
  if (json) return print(JSON.stringify(describeJob(job, { rows, count })));
  print(`${nameOfJob(job)}: ${ENDS[job.status]}${job.error === null ? "." : ` ${job.error}`}`);
  print(`  ${countsOf(job)}.`);
  if (count > 0) print("");
  for (const problem of rows) print(formatProblem(problem));
  const id = toPublicId("job", job.id);
  if (count > rows.length) print(`  … and ${count - rows.length} more: latchkey jobs ${id} --problems ${count}`);
  for (const line of await leftInInbox(db, job)) print(line);
}

const ENDS: Record<JobEntity["status"], string> = {
  QUEUED: "not begun yet",
  RUNNING: "at work",
  SUCCEEDED: "done",
  FAILED: "failed:",
  CANCELLED: "cancelled; what it did until then stays",
};

/** A replay that brought events which nobody could work on yet has not brought access yet. */
async function leftInInbox(db: OpenDeps["db"], { kind, connectionId, status }: JobEntity): Promise<string[]> {
  if (kind !== "REPLAY" || status !== "SUCCEEDED" || connectionId === null) return [];
  const [left] = await countInbox(db, [connectionId]);
  if (!left) return [];
  return [
    ...(left.pending > 0 ? [`  ${left.pending} events wait for another try: a server goes on with them.`] : []),
    ...(left.failed > 0 ? [`  ${left.failed} events were given up: latchkey doctor says more.`] : []),
  ];
}
