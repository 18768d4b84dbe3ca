import type { Tx } from "../database/db";
import type { CustomerSnapshot } from "../links/customer-snapshot";
import type { JobEntity, JobProblemRow } from "../work/job.entity";
import { findNotes, writeNotes } from "../work/notes.store";
import type { JobPage } from "../work/run-jobs";
import type { Finding } from "./find-drift";

/** What was compared and counted in this run: a purchase or a customer, by its id. */
export const SEEN = "SEEN";

interface Found {
  findings: readonly Finding[];
  asked: readonly string[];
  customers: readonly CustomerSnapshot[];
}

/** One row for each that was asked about, and for each difference that was seen on the way; each is counted once. */
export async function reportFindings(
  tx: Tx,
  job: JobEntity,
  { findings, asked, customers }: Found,
): Promise<Pick<JobPage, "counts" | "problems">> {
  const subjects = findings.map(({ subject }) => subject);
  const before = await findNotes(tx, job.id, SEEN, [...subjects, ...asked]);
  const silent = [...new Set(asked)].filter((subject) => !subjects.includes(subject));
  const rows = [...findings, ...silent.map((subject): Finding => ({ subject, kind: "SAME", problem: null }))].filter(
    ({ subject }) => !before.has(subject),
  );
  const seen = [...rows.map(({ subject }) => subject), ...customers.map(({ customer }) => customer)];
  await writeNotes(
    tx,
    job.id,
    [...new Set(seen)].map((subject) => ({ kind: SEEN, subject, value: null })),
  );
  const count = (wanted: Finding["kind"]) => rows.filter(({ kind }) => kind === wanted).length;
  const problems = rows.flatMap(({ subject, problem }, index): JobProblemRow[] =>
    problem ? [{ row: job.done + index + 1, subject, ...problem }] : [],
  );
  return {
    counts: {
      done: rows.length,
      created: count("MISSING"),
      updated: count("DIFFERENT"),
      skipped: count("SAME"),
      failed: count("UNREADABLE"),
    },
    problems,
  };
}
