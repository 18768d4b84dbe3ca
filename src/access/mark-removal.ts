import { Bug } from "../base/refusal";
import type { Tx } from "../database/db";
import { findUsersById } from "../users/users.store";
import { hashAddress, hashCustomer, hashPurchase, hashTrial } from "./hash-removal";
import { blankEventBodies } from "./removal-events.store";
import { removalKeyOf } from "./removal-key";
import { type TrialMark, writeRemovalMarkers, writeRemovedTrials } from "./removal-markers.store";
import {
  type CustomerTrace,
  type SourceTrace,
  blankTraces,
  findCustomerTraces,
  findOthersAddresses,
  findSourceTraces,
  keysOf,
} from "./removal-traces.store";

/**
 * Leaves markers of what the users had bought, and blanks what Stripe said of them, in waiting events too. Their rows are still as they were, and
 * their customers, guest purchases and rows are locked.
 */
export async function markRemoval(tx: Tx, userIds: readonly string[], now: Date): Promise<void> {
  const key = await removalKeyOf(tx);
  if (!key) throw new Bug("a server runs without the key of the removal markers");
  const users = await findUsersById(tx, userIds);
  const own = users.flatMap(({ emailKey }) => emailKey ?? []);
  const customers = await findCustomerTraces(tx, userIds, own);
  const sources = await findSourceTraces(tx, userIds, { emailKeys: own, customers });
  const addresses = await addressesOf(tx, userIds, { own, customers, sources });
  const theirs = customers.filter(({ isTheirs }) => isTheirs);
  await writeRemovalMarkers(
    tx,
    [
      ...addresses.map((address) => hashAddress(key, address)),
      ...theirs.map((each) => hashCustomer(key, each, each.customer)),
      ...sources.map((each) => hashPurchase(key, each, each.source)),
    ],
    now,
  );
  const addressOf = new Map(users.map(({ id, emailKey }) => [id, emailKey]));
  await writeRemovedTrials(
    tx,
    sources.flatMap((each) => (each.hasTrial ? trialsOf(key, each, addressOf.get(each.ownerId ?? "") ?? null) : [])),
  );
  await blankTraces(tx, { sources, customers });
  const shown = [
    ...customers.map(({ connectionId, customer }) => ({ connectionId, id: customer })),
    ...sources.map(({ connectionId, source }) => ({ connectionId, id: source })),
  ];
  await blankEventBodies(tx, shown, addresses);
}

/** Their own address, and those with which they bought. The buyer of a claimed purchase may have been another person. */
async function addressesOf(
  tx: Tx,
  userIds: readonly string[],
  traces: { own: readonly string[]; customers: readonly CustomerTrace[]; sources: readonly SourceTrace[] },
): Promise<string[]> {
  const linked = traces.customers.filter(({ isTheirs }) => isTheirs).map(({ email }) => email);
  const bought = traces.sources.flatMap(({ ownedBy, email }) =>
    ownedBy === null || ownedBy === "CLAIM" ? [] : [email],
  );
  const all = [...new Set([...traces.own, ...keysOf([...linked, ...bought])])];
  const others = await findOthersAddresses(tx, userIds, all);
  return all.filter((address) => !others.has(address));
}

/** A later user with the same address or customer has used this trial. */
function trialsOf(key: Buffer, source: SourceTrace, address: string | null): TrialMark[] {
  const purchase = hashPurchase(key, source, source.source);
  const buyers = [address ?? [], source.customer ?? []].flat();
  return source.stripeProducts.flatMap((product) =>
    buyers.map((buyer) => ({ hash: hashTrial(key, source, product, buyer), purchase })),
  );
}
