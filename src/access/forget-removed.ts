import type { Tx } from "../database/db";
import { findActiveLinks } from "../links/customer-links.store";
import { customerName } from "../links/customer-snapshot";
import type { HeldSource } from "./facts.store";
import { type RemovedPurchase, nameOfSource } from "./find-removed";
import { writeRemovalMarkers } from "./removal-markers.store";
import { blankCustomers } from "./removal-traces.store";

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
  const customers = forgotten.flatMap(({ facts: { connectionId, customer } }) =>
    customer === null ? [] : { connectionId, customer },
  );
  // A customer that belongs to another user by now keeps what is known of it.
  const linked = new Set((await findActiveLinks(tx, customers)).map(customerName));
  await blankCustomers(
    tx,
    customers.filter((each) => !linked.has(customerName(each))),
  );
  return held.map((each) =>
    isForgotten(each) ? { ...each, facts: { ...each.facts, buyer: { email: null, name: null } } } : each,
  );
}
