import type { Reader } from "../database/db";
import { findActiveLinks, findLinksOfUsers, findUnlinkedCustomers } from "../links/customer-links.store";
import type { CustomerKey } from "../links/customer-snapshot";
import { findCustomers } from "../links/customers.store";
import type { OwnerQuestion } from "../links/decide-owner";
import { emailKeyOf, emailSchema } from "../users/read-user-input";
import { findUsersByEmailKeys, findUsersById } from "../users/users.store";
import type { SourceFacts } from "./fact";
import type { HeldSource } from "./facts.store";

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
  unlinked: ReadonlySet<string>;
  /** By the address as it is compared. */
  addressees: Map<string, Addressee>;
  /** Of those who were named before: who is still there. */
  present: ReadonlySet<string>;
  buyerOf(facts: SourceFacts): { email: string | null; name: string | null };
}

export async function loadOwnerWorld(db: Reader, sources: readonly HeldSource[]): Promise<OwnerWorld> {
  const keys = sources.flatMap(({ facts }) => customerOf(facts) ?? []);
  const links = await findActiveLinks(db, keys);
  const unlinked = await findUnlinkedCustomers(db, keys);
  const customers = new Map((await findCustomers(db, keys)).map((each) => [nameOf(each), each]));
  const buyerOf = (facts: SourceFacts) => {
    const key = customerOf(facts);
    const customer = key && customers.get(nameOf(key));
    return customer && !customer.deleted ? { ...facts.buyer, ...known(customer) } : facts.buyer;
  };
  const linked = new Set(links.map(nameOf));
  const open = sources.filter(({ facts }) => !linked.has(`${facts.connectionId} ${facts.customer ?? ""}`));
  const emails = open.flatMap(({ facts }) => buyerOf(facts).email ?? []);
  const named = sources.flatMap((each) => [each.claimedBy, each.ownerId]).filter((id) => id !== null);
  return {
    links: new Map(links.map((link) => [nameOf(link), link.userId])),
    unlinked: new Set(unlinked.map(nameOf)),
    addressees: await loadAddressees(db, [...new Set(emails.map(emailKeyOf))]),
    present: new Set((named.length === 0 ? [] : await findUsersById(db, [...new Set(named)])).map((user) => user.id)),
    buyerOf,
  };
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
  return {
    claimedBy: isPresent(claimedBy) ? claimedBy : null,
    customer: facts.customer,
    linkedUser: (key && world.links.get(nameOf(key))) ?? null,
    wasUnlinked: key !== null && world.unlinked.has(nameOf(key)),
    givenTo: isGuest && isPresent(ownerId) ? ownerId : null,
    wasRemoved: (claimedBy !== null && !isPresent(claimedBy)) || (isGuest && ownerId !== null && !isPresent(ownerId)),
    addressee: addressee
      ? { userId: addressee.userId, isVerified: addressee.isVerified, hasOtherCustomer: other !== undefined }
      : null,
    hasAddress: emailSchema.safeParse(email ?? "").success,
    mayCreate,
  };
}

function customerOf({ connectionId, customer }: SourceFacts): CustomerKey | null {
  return customer === null ? null : { connectionId, customer };
}

function nameOf({ connectionId, customer }: CustomerKey): string {
  return `${connectionId} ${customer}`;
}
