import type { Origin } from "../activities/activity-types";
import type { Clock } from "../base/clock";
import { Refusal } from "../base/refusal";
import type { Db, Tx } from "../database/db";
import { findUnlinkedCustomers } from "../links/customer-links.store";
import { type CustomerKey, type CustomerSnapshot, customerName } from "../links/customer-snapshot";
import { lockCustomers } from "../links/customers.store";
import { shareLinks } from "../links/product-links.store";
import { applyCustomers } from "./apply-customers";
import type { SourceFacts } from "./fact";
import { type HeldSource, findSources, writeSources } from "./facts.store";
import { findRemovedCustomers } from "./find-removed";
import { forgetRemoved } from "./forget-removed";
import { keepKnown } from "./keep-known";
import { loadOwnerWorld } from "./load-owner-world";
import { concernOf, loadRules, loadPlans } from "./load-plans";
import { type Unclaimed, linesOfUnclaimed, planUnclaimed } from "./plan-unclaimed";
import { lockAddresses } from "../users/users.store";
import { sharePolicy } from "./policy.store";
import { settleOwners } from "./settle-owners";
import { lockUsers } from "./stripe-grants.store";
import { writeUnclaimed } from "./unclaimed.store";
import { markUnownedOf } from "./unowned.store";
import { type AccessTurn, type Telling, writePlans } from "./write-plans";

export interface Batch {
  origin: Origin;
  facts: readonly SourceFacts[];
  customers?: readonly CustomerSnapshot[];
  /** It is written down, and nobody is told. */
  isQuiet?: boolean;
  /** Whose all of it is, as somebody who may say so says. */
  claimedBy?: string;
}

export interface Applied {
  connectionId: string;
  source: string;
  /** Whose it is; null: nobody's yet. */
  ownerId: string | null;
  /** False: something newer was held already. */
  isNews: boolean;
  wasKnown: boolean;
}

export interface AppliedBatch {
  sources: Applied[];
  turns: AccessTurn[];
}

type Parts = { db: Db; clock: Clock };

/**
 * The one road from Stripe to access: whatever looked (a webhook, an import, a reconciliation) ends here. One transaction
 * keeps the facts, writes the grants that they give, the journal and the notices: a crash leaves all of it or nothing.
 */
export async function applyFacts({ db, clock }: Parts, batch: Batch): Promise<AppliedBatch> {
  return takingTurns(() => db.transaction((tx) => applyFactsIn(tx, batch, clock.now())));
}

/** The same as a part of a larger transaction, which takes turns as a whole. */
export async function applyFactsIn(tx: Tx, batch: Batch, now: Date): Promise<AppliedBatch> {
  const facts = newestOfEach(batch.facts);
  const customers = batch.customers ?? [];
  await lockCustomers(tx, [...facts.map(lockOf), ...customers]);
  const keys = [...facts.filter((each) => each.customer !== null).map(lockOf), ...customers];
  const forgotten = new Set((await findUnlinkedCustomers(tx, keys)).map(customerName));
  const blank = new Set([...forgotten, ...(await findRemovedCustomers(tx, customers))]);
  const lines = await applyCustomers(tx, customers, { now, origin: batch.origin, forgotten: blank });
  const held = new Map((await findSources(tx, facts)).map((each) => [nameOf(each.facts), each]));
  const news = facts.filter((each) => (held.get(nameOf(each))?.facts.observation ?? -1n) < each.observation);
  const seen = news.map((each) => {
    const before = held.get(nameOf(each)) ?? null;
    return { before, facts: forgotten.has(customerName(lockOf(each))) ? withoutBuyer(each) : each };
  });
  const { origin, isQuiet = false, claimedBy = null } = batch;
  const settled = await settle(tx, seen.map(toSeen).map(claimedAs(claimedBy)), { now, origin, lines, isQuiet });
  const owners = new Map([...held.values(), ...settled.sources].map((each) => [nameOf(each.facts), each.ownerId]));
  return {
    turns: settled.turns,
    sources: facts.map((each) => ({
      connectionId: each.connectionId,
      source: each.source,
      ownerId: owners.get(nameOf(each)) ?? null,
      isNews: news.includes(each),
      wasKnown: held.has(nameOf(each)),
    })),
  };
}

export interface Seen {
  held: HeldSource;
  before: SourceFacts | null;
}

export interface SettledBatch {
  /** As they are held now. */
  sources: HeldSource[];
  turns: AccessTurn[];
}

