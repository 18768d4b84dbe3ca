import type { Mode } from "../base/mode";
import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { decideOwner } from "../links/decide-owner";
import { compareAccess } from "./compare-access";
import { comparePairs, nameOfPair } from "./compare-pairs";
import { type FactsFilter, type HeldSource, findSourcePage } from "./facts.store";
import type { GrantEntity } from "./grant.entity";
import { questionOf } from "./ask-owner";
import { loadOwnerWorld } from "./load-owner-world";
import { type PlannedSource, type Rules, concernOf, loadRules, loadPlans } from "./load-plans";
import type { Policy } from "./policy";
import { type OpenedPair, findOpenedPairs, findOpeningGrants } from "./opened-pairs.store";
import { rowsOf } from "./write-plans";

/** Who would gain and who would lose, before anything is done. */
export interface Preview {
  gaining: number;
  losing: number;
  unchanged: number;
  /** Some of those who would gain or lose; those whom we do not know yet are counted only. */
  sample: string[];
}

export interface TriedChange {
  /** What it concerns. */
  filter: FactsFilter;
  /** The links as they would be, where they would be others. */
  changeLinks?: (links: readonly ProductLinkEntity[]) => readonly ProductLinkEntity[];
  changePolicy?: (policy: Policy) => Policy;
}

const PAGE = 500;
const SAMPLE_MAX = 10;

/** Plans by the changed rules and writes nothing. It asks the kept facts, by the functions that would plan in earnest. */
export async function previewPlan({ db, clock }: { db: Db; clock: Clock }, change: TriedChange): Promise<Preview> {
  const now = clock.now();
  const changed: GrantEntity[] = [];
  const strangers = new Set<string>();
  let after: HeldSource["facts"] | null = null;
  for (;;) {
    const page = await findSourcePage(db, change.filter, after, PAGE);
    const plans = await planPage(db, page, change, now);
    for (const plan of plans) {
      if (plan.ownerId === STRANGER) strangers.add(plan.held.facts.customer ?? plan.held.facts.source);
      else changed.push(...rowsOf(plan, now));
    }
    const last = page.at(-1);
    if (page.length < PAGE || !last) break;
    after = last.facts;
  }
  return count(db, changed, strangers.size, now);
}

async function planPage(db: Db, page: readonly HeldSource[], change: TriedChange, now: Date): Promise<PlannedSource[]> {
  const rules = changeRules(await loadRules(db, page), change);
  const world = await loadOwnerWorld(db, page);
  const sources = page.map((held) => {
    const owner = decideOwner(questionOf(concernOf(held, rules, now), world));
    const ownerId = owner.by === "CREATED" ? STRANGER : owner.userId;
    return { held, before: held.facts, ownerId, ownerBy: owner.by };
  });
  return loadPlans(db, sources, rules, now);
}

// Stands for a user who would be made.
const STRANGER = "ffffffff-ffff-ffff-ffff-ffffffffffff";

function changeRules({ links, policies }: Rules, { changeLinks, changePolicy }: TriedChange): Rules {
  const changed = [...policies].map(([mode, policy]): [Mode, Policy] => [mode, changePolicy?.(policy) ?? policy]);
  return { links: changeLinks?.(links) ?? links, policies: new Map(changed) };
}

async function count(db: Db, changed: GrantEntity[], strangers: number, now: Date): Promise<Preview> {
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
