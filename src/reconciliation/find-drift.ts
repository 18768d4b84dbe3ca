import type { SourceFacts } from "../access/fact";
import { type HeldSource, findSources } from "../access/facts.store";
import { type Standing, loadStandings } from "../access/load-standings";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Reader } from "../database/db";
import { findRemovedCustomers } from "../access/find-removed";
import { findUnlinkedCustomers } from "../links/customer-links.store";
import { type CustomerSnapshot, customerName } from "../links/customer-snapshot";
import { findCustomers } from "../links/customers.store";
import { findProductsById } from "../products/products.store";
import { compareCustomers } from "./compare-customers";
import { compareFacts } from "./compare-facts";
import { compareStanding } from "./compare-standing";
import { decideRelevance, listedOf } from "./decide-relevance";
import { findSilent } from "./find-silent";
import { formatDifferences, formatMissing } from "./format-difference";
import { loadReach } from "./load-reach";

/** What was found out about one source or customer. */
export interface Finding {
  subject: string;
  kind: "SAME" | "MISSING" | "DIFFERENT" | "UNREADABLE";
  problem: { code: string; message: string } | null;
}

export interface Comparison {
  findings: Finding[];
  /** What Stripe says otherwise, or would be held on otherwise from now on: to be applied. */
  news: SourceFacts[];
  /** What is held as Stripe says it. */
  confirmed: { held: HeldSource; seen: SourceFacts }[];
  /** Held as Stripe says it, or not asked about; and its grants are not what that plans. */
  misplanned: HeldSource[];
  /** Those that differ, and those that were not known. */
  customers: CustomerSnapshot[];
}

export interface Compared {
  /** What is asked about, also what Stripe had nothing to say about. */
  sources: readonly string[];
  facts: readonly SourceFacts[];
  customers: readonly CustomerSnapshot[];
  now: Date;
}

/** Compares what was seen with what is held, and the grants with what the kept facts plan. It writes nothing. */
export async function findDrift(
  db: Reader,
  { id: connectionId }: ConnectionEntity,
  { sources, facts, customers, now }: Compared,
): Promise<Comparison> {
  const names = new Set([...sources, ...facts.map(({ source }) => source)]);
  const rows = await findSources(
    db,
    [...names].map((source) => ({ connectionId, source })),
  );
  const held = new Map(rows.map((each) => [each.facts.source, each]));
  const missing = facts.filter(({ source }) => !held.has(source));
  const wanted = await keepWanted(db, connectionId, missing, new Set(sources));
  const known = facts.flatMap((said) => {
    const before = held.get(said.source);
    return before ? [{ before, said, problem: problemOf(before, said) }] : [];
  });
  const drifted = known.filter(({ problem }) => problem !== null);
  const others = rows.filter(({ facts: { source } }) => !drifted.some(({ said }) => said.source === source));
  const seenAt = new Map(facts.map((said) => [said.source, said.observedAt]));
  const standings = await loadStandings(db, others, {
    now,
    seenAtOf: ({ facts: { source, observedAt } }) => seenAt.get(source) ?? observedAt,
  });
  const misplaced = standings.filter(({ held: { ownerId, isMarked }, owner, differences }) => {
    return !isMarked && (differences.length > 0 || owner.isNew || owner.userId !== ownerId);
  });
  const crooked = new Set(misplaced.map((standing) => standing.held.facts.source));
  const shaky = new Set(standings.filter(({ isSteady }) => !isSteady).map((standing) => standing.held.facts.source));
  const people = await compareAllCustomers(db, customers);
  const differing = [...wanted, ...drifted.map(({ said }) => said)];
  const silent = await findSilent(db, { facts: differing, customers, held });
  const isTold = ({ source }: SourceFacts) => !silent.has(source);
  const later = known.filter(({ before, said, problem }) => problem === null && isLater(before, said));
  return {
    findings: [
      ...wanted.filter(isTold).map((said): Finding => ({
        subject: said.source,
        kind: "MISSING",
        problem: conflict(formatMissing(said)),
      })),
      ...drifted
        .filter(({ said }) => isTold(said))
        .map(({ said, problem }): Finding => ({ subject: said.source, kind: "DIFFERENT", problem })),
      ...(await tellStandings(db, misplaced)),
      ...people.findings,
    ],
    news: [
      ...differing,
      ...later.filter(({ said: { source } }) => shaky.has(source) && !crooked.has(source)).map(({ said }) => said),
    ],
    confirmed: later
      .filter(({ said: { source } }) => !shaky.has(source) || crooked.has(source))
      .map(({ before, said }) => ({ held: before, seen: said })),
    misplanned: misplaced.map((standing) => standing.held),
    customers: people.news,
  };
}

/** What came along with something else, and is not ours to hold, stays out. */
async function keepWanted(
  db: Reader,
  connectionId: string,
  missing: readonly SourceFacts[],
  asked: ReadonlySet<string>,
): Promise<SourceFacts[]> {
  const beside = missing.filter(({ source }) => !asked.has(source));
  const products = beside.flatMap(({ items }) => items.map(({ stripeProduct }) => stripeProduct));
  const links = await loadReach(db, connectionId, products);
  return missing.filter((each) => asked.has(each.source) || decideRelevance(listedOf(each), links));
}

/** Somebody else may have looked since, and that was applied: then nothing is said. */
function isLater({ facts }: HeldSource, said: SourceFacts): boolean {
  return facts.observation < said.observation;
}

function problemOf(held: HeldSource, said: SourceFacts): Finding["problem"] {
  const differences = isLater(held, said) ? compareFacts(held.facts, said) : [];
  return differences.length === 0 ? null : conflict(formatDifferences(differences));
}

async function tellStandings(db: Reader, standings: readonly Standing[]): Promise<Finding[]> {
  const ids = standings.flatMap(({ differences }) => differences.map(({ productId }) => productId));
  const products = ids.length === 0 ? [] : await findProductsById(db, [...new Set(ids)]);
  const keys = new Map(products.map(({ id, key }) => [id, key]));
  return standings.map((standing): Finding => {
    const said = compareStanding(standing, { keyOf: (id) => keys.get(id) ?? id });
    return { subject: standing.held.facts.source, kind: "DIFFERENT", problem: conflict(formatDifferences(said)) };
  });
}

async function compareAllCustomers(
  db: Reader,
  customers: readonly CustomerSnapshot[],
): Promise<{ findings: Finding[]; news: CustomerSnapshot[] }> {
  const known = new Map((await findCustomers(db, customers)).map((each) => [customerName(each), each]));
  const unlinked = (await findUnlinkedCustomers(db, customers)).map(customerName);
  const removed = await findRemovedCustomers(db, customers);
  const forgotten = new Set([...unlinked, ...removed]);
  const compared = customers.map((said) => {
    const before = known.get(customerName(said));
    const isForgotten = forgotten.has(customerName(said));
    const isNews = before !== undefined && before.observation < said.observation;
    return { said, isNew: !before, differences: isNews ? compareCustomers(before, said, { isForgotten }) : [] };
  });
  const different = compared.filter(({ differences }) => differences.length > 0);
  const told = different.filter(({ said }) => !removed.has(customerName(said)));
  return {
    findings: told.map(({ said, differences }): Finding => {
      return { subject: said.customer, kind: "DIFFERENT", problem: conflict(formatDifferences(differences)) };
    }),
    news: compared.filter(({ isNew, differences }) => isNew || differences.length > 0).map(({ said }) => said),
  };
}

function conflict(message: string): NonNullable<Finding["problem"]> {
  return { code: "CONFLICT", message };
}
