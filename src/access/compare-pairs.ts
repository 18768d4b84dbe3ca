import type { Pair } from "./compare-access";
import type { GrantEntity } from "./grant.entity";
import { groupBy } from "./group-by";

export interface ComparedPair extends Pair {
  /** The products whose grants are compared: the product itself, and live bundles that include it. */
  openerIds: readonly string[];
  before: readonly GrantEntity[];
  after: readonly GrantEntity[];
}

type OpenedBy = Pick<ComparedPair, "userId" | "productId" | "mode" | "openerIds">;

/** For each pair that rows touch: all grants that opened its product, and all that will. */
export function comparePairs(
  opened: readonly OpenedBy[],
  held: ReadonlyMap<string, readonly GrantEntity[]>,
  rows: readonly GrantEntity[],
): ComparedPair[] {
  const written = groupBy(rows, nameOfPair);
  return opened.flatMap(({ userId, productId, mode, openerIds }) => {
    const changed = openerIds.flatMap((id) => written.get(nameOfPair({ userId, productId: id, mode })) ?? []);
    if (changed.length === 0) return [];
    const before = held.get(nameOfPair({ userId, productId, mode })) ?? [];
    const ids = new Set(changed.map((row) => row.id));
    const after = [...before.filter((row) => !ids.has(row.id)), ...changed];
    return [{ userId, productId, mode, openerIds, before, after }];
  });
}

export function nameOfPair({ userId, productId, mode }: Pick<GrantEntity, "userId" | "productId" | "mode">): string {
  return `${userId} ${productId} ${mode}`;
}
