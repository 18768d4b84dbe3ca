import type { Mode } from "../base/mode";
import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { decideOwner } from "../links/decide-owner";
import { compareAccess } from "./compare-access";
import { comparePairs, nameOfPair } from "./compare-pairs";
import type { SourceFacts } from "./fact";
import { type FactsFilter, type HeldSource, findSourcePage } from "./facts.store";
import { nameOfSource } from "./find-removed";
import { type GrantStatus, statusOf } from "./grant";
import type { GrantEntity } from "./grant.entity";
import { questionOf } from "./ask-owner";
import { keepKnown } from "./keep-known";
import { addressOf, loadOwnerWorld } from "./load-owner-world";
import { type Rules, concernOf, loadRules, loadPlans } from "./load-plans";
import type { Policy } from "./policy";
import { type OpenedPair, findOpenedPairs, findOpeningGrants } from "./opened-pairs.store";
import { countWaitingEvents } from "./waiting-events.store";
import { rowsOf } from "./write-plans";

/** Who would gain and who would lose, before anything is done. */
export interface Preview {
  gaining: number;
  losing: number;
  unchanged: number;
  /** Some of those who would gain or lose; those whom we do not know yet are counted only. */
  sample: string[];
  /** Events that came in before and are not worked on yet: what they say is not counted. */
  waitingEvents: number;
  /** Whether everything that was asked for was read in Stripe. */
  isComplete: boolean;
}

export interface TriedChange {
  /** What it concerns. */
  filter: FactsFilter;
  /** The links as they would be, where they would be others. */
  changeLinks?: (links: readonly ProductLinkEntity[]) => readonly ProductLinkEntity[];
  changePolicy?: (policy: Policy) => Policy;
  /** Purchases that Stripe lists and that are not stored yet. */
  found?: { facts: readonly SourceFacts[]; isComplete: boolean };
}

const PAGE = 500;
const SAMPLE_MAX = 10;

/** Plans by the changed rules and writes nothing. It asks the kept facts, by the functions that would plan in earnest. */
export async function previewPlan({ db, clock }: { db: Db; clock: Clock }, change: TriedChange): Promise<Preview> {
  const now = clock.now();
  const waitingEvents = await countWaitingEvents(db, change.filter);
  const found = new Map((change.found?.facts ?? []).map((facts) => [nameOfSource(facts), facts]));
  const planned: Planned = { changed: [], strangers: new Set() };
  let after: HeldSource["facts"] | null = null;
  for (;;) {
    const page = await findSourcePage(db, change.filter, after, PAGE);
    const sources = page.map((held) => seenLater(held, found.get(nameOfSource(held.facts))));
    for (const { facts } of page) found.delete(nameOfSource(facts));
    await planPage(db, sources, { change, planned, now });
    const last = page.at(-1);
    if (page.length < PAGE || !last) break;
    after = last.facts;
  }
  const rest = [...found.values()];
  for (let from = 0; from < rest.length; from += PAGE) {
    const sources = rest.slice(from, from + PAGE).map((facts): Tried => ({ held: newlyHeld(facts), before: null }));
    await planPage(db, sources, { change, planned, now });
  }
  const counted = await count(db, planned.changed, planned.strangers.size, now);
  return { ...counted, waitingEvents, isComplete: change.found?.isComplete ?? true };
}

interface Tried {
  held: HeldSource;
  before: SourceFacts | null;
}

interface Planned {
  changed: GrantEntity[];
  /** People who would be created, each by one name. */
  strangers: Set<string>;
}

function seenLater(held: HeldSource, seen: SourceFacts | undefined): Tried {
  const isNews = seen !== undefined && seen.observation > held.facts.observation;
  return { held: isNews ? { ...held, facts: keepKnown(held.facts, seen) } : held, before: held.facts };
}

function newlyHeld(facts: SourceFacts): HeldSource {
  return { facts, ownerId: null, ownerBy: null, claimedBy: null, unclaimed: null, isMarked: false };
}

async function planPage(
  db: Db,
  page: readonly Tried[],
  { change, planned, now }: { change: TriedChange; planned: Planned; now: Date },
): Promise<void> {
  if (page.length === 0) return;
  const held = page.map((each) => each.held);
  const rules = changeRules(await loadRules(db, held), change);
  const world = await loadOwnerWorld(db, held);
  const sources = page.map((each) => {
    const owner = decideOwner(questionOf(concernOf(each.held, rules, now), world));
    const ownerId = owner.by === "CREATED" ? STRANGER : owner.userId;
    return { ...each, ownerId, ownerBy: owner.by };
  });
  for (const plan of await loadPlans(db, sources, rules, now)) {
    const rows = rowsOf(plan, now);
    if (plan.ownerId !== STRANGER) planned.changed.push(...rows);
    else if (rows.some((grant) => OPEN.has(statusOf(grant, now)))) {
      // Several customers of one address are one person.
      const { facts } = plan.held;
      planned.strangers.add(addressOf(facts, world)?.key ?? facts.customer ?? facts.source);
    }
  }
}

const OPEN: ReadonlySet<GrantStatus> = new Set(["ACTIVE", "GRACE"]);

// Stands for a user who would be made.
const STRANGER = "ffffffff-ffff-ffff-ffff-ffffffffffff";

function changeRules({ links, policies }: Rules, { changeLinks, changePolicy }: TriedChange): Rules {
  const changed = [...policies].map(([mode, policy]): [Mode, Policy] => [mode, changePolicy?.(policy) ?? policy]);
  return { links: changeLinks?.(links) ?? links, policies: new Map(changed) };
}

type Counted = Omit<Preview, "waitingEvents" | "isComplete">;

async function count(db: Db, changed: GrantEntity[], strangers: number, now: Date): Promise<Counted> {
  const pairs = changed.map(({ userId, productId, mode }) => ({ userId, productId, mode }));
  const opened = new Map<string, OpenedPair>();
  const held = new Map<string, readonly GrantEntity[]>();
  for (let from = 0; from < pairs.length; from += PAGE) {
    const page = await findOpenedPairs(db, pairs.slice(from, from + PAGE));
    for (const pair of page) opened.set(nameOfPair(pair), pair);
    for (const [name, grants] of await findOpeningGrants(db, page)) held.set(name, grants);
  }
  const compared = comparePairs([...opened.values()], held, changed);
  const turns = compared.map((pair) => ({ userId: pair.userId, turn: compareAccess(pair, now) }));
  const people = (turn: string) => new Set(turns.filter((each) => each.turn === turn).map((each) => each.userId));
  const [gaining, losing] = [people("GAINED"), people("LOST")];
  const unchanged = [...people("KEPT")].filter((id) => !gaining.has(id) && !losing.has(id));
  return {
    gaining: gaining.size + strangers,
    losing: losing.size,
    unchanged: unchanged.length,
    sample: [...gaining, ...losing].slice(0, SAMPLE_MAX),
  };
}
