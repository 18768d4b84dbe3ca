import { applyFactsIn } from "../access/apply-facts";
import type { SourceFacts } from "../access/fact";
import { findSources } from "../access/facts.store";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader, Tx } from "../database/db";
import { applyEach } from "../surveys/apply-each";
import type { JobEntity, JobProblemRow } from "../work/job.entity";
import { findReported } from "../work/jobs.store";
import type { CarefulSighting, Unreadable } from "../surveys/look-carefully";
import type { JobDeps, JobPage } from "../work/run-jobs";
import { findCustomers } from "../links/customers.store";
import { compareCustomers } from "./compare-customers";
import { compareFacts } from "./compare-facts";
import { formatDifferences, formatMissing } from "./format-difference";

/** What was found out about one source or customer. */
interface Finding {
  subject: string;
  kind: "SAME" | "MISSING" | "DIFFERENT" | "UNREADABLE";
  problem: { code: string; message: string } | null;
}

export interface Seen {
  connection: ConnectionEntity;
  /** What was looked at, with the name of its facts. */
  asked: readonly { target: string; source: string }[];
  sighting: CarefulSighting;
}

/** Compares what was seen with what is held, and mends what differs, unless it is a dry run. */
export async function checkSources(
  deps: JobDeps,
  job: JobEntity,
  { connection, asked, sighting }: Seen,
): Promise<(tx: Tx) => Promise<Pick<JobPage, "counts" | "problems">>> {
  const telling = { origin: "RECONCILIATION", isQuiet: false } as const;
  const isCareful = job.attempts > 0 && !job.dryRun;
  // What cannot be written is found out before, and everything else is in when it is compared.
  const compared = isCareful ? await compareAll(deps.db, connection, sighting) : null;
  const broken = isCareful ? await applyEach(deps, sighting, telling) : new Map<string, Unreadable>();
  return async (tx) => {
    const findings = compared ?? (await compareAll(tx, connection, sighting));
    if (!job.dryRun && !isCareful) await applyFactsIn(tx, { ...telling, ...sighting }, deps.clock.now());
    const unreadable = asked.flatMap(({ target, source }): Finding[] => {
      const problem = sighting.failures.get(target) ?? broken.get(source) ?? null;
      return problem ? [{ subject: source, kind: "UNREADABLE", problem }] : [];
    });
    const named = new Set(asked.map(({ source }) => source));
    const failed = new Set(unreadable.map(({ subject }) => subject));
    const silent = asked.filter(
      ({ source }) => !failed.has(source) && !findings.some(({ subject }) => subject === source),
    );
    const all = [
      ...unreadable,
      ...findings.filter(({ subject }) => !failed.has(subject)),
      ...silent.map(({ source }): Finding => ({ subject: source, kind: "SAME", problem: null })),
    ];
    return report(tx, job, all, named);
  };
}

async function compareAll(db: Reader, connection: ConnectionEntity, sighting: CarefulSighting): Promise<Finding[]> {
  const { facts, customers } = sighting;
  const keys = facts.map(({ source }) => ({ connectionId: connection.id, source }));
  const held = new Map((await findSources(db, keys)).map((each) => [each.facts.source, each.facts]));
  const known = new Map((await findCustomers(db, customers)).map((each) => [each.customer, each]));
  return [
    ...facts.map((said) => compareSource(held.get(said.source) ?? null, said)),
    ...customers.flatMap((said): Finding[] => {
      const before = known.get(said.customer);
      const isNews = before !== undefined && before.observation < said.observation;
      const differences = isNews ? compareCustomers(before, said) : [];
      if (differences.length === 0) return [];
      return [{ subject: said.customer, ...different(formatDifferences(differences)) }];
    }),
  ];
}

function compareSource(held: SourceFacts | null, said: SourceFacts): Finding {
  const { source } = said;
  if (held === null) {
    return { subject: source, kind: "MISSING", problem: { code: "CONFLICT", message: formatMissing(said) } };
  }
  // Somebody else has looked since, and that was applied.
  const differences = held.observation >= said.observation ? [] : compareFacts(held, said);
  if (differences.length === 0) return { subject: source, kind: "SAME", problem: null };
  return { subject: source, ...different(formatDifferences(differences)) };
}

function different(message: string): Pick<Finding, "kind" | "problem"> {
  return { kind: "DIFFERENT", problem: { code: "CONFLICT", message } };
}

/** One row for each that was looked at, and for each difference that was seen on the way; each is told once. */
async function report(
  tx: Tx,
  job: JobEntity,
  findings: readonly Finding[],
  asked: ReadonlySet<string>,
): Promise<Pick<JobPage, "counts" | "problems">> {
  const subjects = findings.flatMap(({ subject, problem }) => (problem ? [subject] : []));
  const told = subjects.length === 0 ? new Set<string>() : await findReported(tx, job.id, subjects);
  const rows = findings
    .map((finding): Finding => (told.has(finding.subject) ? { ...finding, kind: "SAME", problem: null } : finding))
    .filter(({ kind, subject }) => kind !== "SAME" || asked.has(subject));
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
