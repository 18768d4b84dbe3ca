import type { Reader } from "../database/db";
import { findActiveLinks } from "../links/customer-links.store";
import { type CustomerSnapshot, customerName } from "../links/customer-snapshot";
import { emailKeyOf } from "../users/email-key";
import { findAccounts } from "./accounts.store";
import type { SourceFacts } from "./fact";
import { hashAddress, hashCustomer, hashPurchase } from "./hash-removal";
import { removalKeyOf } from "./removal-key";
import { findRemovalMarkers, toHex } from "./removal-markers.store";

/** A purchase that was begun before its buyer was removed. */
export interface RemovedPurchase {
  removedAt: Date;
  hash: Buffer;
  /** It has a marker of its own. Otherwise its customer or address has one. */
  isMarked: boolean;
}

/**
 * Which of these purchases belonged to a removed user, by connection and source. A marker of the purchase counts for good;
 * one of its customer or address counts for what was bought before the removal.
 */
export async function findRemoved(
  db: Reader,
  sources: readonly SourceFacts[],
  emailOf: (facts: SourceFacts) => string | null,
): Promise<ReadonlyMap<string, RemovedPurchase>> {
  const key = await removalKeyOf(db);
  if (!key || sources.length === 0) return new Map();
  const accounts = await findAccounts(
    db,
    sources.map(({ connectionId }) => connectionId),
  );
  const asked = sources.flatMap((facts) => {
    const account = accounts.get(facts.connectionId);
    if (!account) return [];
    const addresses = [...new Set([facts.buyer.email, emailOf(facts)])].flatMap((email) => email ?? []);
    const buyer = [
      ...addresses.map((email) => hashAddress(key, emailKeyOf(email))),
      ...(facts.customer === null ? [] : [hashCustomer(key, account, facts.customer)]),
    ];
    return [{ facts, hash: hashPurchase(key, account, facts.source), buyer }];
  });
  const markers = await findRemovalMarkers(
    db,
    asked.flatMap(({ hash, buyer }) => [hash, ...buyer]),
  );
  return new Map(
    asked.flatMap(({ facts, hash, buyer }): [string, RemovedPurchase][] => {
      const own = markers.get(toHex(hash));
      const removals = buyer.flatMap((each) => markers.get(toHex(each)) ?? []);
      const removedAt = own ?? removals.find((at) => facts.boughtAt <= at);
      return removedAt ? [[nameOfSource(facts), { removedAt, hash, isMarked: own !== undefined }]] : [];
    }),
  );
}

export function nameOfSource({ connectionId, source }: Pick<SourceFacts, "connectionId" | "source">): string {
  return `${connectionId} ${source}`;
}

/** Customers that have a marker, or an address that has one, and belong to nobody. Their snapshots keep no personal fields. */
export async function findRemovedCustomers(db: Reader, customers: readonly CustomerSnapshot[]): Promise<Set<string>> {
  const key = await removalKeyOf(db);
  if (!key || customers.length === 0) return new Set();
  const accounts = await findAccounts(
    db,
    customers.map(({ connectionId }) => connectionId),
  );
  const asked = customers.flatMap((each) => {
    const account = accounts.get(each.connectionId);
    const own = account ? [hashCustomer(key, account, each.customer)] : [];
    return [{ each, hashes: [...own, ...(each.email === null ? [] : [hashAddress(key, emailKeyOf(each.email))])] }];
  });
  const markers = await findRemovalMarkers(
    db,
    asked.flatMap(({ hashes }) => hashes),
  );
  const marked = asked.filter(({ hashes }) => hashes.some((hash) => markers.has(toHex(hash)))).map(({ each }) => each);
  const linked = new Set((await findActiveLinks(db, marked)).map(customerName));
  return new Set(marked.map(customerName).filter((name) => !linked.has(name)));
}
