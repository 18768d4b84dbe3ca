import type { Reader } from "../database/db";
import { decideOwner } from "../links/decide-owner";
import { type GrantDifference, compareGrants } from "./compare-grants";
import type { HeldSource } from "./facts.store";
import { questionOf } from "./ask-owner";
import { loadOwnerWorld } from "./load-owner-world";
import { type PlannedSource, concernOf, loadPlans, loadRules } from "./load-plans";

/** How the grants of a source stand to what its kept facts plan. */
export interface Standing {
  held: HeldSource;
  /** Whose it should be: somebody's, nobody's, or a user's who would be made. */
  owner: { userId: string | null; isNew: boolean };
  /** What should be otherwise; empty: the grants are what they should be. */
  differences: GrantDifference[];
  /** If Stripe said the same at a later moment, nothing but that moment would change. */
  isSteady: boolean;
}

/**
 * Plans from the kept facts, by the functions that plan in earnest, and writes nothing. What is marked waits to be planned
 * anyway, so nothing is said against it.
 */
export async function loadStandings(
  db: Reader,
  sources: readonly HeldSource[],
  { now, seenAtOf }: { now: Date; seenAtOf: (held: HeldSource) => Date },
): Promise<Standing[]> {
  if (sources.length === 0) return [];
  const rules = await loadRules(db, sources);
  const world = await loadOwnerWorld(db, sources);
  const owners = sources.map((held) => decideOwner(questionOf(concernOf(held, rules, now), world)));
  const asked = sources.map((held, index) => {
    const { userId = null, by = null } = owners[index] ?? {};
    return { held, before: held.facts, ownerId: userId, ownerBy: by };
  });
  const plans = await loadPlans(db, asked, rules, now);
  const later = await loadPlans(db, asked.map(seenBy(seenAtOf)), rules, now);
  return plans.map((plan, index) => {
    const isNew = owners[index]?.by === "CREATED";
    const differences = plan.held.isMarked ? [] : differencesOf(plan, now);
    const isSteady = differencesOf(later[index] ?? plan, now).length === 0;
    return { held: plan.held, owner: { userId: plan.ownerId, isNew }, differences, isSteady };
  });
}

function differencesOf({ current, planned }: PlannedSource, now: Date): GrantDifference[] {
  return compareGrants(current, planned, now);
}

function seenBy(seenAtOf: (held: HeldSource) => Date) {
  return <Asked extends { held: HeldSource }>(asked: Asked): Asked => {
    const { held } = asked;
    return { ...asked, held: { ...held, facts: { ...held.facts, observedAt: seenAtOf(held) } } };
  };
}
