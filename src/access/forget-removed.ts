import type { Tx } from "../database/db";
import type { HeldSource } from "./facts.store";
import { type RemovedPurchase, nameOfSource } from "./find-removed";
import { writeRemovalMarkers } from "./removal-markers.store";
import { blankCustomersOfNobody } from "./removal-traces.store";

/**
 * Purchases of removed users, as they are to be kept: without name and address. Each gets a marker of its own, so that it is
 * known again when its address is blank.
 */
export async function forgetRemoved(
  tx: Tx,
  held: readonly HeldSource[],
  removed: ReadonlyMap<string, RemovedPurchase>,
): Promise<HeldSource[]> {
  const isForgotten = ({ facts, ownerId }: HeldSource) => ownerId === null && removed.has(nameOfSource(facts));
  const forgotten = held.filter(isForgotten);
  if (forgotten.length === 0) return [...held];
  for (const { facts } of forgotten) {
    const purchase = removed.get(nameOfSource(facts));
    if (purchase && !purchase.isMarked) await writeRemovalMarkers(tx, [purchase.hash], purchase.removedAt);
  }
  await blankCustomersOfNobody(
    tx,
    forgotten.flatMap(({ facts: { connectionId, customer } }) => (customer === null ? [] : { connectionId, customer })),
  );
  return held.map((each) =>
    isForgotten(each) ? { ...each, facts: { ...each.facts, buyer: { email: null, name: null } } } : each,
  );
}
