import type { Tx } from "../database/db";
import { findEarlierRemovals } from "./earlier-removals.store";
import { hashCustomer, hashPurchase } from "./hash-removal";
import { writeRemovalMarkers } from "./removal-markers.store";

/** Marks what users had bought who were removed before there were markers. Their addresses are gone already. */
export async function markEarlierRemovals(tx: Tx, key: Buffer): Promise<void> {
  for (const trace of await findEarlierRemovals(tx)) {
    const hash = trace.kind === "CUSTOMER" ? hashCustomer : hashPurchase;
    await writeRemovalMarkers(tx, [hash(key, trace, trace.id)], trace.removedAt);
  }
}
