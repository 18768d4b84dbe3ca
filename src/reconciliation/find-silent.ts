import type { SourceFacts } from "../access/fact";
import type { HeldSource } from "../access/facts.store";
import { findRemoved, nameOfSource } from "../access/find-removed";
import type { Reader } from "../database/db";
import { findActiveLinks } from "../links/customer-links.store";
import { type CustomerSnapshot, customerName } from "../links/customer-snapshot";
import { findUsersById } from "../users/users.store";

export interface SilentQuestion {
  facts: readonly SourceFacts[];
  customers: readonly CustomerSnapshot[];
  held: ReadonlyMap<string, HeldSource>;
}

/**
 * Finds purchases of removed people that belong to nobody, by source. They are kept up to date and never reported: nobody
 * could do anything about them. A purchase that somebody claimed, or whose customer is linked again, is reported.
 */
export async function findSilent(db: Reader, { facts, customers, held }: SilentQuestion): Promise<ReadonlySet<string>> {
  const ownerIds = facts.flatMap(({ source }) => held.get(source)?.ownerId ?? []);
  const present = new Set((await findUsersById(db, ownerIds)).map(({ id }) => id));
  // The owner of a purchase stays written down until it is planned again, although the person is removed.
  const unowned = facts.filter(({ source }) => !present.has(held.get(source)?.ownerId ?? ""));
  const emails = new Map(customers.map((each) => [customerName(each), each.email]));
  const removed = await findRemoved(db, unowned, (each) => emails.get(nameOfBuyer(each)) ?? null);
  const theirs = unowned.filter((each) => removed.has(nameOfSource(each)));
  const keys = theirs.flatMap(({ connectionId, customer }) => (customer === null ? [] : { connectionId, customer }));
  const linked = new Set((await findActiveLinks(db, keys)).map(customerName));
  return new Set(theirs.filter((each) => !linked.has(nameOfBuyer(each))).map(({ source }) => source));
}

function nameOfBuyer({ connectionId, customer }: SourceFacts): string {
  return customer === null ? "" : customerName({ connectionId, customer });
}
