import type { Reader } from "../database/db";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { findActiveLinks, findUnlinkedCustomers } from "../links/customer-links.store";
import { type CustomerKey, type CustomerSnapshot, customerName } from "../links/customer-snapshot";
import { findCustomers } from "../links/customers.store";
import { isJoinedByAddress } from "../links/decide-owner";
import { findOwnSessions } from "../links/own-sessions.store";
import { emailKeyOf } from "../users/email-key";
import type { UserEntity } from "../users/user.entity";
import { findUsersByEmailKeys, findUsersById } from "../users/users.store";
import type { SourceFacts } from "./fact";
import type { HeldSource } from "./facts.store";
import { type RemovedPurchase, findRemoved, nameOfSource } from "./find-removed";

/** What is known about people and customers, for a batch of sources. */
export interface OwnerWorld {
  /** Connection and customer to the user of a link that rests on more than an address. */
  links: Map<string, string>;
  /** Connection and customer of those among the links that were made on the way, and not by hand. */
  found: Set<string>;
  /** Connection and customer to the link by address. */
  joins: Map<string, CustomerLinkEntity>;
  unlinked: ReadonlySet<string>;
  /** Customers as Stripe last showed them. */
  customers: ReadonlyMap<string, CustomerSnapshot>;
  /** Checkout sessions that we opened ourselves, with the user for whom. */
  sessions: ReadonlyMap<string, { userId: string; isGuest: boolean }>;
  /** Users who are still there, by id. */
  people: Map<string, UserEntity>;
  /** The user who has an address, by the address as it is compared. */
  holders: Map<string, UserEntity>;
  /** Connection and source of what was bought by users who were removed since. */
  removed: ReadonlyMap<string, RemovedPurchase>;
}

/**
 * Loads all that decides about the owners of the sources. Whoever writes the decision locks the addresses on which it may
 * rest, before they are read.
 */
export async function loadOwnerWorld(
  db: Reader,
  sources: readonly HeldSource[],
  lockAddresses: (keys: readonly string[]) => Promise<void> = async () => {},
): Promise<OwnerWorld> {
  const keys = sources.flatMap(({ facts }) => customerOf(facts) ?? []);
  const active = await findActiveLinks(db, keys);
  const unlinked = await findUnlinkedCustomers(db, keys);
  const customers = new Map((await findCustomers(db, keys)).map((each) => [customerName(each), each]));
  const firm = active.filter((link) => link.basis !== "ADDRESS");
  const links = new Map(firm.map((link) => [customerName(link), link.userId]));
  const joined = active.filter((link) => link.basis === "ADDRESS");
  const joins = new Map(joined.map((link) => [customerName(link), link]));
  const own = await findOwnSessions(db, sources.flatMap(sessionsOf));
  const open = sources.filter(({ facts }) => !links.has(nameOfCustomer(facts) ?? ""));
  const emailKeys = [...new Set(open.flatMap((held) => addressOf(held.facts, { customers, joins })?.key ?? []))].sort();
  await lockAddresses(emailKeys);
  const holders = await findUsersByEmailKeys(db, emailKeys);
  const named = [
    ...own.map(({ userId }) => userId),
    ...joined.map(({ userId }) => userId),
    ...sources.flatMap(({ claimedBy, ownerId }) => [claimedBy ?? [], ownerId ?? []].flat()),
  ];
  const known = new Set(holders.map(({ id }) => id));
  const others = [...new Set(named)].filter((id) => !known.has(id));
  const people = [...holders, ...(others.length === 0 ? [] : await findUsersById(db, others))];
  return {
    links,
    found: new Set(firm.filter(({ linkedBy }) => FOUND_BY.has(linkedBy)).map(customerName)),
    joins,
    unlinked: new Set(unlinked.map(customerName)),
    customers,
    sessions: new Map(own.map(({ connectionId, session, ...of }) => [`${connectionId} ${session}`, of])),
    people: new Map(people.map((user) => [user.id, user])),
    holders: new Map(holders.map((user) => [user.emailKey ?? "", user])),
    removed: await findRemoved(
      db,
      sources.map(({ facts }) => facts),
      (facts) => buyerOf(facts, { customers }).email,
    ),
  };
}

/** The name and the address of the buyer: those of the customer, else those given at checkout. */
export function buyerOf(facts: SourceFacts, { customers }: Pick<OwnerWorld, "customers">): SourceFacts["buyer"] {
  const customer = customers.get(nameOfCustomer(facts) ?? "");
  if (!customer || customer.deleted) return facts.buyer;
  return { email: customer.email ?? facts.buyer.email, name: customer.name ?? facts.buyer.name };
}

export interface BuyerAddress {
  key: string;
  /** The customer itself has the address. Otherwise it was given at checkout, or it is the one by which they were joined. */
  isOfCustomer: boolean;
}

/** The address by which the owner of a source is looked for. A customer that was deleted keeps the one that it had. */
export function addressOf(
  facts: SourceFacts,
  { customers, joins }: Pick<OwnerWorld, "customers" | "joins">,
): BuyerAddress | null {
  const name = nameOfCustomer(facts) ?? "";
  const customer = customers.get(name);
  const joinedKey = joins.get(name)?.joinedKey ?? null;
  if (customer && !customer.deleted && customer.email !== null) {
    return { key: emailKeyOf(customer.email), isOfCustomer: true };
  }
  if (customer?.deleted && joinedKey !== null) return { key: joinedKey, isOfCustomer: false };
  const key = facts.buyer.email === null ? joinedKey : emailKeyOf(facts.buyer.email);
  return key === null ? null : { key, isOfCustomer: false };
}

/**
 * The user who has the address. When nobody has it any more, the user who was joined by it before: they have changed their
 * own address since, which takes nothing away from them.
 */
export function holderOf(held: HeldSource, world: OwnerWorld): UserEntity | null {
  const address = addressOf(held.facts, world);
  if (!address) return null;
  const holder = world.holders.get(address.key);
  if (holder) return holder;
  const join = world.joins.get(nameOfCustomer(held.facts) ?? "");
  if (join) return join.joinedKey === address.key ? (world.people.get(join.userId) ?? null) : null;
  const isGuest = held.facts.customer === null && isJoinedByAddress(held.ownerBy);
  return isGuest && held.ownerId !== null ? (world.people.get(held.ownerId) ?? null) : null;
}

export function sessionsOf({ facts: { connectionId, sessions } }: HeldSource) {
  return sessions.map((session) => ({ connectionId, session }));
}

export function nameOfCustomer(facts: SourceFacts): string | null {
  const key = customerOf(facts);
  return key && customerName(key);
}

/** What a removed user had bought is not a later user's because both have the same customer. A link by hand says so. */
export function linkedUserOf({ facts }: HeldSource, { links, found, removed }: OwnerWorld): string | null {
  const key = customerOf(facts);
  const name = key && customerName(key);
  if (name === null || (found.has(name) && removed.has(nameOfSource(facts)))) return null;
  return links.get(name) ?? null;
}

/** How settling owners links customers. */
const FOUND_BY: ReadonlySet<string> = new Set(["purchase", "e-mail", "checkout"]);

function customerOf({ connectionId, customer }: SourceFacts): CustomerKey | null {
  return customer === null ? null : { connectionId, customer };
}