/** Owners, grants, journal and facts of sources that nobody else works on: their customers are locked. */
export async function settle(
  tx: Tx,
  seen: readonly Seen[],
  { now, origin, lines, isQuiet = false }: Telling,
): Promise<SettledBatch> {
  const sources = seen.map(({ held }) => held);
  await shareLinks(
    tx,
    sources.map(({ facts }) => facts.connectionId),
  );
  await sharePolicy(
    tx,
    sources.map(({ facts }) => facts.mode),
  );
  const rules = await loadRules(tx, sources);
  const world = await loadOwnerWorld(tx, sources, (keys) => lockAddresses(tx, keys));
  const concerns = sources.map((held) => concernOf(held, rules, now));
  const settled = await settleOwners(tx, concerns, world, { now, origin });
  const named = settled.flatMap(({ owner }, index) => [owner.userId, sources[index]?.ownerId ?? null]);
  const present = await lockUsers(
    tx,
    named.filter((id) => id !== null),
  );
  // Somebody who is removed at this very moment is not given anything.
  const owned = settled.map(({ owner }) => (owner.userId !== null && present.has(owner.userId) ? owner : null));
  const plans = await loadPlans(
    tx,
    seen.map(({ held, before }, index) => {
      const { userId = null, by = null } = owned[index] ?? {};
      return { held, before, ownerId: userId, ownerBy: by };
    }),
    rules,
    now,
  );
  const batch = plans.map((plan, index) => ({ plan, before: seen[index]?.before ?? null }));
  const unclaimed = sources.map((held, index) => {
    const owner = owned[index] ? null : (settled[index]?.owner ?? null);
    return planUnclaimed(held, { owner, claimable: concerns[index]?.claimable ?? null });
  });
  const waiting = sources.flatMap((held, index) => linesOfUnclaimed(held, unclaimed[index] ?? null, origin));
  const told = [...lines, ...settled.flatMap((each) => each.lines), ...waiting];
  const turns = await writePlans(tx, batch, { now, origin, lines: told, isQuiet });
  const owners = sources.map((held, index) => ({
    ...held,
    ownerId: owned[index]?.userId ?? null,
    ownerBy: owned[index]?.by ?? null,
    unclaimed: unclaimed[index] ?? null,
  }));
  const written = await forgetRemoved(tx, owners, world.removed);
  await writeSources(tx, written);
  await writeUnclaimed(
    tx,
    written.filter((held, index) => differs(held.unclaimed, sources[index]?.unclaimed ?? null)),
  );
  // What the same customers bought before, when it could not be told whose they are, is theirs as well.
  await markUnownedOf(
    tx,
    customersOf(written.filter(({ ownerId }, index) => ownerId !== null && isNobodys(sources[index]))),
  );
  return { sources: written, turns };
}

function differs(one: Unclaimed | null, other: Unclaimed | null): boolean {
  return JSON.stringify(one) !== JSON.stringify(other);
}

function isNobodys(held: HeldSource | undefined): boolean {
  return held?.ownerId === null;
}

function customersOf(sources: readonly HeldSource[]): CustomerKey[] {
  return sources.flatMap(({ facts: { connectionId, customer } }) =>
    customer === null ? [] : { connectionId, customer },
  );
}

function toSeen({ before, facts }: { before: HeldSource | null; facts: SourceFacts }): Seen {
  const { ownerId = null, ownerBy = null, claimedBy = null, unclaimed = null } = before ?? {};
  const complete = before ? keepKnown(before.facts, facts) : facts;
  const held = { facts: complete, ownerId, ownerBy, claimedBy, unclaimed, isMarked: false };
  return { before: before?.facts ?? null, held };
}

function claimedAs(userId: string | null): (seen: Seen) => Seen {
  return ({ before, held }) => ({ before, held: { ...held, claimedBy: userId ?? held.claimedBy } });
}

/** Whoever was unlinked or removed is not looked for again, so what Stripe says of them is not kept. */
function withoutBuyer(facts: SourceFacts): SourceFacts {
  return { ...facts, buyer: { email: null, name: null } };
}

function newestOfEach(facts: readonly SourceFacts[]): SourceFacts[] {
  const byName = new Map<string, SourceFacts>();
  for (const each of facts) {
    const other = byName.get(nameOf(each));
    if (!other || other.observation < each.observation) byName.set(nameOf(each), each);
  }
  return [...byName.values()];
}

/** Guests have no customer to take turns for: their purchase stands for itself. */
export function lockOf({ connectionId, customer, source }: Pick<SourceFacts, "connectionId" | "customer" | "source">) {
  return { connectionId, customer: customer ?? source };
}

function nameOf({ connectionId, source }: { connectionId: string; source: string }): string {
  return `${connectionId} ${source}`;
}

const TURNS_MAX = 4;

/** Two first purchases with one address at once, or somebody creating that user just now: whoever is second looks again. */
export async function takingTurns<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let turn = 1; ; turn++) {
    try {
      return await work();
    } catch (error) {
      const isTaken =
        error instanceof Refusal && (error.code === "EMAIL_TAKEN" || error.code === "CUSTOMER_ALREADY_LINKED");
      if (!isTaken || turn === TURNS_MAX) throw error;
    }
  }
}
