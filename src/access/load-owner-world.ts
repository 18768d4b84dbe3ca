import type { Reader } from "../database/db";
import { findActiveLinks, findLinksOfUsers, findUnlinkedCustomers } from "../links/customer-links.store";
import { type CustomerKey, customerName } from "../links/customer-snapshot";
import { findCustomers } from "../links/customers.store";
import type { OwnerQuestion } from "../links/decide-owner";
import { findOwnSessions } from "../links/own-sessions.store";
import { emailKeyOf, emailSchema } from "../users/read-user-input";
import { findUsersByEmailKeys, findUsersById } from "../users/users.store";
import type { SourceFacts } from "./fact";
import type { HeldSource } from "./facts.store";
import { type RemovedPurchase, findRemoved, nameOfSource } from "./find-removed";
import type { Claimable } from "./plan-unclaimed";

export interface Addressee {
  userId: string;
  isVerified: boolean;
  /** The living customer that the user is linked to, by connection. */
  customers: Map<string, string>;
}

/** What is known about people and customers, for a batch of sources. */
export interface OwnerWorld {
  /** Connection and customer to user. */
  links: Map<string, string>;
  /** Connection and customer of the links that were made on the way, and by nobody's hand. */
  found: Set<string>;
  unlinked: ReadonlySet<string>;
  /** Customers who were deleted in Stripe. */
  gone: ReadonlySet<string>;
  /** Checkout sessions that we opened ourselves, to the user for whom. */
  sessions: ReadonlyMap<string, string>;
  /** Connection and user: of those who are named by a session or a claim, who has a living customer already. */
  served: Set<string>;
  /** By the address as it is compared. */
  addressees: Map<string, Addressee>;
  /** Of those who were named before: who is still there. */
  present: ReadonlySet<string>;
  buyerOf(facts: SourceFacts): { email: string | null; name: string | null };
  /** Connection and source of what was bought by users who were removed since. */
  removed: ReadonlyMap<string, RemovedPurchase>;
}

export async function loadOwnerWorld(db: Reader, sources: readonly HeldSource[]): Promise<OwnerWorld> {
  const keys = sources.flatMap(({ facts }) => customerOf(facts) ?? []);
  const links = await findActiveLinks(db, keys);
  const unlinked = await findUnlinkedCustomers(db, keys);
  const customers = new Map((await findCustomers(db, keys)).map((each) => [customerName(each), each]));
  const buyerOf = (facts: SourceFacts) => {
    const key = customerOf(facts);
    const customer = key && customers.get(customerName(key));
    return customer && !customer.deleted ? { ...facts.buyer, ...known(customer) } : facts.buyer;
  };
  const linked = new Set(links.map(customerName));
  const open = sources.filter(({ facts }) => !linked.has(`${facts.connectionId} ${facts.customer ?? ""}`));
  const emails = open.flatMap(({ facts }) => buyerOf(facts).email ?? []);
  const own = await findOwnSessions(db, sources.flatMap(sessionsOf));
  const claimants = [...sources.flatMap((each) => each.claimedBy ?? []), ...own.map(({ userId }) => userId)];
  const named = [...claimants, ...sources.flatMap(({ ownerId }) => ownerId ?? [])];
  return {
    links: new Map(links.map((link) => [customerName(link), link.userId])),
    found: new Set(links.filter(({ linkedBy }) => FOUND_BY.has(linkedBy)).map(customerName)),
    unlinked: new Set(unlinked.map(customerName)),
    gone: new Set([...customers].filter(([, { deleted }]) => deleted).map(([name]) => name)),
    sessions: new Map(own.map(({ connectionId, session, userId }) => [`${connectionId} ${session}`, userId])),
    served: await findServed(db, claimants),
    addressees: await loadAddressees(db, [...new Set(emails.map(emailKeyOf))]),
    present: new Set((named.length === 0 ? [] : await findUsersById(db, [...new Set(named)])).map((user) => user.id)),
    buyerOf,
    removed: await findRemoved(
      db,
      sources.map(({ facts }) => facts),
      (facts) => buyerOf(facts).email,
    ),
  };
}

function sessionsOf({ facts: { connectionId, sessions } }: HeldSource) {
  return sessions.map((session) => ({ connectionId, session }));
}

async function findServed(db: Reader, userIds: readonly string[]): Promise<Set<string>> {
  const links = await findLinksOfUsers(db, [...new Set(userIds)]);
  return new Set(links.filter((link) => link.active).map((link) => `${link.connectionId} ${link.userId}`));
}

function known({ email, name }: { email: string | null; name: string | null }) {
  return { ...(email === null ? {} : { email }), ...(name === null ? {} : { name }) };
}

async function loadAddressees(db: Reader, emailKeys: readonly string[]): Promise<Map<string, Addressee>> {
  if (emailKeys.length === 0) return new Map();
  const users = await findUsersByEmailKeys(db, emailKeys);
  const links = await findLinksOfUsers(
    db,
    users.map((user) => user.id),
  );
  return new Map(
    users.map((user) => {
      const living = links.filter((link) => link.userId === user.id && link.active);
      const customers = new Map(living.map((link) => [link.connectionId, link.customer]));
      return [user.emailKey ?? "", { userId: user.id, isVerified: user.emailVerified, customers }];
    }),
  );
}

/** Whose it could be depends on what it is: who buys nothing of ours is not looked for, and nobody is made for it. */
export interface Concern {
  held: HeldSource;
  /** A link covers something of it. */
  isOurs: boolean;
  /** What it opens for whoever owns it; null: it is over, or was never paid. */
  claimable: Claimable | null;
  /** It was bought and is not over, and the policy lets purchases make users. */
  mayCreate: boolean;
}

export function questionOf({ held, isOurs, mayCreate }: Concern, world: OwnerWorld): OwnerQuestion {
  const { facts, claimedBy, ownerId } = held;
  const key = customerOf(facts);
  const isPresent = (id: string | null) => id !== null && world.present.has(id);
  const { email } = world.buyerOf(facts);
  const addressee = isOurs && email !== null ? world.addressees.get(emailKeyOf(email)) : undefined;
  const other = addressee?.customers.get(facts.connectionId);
  const isGuest = key === null;
  const openedFor = sessionsOf(held).map(({ session }) => world.sessions.get(`${facts.connectionId} ${session}`));
  const claimants = [claimedBy, ...openedFor].filter((id) => typeof id === "string");
  const claimant = claimants.find(isPresent) ?? null;
  return {
    claimedBy: claimant,
    customer: facts.customer,
    linkedUser: linkedUserOf(held, world),
    wasUnlinked: key !== null && world.unlinked.has(customerName(key)),
    givenTo: isGuest && isPresent(ownerId) ? ownerId : null,
    wasRemoved:
      world.removed.has(nameOfSource(facts)) ||
      (claimants.length > 0 && claimant === null) ||
      (isGuest && ownerId !== null && !isPresent(ownerId)),
    addressee: addressee
      ? { userId: addressee.userId, isVerified: addressee.isVerified, hasOtherCustomer: other !== undefined }
      : null,
    hasAddress: emailSchema.safeParse(email ?? "").success,
    mayCreate,
  };
}

/** What a removed user had bought is not a later user's because both have the same customer. A link by hand says so. */
function linkedUserOf({ facts }: HeldSource, { links, found, removed }: OwnerWorld): string | null {
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
