import { applyFactsIn, lockOf } from "../access/apply-facts";
import { confirmSources } from "../access/confirm-sources";
import { findSources } from "../access/facts.store";
import { replanSources } from "../access/replan-sources";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader, Tx } from "../database/db";
import type { CustomerKey } from "../links/customer-snapshot";
import { lockCustomers } from "../links/customers.store";
import { applyEach } from "../surveys/apply-each";
import type { CarefulSighting, Unreadable } from "../surveys/look-carefully";
import type { JobEntity } from "../work/job.entity";
import type { JobDeps, JobPage } from "../work/run-jobs";
import { type Compared, type Comparison, type Finding, findDrift } from "./find-drift";
import { replanEach } from "./replan-each";
import { reportFindings } from "./report-findings";

export interface Seen {
  connection: ConnectionEntity;
  /** What is counted: the name of its facts or of a customer, and what was looked at for it. */
  asked: readonly { target: string; subject: string }[];
  sighting: CarefulSighting;
}

export type WritePage = (tx: Tx) => Promise<Pick<JobPage, "counts" | "problems">>;

const telling = { origin: "RECONCILIATION", isQuiet: false } as const;

/** Compares what was seen with what is held, and mends what differs, unless it is a dry run. */
export async function checkSources(
  deps: JobDeps,
  job: JobEntity,
  { connection, asked, sighting }: Seen,
): Promise<WritePage> {
  const now = deps.clock.now();
  // The same thing can stand in a row and be looked at with care as well.
  const facts = latestOfEach(sighting.facts, ({ source }) => source);
  const customers = latestOfEach(sighting.customers, ({ customer }) => customer);
  const seen = { facts, customers, sources: asked.map(({ subject }) => subject), now };
  // What cannot be written is found out before, and everything else is in when it is reported.
  const isCareful = job.attempts > 0 && !job.dryRun;
  const compared = isCareful ? await findDrift(deps.db, connection, seen) : null;
  const broken = compared ? await mendEach(deps, compared) : new Map<string, Unreadable>();
  return async (tx) => {
    await lockCustomers(tx, await findLocks(tx, connection, seen));
    const comparison = compared ?? (await findDrift(tx, connection, seen));
    if (!job.dryRun) await mend(tx, comparison, { now, isCareful });
    const unreadable = asked.flatMap(({ target, subject }): Finding[] => {
      const problem = sighting.failures.get(target) ?? broken.get(subject) ?? null;
      return problem ? [{ subject, kind: "UNREADABLE", problem }] : [];
    });
    const failed = new Set(unreadable.map(({ subject }) => subject));
    const findings = [...unreadable, ...comparison.findings.filter(({ subject }) => !failed.has(subject))];
    return reportFindings(tx, job, { findings, asked: seen.sources, customers });
  };
}

function latestOfEach<Seen extends { observation: bigint }>(seen: readonly Seen[], nameOf: (each: Seen) => string) {
  const latest = new Map<string, Seen>();
  for (const each of seen) {
    const other = latest.get(nameOf(each));
    if (!other || other.observation < each.observation) latest.set(nameOf(each), each);
  }
  return [...latest.values()];
}

/** All at once, and always in one order: also of what Stripe had nothing to say about. */
async function findLocks(
  db: Reader,
  { id: connectionId }: ConnectionEntity,
  { facts, customers, sources }: Pick<Compared, "facts" | "customers" | "sources">,
): Promise<CustomerKey[]> {
  const held = await findSources(
    db,
    sources.map((source) => ({ connectionId, source })),
  );
  return [...facts, ...held.map((each) => each.facts)].map(lockOf).concat(customers);
}

async function mend(
  tx: Tx,
  { news, confirmed, misplanned, customers }: Comparison,
  { now, isCareful }: { now: Date; isCareful: boolean },
): Promise<void> {
  // The rest was written before, each by itself.
  const facts = isCareful ? [] : news;
  if (facts.length + customers.length > 0) await applyFactsIn(tx, { ...telling, facts, customers }, now);
  await confirmSources(tx, confirmed);
  if (isCareful) return;
  await replanSources(
    tx,
    misplanned.map(({ facts }) => facts),
    { now, origin: telling.origin },
  );
}

async function mendEach(
  deps: JobDeps,
  { news, misplanned, customers }: Comparison,
): Promise<ReadonlyMap<string, Unreadable>> {
  const applied = await applyEach(deps, { facts: news, customers }, telling);
  return new Map([...applied, ...(await replanEach(deps, misplanned, telling.origin))]);
}
