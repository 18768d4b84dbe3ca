import type { Origin } from "../activities/activity-types";
import { type ComparedPair, nameOfPair } from "./compare-pairs";
import type { GrantEntity } from "./grant.entity";
import { type PlannedTurns, planTurns } from "./plan-turns";

export interface JointTurns {
  turns: readonly PlannedTurns[];
  /** When a row is written: no earlier than what was told of any pair that its grant opens. */
  writtenAtOf(row: Pick<GrantEntity, "userId" | "productId" | "mode">): Date;
}

/** The turns of each pair. Pairs that one grant opens are written at one moment, for the row of the grant has one. */
export function planJointTurns(
  pairs: readonly ComparedPair[],
  { told, now, origin }: { told: ReadonlyMap<string, Date>; now: Date; origin: Origin },
): JointTurns {
  const turns = new Map<ComparedPair, PlannedTurns>();
  const writtenAt = new Map<string, Date>();
  for (const group of groupsOf(pairs)) {
    let at = latest(group.map((pair) => told.get(nameOfPair(pair)) ?? now));
    for (;;) {
      for (const pair of group) turns.set(pair, planTurns(pair, at, origin));
      const reached = latest(group.flatMap((pair) => turns.get(pair)?.writtenAt ?? []));
      if (reached <= at || group.length === 1) break;
      at = reached;
    }
    const last = latest(group.flatMap((pair) => turns.get(pair)?.writtenAt ?? []));
    for (const name of group.flatMap(namesOf)) writtenAt.set(name, last);
  }
  return {
    turns: pairs.flatMap((pair) => turns.get(pair) ?? []),
    writtenAtOf: (row) => writtenAt.get(nameOfPair(row)) ?? now,
  };
}

/** Pairs that have an opener in common belong together, and so do those that are joined through others. */
function groupsOf(pairs: readonly ComparedPair[]): ComparedPair[][] {
  const groupByName = new Map<string, ComparedPair[]>();
  for (const pair of pairs) {
    const joined = new Set(namesOf(pair).map((name) => groupByName.get(name) ?? []));
    const group = [...[...joined].flat(), pair];
    for (const name of group.flatMap(namesOf)) groupByName.set(name, group);
  }
  return [...new Set(groupByName.values())];
}

function namesOf({ openerIds, ...pair }: ComparedPair): string[] {
  return openerIds.map((productId) => nameOfPair({ ...pair, productId }));
}

function latest(moments: readonly Date[]): Date {
  return new Date(Math.max(...moments.map(Number)));
}
