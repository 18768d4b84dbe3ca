import type { Tx } from "../database/db";
import type { HeldSource } from "./facts.store";
import { type Confirmed, confirmFacts, confirmGrants } from "./confirmations.store";
import { lockUsers } from "./stripe-grants.store";

/**
 * Stripe was looked at and says what is held already: only the moment of the look is news, for the facts and for the grants
 * that they give. It never goes back. Whoever calls holds the locks of the customers.
 */
export async function confirmSources(
  tx: Tx,
  sources: readonly { held: HeldSource; seen: Confirmed["seen"] }[],
): Promise<void> {
  if (sources.length === 0) return;
  const owners = sources.flatMap(({ held }) => held.ownerId ?? []);
  await lockUsers(tx, owners);
  const confirmed = sources.map(({ held: { facts, ownerId }, seen }) => {
    return { connectionId: facts.connectionId, source: facts.source, ownerId, seen };
  });
  await confirmFacts(tx, confirmed);
  await confirmGrants(tx, confirmed);
}
