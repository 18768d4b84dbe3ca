import type { ActivityLine } from "../activities/record-activities";
import type { Origin } from "../activities/activity-types";
import { toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import type { CustomerLinkEntity, LinkBasis } from "../links/customer-link.entity";
import { endCustomerLinks, insertCustomerLinks, newCustomerLink, writeJoinedKeys } from "../links/customer-links.store";
import { type Owner, decideOwner } from "../links/decide-owner";
import { newUserRow } from "../users/create-user";
import { emailKeyOf } from "../users/email-key";
import { emailSchema } from "../users/read-user-input";
import type { UserEntity } from "../users/user.entity";
import { insertUsers } from "../users/users.store";
import { type Concern, questionOf } from "./ask-owner";
import type { HeldSource } from "./facts.store";
import { type OwnerWorld, addressOf, buyerOf, nameOfCustomer, sessionsOf } from "./load-owner-world";

export interface Settled {
  owner: Owner;
  lines: ActivityLine[];
}

/**
 * Decides whose each of these is, one after the other: what is found out about one counts for the next. Users are created,
 * and customers linked and let go, on the way. All of it is written together at the end.
 */
export async function settleOwners(
  tx: Tx,
  concerns: readonly Concern[],
  world: OwnerWorld,
  { now, origin }: { now: Date; origin: Origin },
): Promise<Settled[]> {
  const made: Made = { users: [], links: [], ended: [], moved: [] };
  const settled = concerns.map((concern) => {
    const owner = decideOwner(questionOf(concern, world));
    return carryOut(concern, owner, { world, made, now, origin });
  });
  const written = made.ended.filter((link) => !made.links.includes(link));
  await endCustomerLinks(
    tx,
    written.map(({ id }) => id),
    now,
    "ADDRESS",
  );
  await insertUsers(tx, made.users);
  await insertCustomerLinks(
    tx,
    made.links.filter((link) => !made.ended.includes(link)),
  );
  await writeJoinedKeys(tx, made.moved);
  return settled;
}

interface Made {
  users: UserEntity[];
  links: CustomerLinkEntity[];
  ended: CustomerLinkEntity[];
  /** Links by address whose address is another one now. */
  moved: { id: string; joinedKey: string }[];
}

interface Telling {
  world: OwnerWorld;
  made: Made;
  now: Date;
  origin: Origin;
}

function carryOut(concern: Concern, owner: Owner, telling: Telling): Settled {
  const { held } = concern;
  if (owner.by === "CREATED") {
    const made = createBuyer(held, telling);
    const linked = joinCustomer(held, { userId: made.userId, by: "purchase" }, telling);
    return { owner: { userId: made.userId, by: "CREATED" }, lines: [made.line, ...linked] };
  }
  if (owner.by === "EMAIL") {
    return { owner, lines: joinCustomer(held, { userId: owner.userId, by: "e-mail" }, telling) };
  }
  if (owner.by === "CLAIM") return { owner, lines: linkBuyer(held, owner.userId, telling) };
  if (owner.userId !== null) return { owner, lines: [] };
  return { owner, lines: concern.isOurs ? releaseCustomer(held, telling) : [] };
}

function createBuyer(
  { facts }: HeldSource,
  { world, made, now, origin }: Telling,
): { userId: string; line: ActivityLine } {
  const { email, name } = buyerOf(facts, world);
  const address = emailSchema.parse(email);
  // The buyer has typed the address, and nobody has proved it.
  const user = newUserRow({ email: address, name: name?.slice(0, 500) ?? null }, facts.mode, now);
  made.users.push(user);
  world.people.set(user.id, user);
  world.holders.set(emailKeyOf(address), user);
  const message = "The user was created by a purchase.";
  const line = { mode: facts.mode, at: now, userId: user.id, actor: "STRIPE", origin, message } as const;
  return { userId: user.id, line: { ...line, type: "USER_CREATED", stripeObject: facts.customer ?? facts.source } };
}

/** Links the customer of a checkout or a claim to its user, unless the customer belongs to somebody or was let go by hand. */
function linkBuyer(held: HeldSource, userId: string, telling: Telling): ActivityLine[] {
  const { world } = telling;
  const name = nameOfCustomer(held.facts);
  if (name === null || world.links.has(name) || world.joins.has(name) || isOutOfReach(name, world)) return [];
  if (held.claimedBy === userId) return link(held, { userId, basis: "CLAIM", by: "checkout" }, telling);
  const opened = sessionsOf(held).flatMap(
    ({ connectionId, session }) => world.sessions.get(`${connectionId} ${session}`) ?? [],
  );
  // A guest has typed an address and no more.
  const isGuest = opened.every((each) => each.isGuest);
  return link(held, { userId, basis: isGuest ? "ADDRESS" : "CHECKOUT", by: "checkout" }, telling);
}

/** Joins the customer to the user who has the same address, instead of another user who does not have it any more. */
function joinCustomer(
  held: HeldSource,
  { userId, by }: { userId: string; by: string },
  telling: Telling,
): ActivityLine[] {
  const { world, made } = telling;
  const name = nameOfCustomer(held.facts);
  if (name === null || world.links.has(name) || isOutOfReach(name, world)) return [];
  const join = world.joins.get(name);
  const address = addressOf(held.facts, world);
  if (!join) return link(held, { userId, basis: "ADDRESS", by }, telling);
  if (join.userId !== userId) {
    // Without an address of its own, a customer has one for each checkout, and stays with the first.
    if (!address?.isOfCustomer) return [];
    return [...releaseCustomer(held, telling), ...link(held, { userId, basis: "ADDRESS", by }, telling)];
  }
  if (address && join.joinedKey !== address.key) {
    join.joinedKey = address.key;
    made.moved.push({ id: join.id, joinedKey: address.key });
  }
  return [];
}

/** Ends a link by address. It may be made again: nobody has decided anything by hand. */
function releaseCustomer({ facts }: HeldSource, { world, made, now, origin }: Telling): ActivityLine[] {
  const name = nameOfCustomer(facts) ?? "";
  const join = world.joins.get(name);
  if (!join) return [];
  made.ended.push(join);
  world.joins.delete(name);
  const { connectionId, mode } = facts;
  const message = "The user is no longer linked to a customer: their addresses differ, or nobody has proved it.";
  const line = { mode, at: now, userId: join.userId, actor: "STRIPE", origin, message } as const;
  const data = { connection: toPublicId("connection", connectionId), customer: join.customer };
  return [{ ...line, type: "CUSTOMER_UNLINKED", stripeObject: join.customer, data }];
}

function isOutOfReach(name: string, { unlinked, customers }: OwnerWorld): boolean {
  return unlinked.has(name) || customers.get(name)?.deleted === true;
}

function link(
  { facts }: HeldSource,
  { userId, basis, by }: { userId: string; basis: LinkBasis; by: string },
  { world, made, now, origin }: Telling,
): ActivityLine[] {
  const { connectionId, customer, mode } = facts;
  const name = nameOfCustomer(facts);
  if (customer === null || name === null) return [];
  const joinedKey = basis === "ADDRESS" ? (addressOf(facts, world)?.key ?? null) : null;
  const created = newCustomerLink({ connectionId, customer, userId, basis, joinedKey, linkedBy: by }, now);
  made.links.push(created);
  if (basis === "ADDRESS") world.joins.set(name, created);
  else {
    world.links.set(name, userId);
    world.found.add(name);
  }
  const message = `The user was linked to a customer, found by ${by}.`;
  const line = { mode, at: now, userId, actor: "STRIPE", origin, stripeObject: customer, message } as const;
  return [{ ...line, type: "CUSTOMER_LINKED", data: { connection: toPublicId("connection", connectionId) } }];
}
