import type { Pair } from "./compare-access";
import type { GrantEntity } from "./grant.entity";
import { groupBy } from "./group-by";

export interface ComparedPair extends Pair {
  before: readonly GrantEntity[];
  after: readonly GrantEntity[];
}

/** For each person and product that rows touch: all that they held of it, and all that they will hold. */
export function comparePairs(before: readonly GrantEntity[], rows: readonly GrantEntity[]): ComparedPair[] {
  const held = groupBy(before, nameOfPair);
  return [...groupBy(rows, nameOfPair)].flatMap(([name, changed]) => {
    const [first] = changed;
    if (!first) return [];
    const old = held.get(name) ?? [];
    const ids = new Set(changed.map((row) => row.id));
    const after = [...old.filter((row) => !ids.has(row.id)), ...changed];
    return [{ userId: first.userId, productId: first.productId, mode: first.mode, before: old, after }];
  });
}

export function nameOfPair({ userId, productId, mode }: Pick<GrantEntity, "userId" | "productId" | "mode">): string {
  return `${userId} ${productId} ${mode}`;
}
