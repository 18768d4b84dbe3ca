import type { ActivityLine } from "../activities/record-activities";
import type { Origin } from "../activities/activity-types";
import { newUuid, toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import { CustomerLinkEntity } from "../links/customer-link.entity";
import { insertCustomerLinks } from "../links/customer-links.store";
import { type Owner, decideOwner } from "../links/decide-owner";
import { newUserRow } from "../users/create-user";
import { emailKeyOf, emailSchema } from "../users/read-user-input";
import type { UserEntity } from "../users/user.entity";
import { insertUsers } from "../users/users.store";
import type { HeldSource } from "./facts.store";
import { type Concern, type OwnerWorld, questionOf } from "./load-owner-world";

export interface Settled {
  owner: Owner;
  lines: ActivityLine[];
}

/**
 * Whose each of these is, one after the other: what is found out about one counts for the next. Users are made and customers
 * linked on the way, where the policy lets a purchase do so; they are written together at the end.
 */
export async function settleOwners(
  tx: Tx,
  concerns: readonly Concern[],
  world: OwnerWorld,
  { now, origin }: { now: Date; origin: Origin },
): Promise<Settled[]> {
  const made: Made = { users: [], links: [] };
  const settled = concerns.map((concern) => {
    const owner = decideOwner(questionOf(concern, world));
    return carryOut(concern.held, owner, { world, made, now, origin });
  });
  await insertUsers(tx, made.users);
  await insertCustomerLinks(tx, made.links);
  return settled;
}

interface Made {
  users: UserEntity[];
  links: CustomerLinkEntity[];
}

interface Telling {
  world: OwnerWorld;
  made: Made;
  now: Date;
  origin: Origin;
}

function carryOut(held: HeldSource, owner: Owner, telling: Telling): Settled {
  if (owner.by === "CREATED") {
    const made = createBuyer(held, telling);
    const linked = linkCustomer(held, { userId: made.userId, by: "purchase" }, telling);
    return { owner: { userId: made.userId, by: "CREATED" }, lines: [made.line, ...linked] };
  }
  if (owner.by === "EMAIL") {
    return { owner, lines: linkCustomer(held, { userId: owner.userId, by: "e-mail" }, telling) };
  }
  if (owner.by === "CLAIM") {
    return { owner, lines: linkClaimed(held, { userId: owner.userId, by: "checkout" }, telling) };
  }
  return { owner, lines: [] };
}

function createBuyer(
  { facts }: HeldSource,
  { world, made, now, origin }: Telling,
): { userId: string; line: ActivityLine } {
  const { email, name } = world.buyerOf(facts);
  const address = emailSchema.parse(email);
  // Whoever bought has typed it, and nobody has verified it.
  const user = newUserRow({ email: address, emailVerified: false, name: name?.slice(0, 500) ?? null }, now);
  made.users.push(user);
  world.addressees.set(emailKeyOf(address), { userId: user.id, isVerified: false, customers: new Map() });
  const message = "The user was created by a purchase.";
  const line = { mode: facts.mode, at: now, userId: user.id, actor: "STRIPE", origin, message } as const;
  return { userId: user.id, line: { ...line, type: "USER_CREATED", stripeObject: facts.customer ?? facts.source } };
}

/** Whoever bought is that customer from now on, unless one of the two belongs to somebody else. */
function linkClaimed(held: HeldSource, named: { userId: string; by: string }, telling: Telling): ActivityLine[] {
  const { connectionId, customer } = held.facts;
  const { links, unlinked, gone, served } = telling.world;
  const name = `${connectionId} ${customer ?? ""}`;
  if (links.has(name) || unlinked.has(name) || gone.has(name)) return [];
  return served.has(`${connectionId} ${named.userId}`) ? [] : linkCustomer(held, named, telling);
}

function linkCustomer(
  { facts }: HeldSource,
  { userId, by }: { userId: string; by: string },
  { world, made, now, origin }: Telling,
): ActivityLine[] {
  const { connectionId, customer, mode } = facts;
  if (customer === null) return [];
  const link = Object.assign(new CustomerLinkEntity(), {
    id: newUuid(now),
    connectionId,
    customer,
    userId,
    active: true,
    dead: false,
    linkedBy: by,
    linkedAt: now,
    unlinkedAt: null,
    pushWantedAt: null,
    pushError: null,
  });
  made.links.push(link);
  world.links.set(`${connectionId} ${customer}`, userId);
  world.found.add(`${connectionId} ${customer}`);
  world.served.add(`${connectionId} ${userId}`);
  const { email } = world.buyerOf(facts);
  world.addressees.get(emailKeyOf(email ?? ""))?.customers.set(connectionId, customer);
  const message = `The user was linked to a customer, found by ${by}.`;
  const line = { mode, at: now, userId, actor: "STRIPE", origin, stripeObject: customer, message } as const;
  return [{ ...line, type: "CUSTOMER_LINKED", data: { connection: toPublicId("connection", connectionId) } }];
}
