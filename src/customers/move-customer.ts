import { type ActivityLine, actorOf, recordActivities } from "../activities/record-activities";
import type { Origin } from "../activities/activity-types";
import { findClaimedByOthers, markForPlan } from "../access/facts.store";
import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import type { CustomerLinkEntity, LinkBasis } from "../links/customer-link.entity";
import {
  confirmCustomerLink,
  endCustomerLinks,
  findActiveLinks,
  findLinksOfUsers,
  insertCustomerLink,
  newCustomerLink,
} from "../links/customer-links.store";
import type { CustomerSnapshot } from "../links/customer-snapshot";
import { keepCustomers, lockCustomers } from "../links/customers.store";
import { queueNotices } from "../outbox/queue-notices";
import { releasedLine } from "./release-customer";

export interface Move {
  connection: ConnectionEntity;
  userId: string;
  customer: CustomerSnapshot;
  /** The customer may be taken from whoever has it. */
  fromOthers: boolean;
  /** The user lets go of other customers that they have in the account. */
  fromOwn: boolean;
  /** What the link rests on; HAND, if it is not said. */
  basis?: Exclude<LinkBasis, "ADDRESS">;
  /** Where in the input the customer stands. */
  field: string;
  /** API, if it is not said. */
  origin?: Origin;
  /** It is written down, and nobody is told. */
  isQuiet?: boolean;
}

/**
 * Links a customer to a user. The link of the user who had the customer ends, and those of the user's other customers if that
 * is wanted. What was bought by the customers concerned is marked: it changes hands when it is planned again. A customer that
 * was joined to the same user by address is confirmed.
 */
export async function moveCustomer(tx: Tx, identity: Identity, move: Move, now: Date): Promise<CustomerLinkEntity> {
  const { connection, userId, customer } = move;
  const connectionId = connection.id;
  const ownBefore = await findOwn(tx, move);
  await lockCustomers(tx, [customer, ...ownBefore]);
  const own = await findOwn(tx, move);
  const holders = await findActiveLinks(tx, [customer]);
  await keepCustomers(tx, [customer]);
  const same = holders.find((link) => link.userId === userId && link.active);
  if (same) return confirm(tx, identity, move, same, now);
  const ended = unique([...(move.fromOwn ? own : []), ...holders]);
  checkMayEnd(move, holders);
  await endCustomerLinks(
    tx,
    ended.map((link) => link.id),
    now,
  );
  const link = newLink(move, actorOf(identity).actorRef, now);
  await insertCustomerLink(tx, link);
  for (const each of unique([link, ...ended])) await markForPlan(tx, { connectionId, customer: each.customer });
  const kept = await findClaimedByOthers(tx, { connectionId, customer: customer.customer, userId });
  const linked = linkedLine(identity, move, { ended, kept }, now);
  const lines = [...ended.map((each) => releasedLine(identity, each, now)), linked];
  const written = await recordActivities(tx, now, lines);
  if (!move.isQuiet) await queueNotices(tx, now, written);
  return link;
}

async function findOwn(tx: Tx, { userId, connection }: Move): Promise<CustomerLinkEntity[]> {
  const links = await findLinksOfUsers(tx, [userId], { connectionIds: [connection.id] });
  return links.filter((link) => link.active);
}

function unique(links: readonly CustomerLinkEntity[]): CustomerLinkEntity[] {
  return [...new Map(links.map((link) => [link.customer, link])).values()];
}

/** The same customer of the same user. Named once more by hand, a link by address is confirmed. */
async function confirm(
  tx: Tx,
  identity: Identity,
  move: Move,
  same: CustomerLinkEntity,
  now: Date,
): Promise<CustomerLinkEntity> {
  const { basis = "HAND", connection, customer, isQuiet } = move;
  if (same.basis === basis || basis === "CHECKOUT" || same.basis === "HAND") return same;
  const linkedBy = actorOf(identity).actorRef;
  await confirmCustomerLink(tx, same.id, { basis, linkedBy });
  await markForPlan(tx, { connectionId: connection.id, customer: customer.customer });
  const written = await recordActivities(tx, now, [confirmedLine(identity, move, now)]);
  if (!isQuiet) await queueNotices(tx, now, written);
  return { ...same, basis, joinedKey: null, linkedBy };
}

function confirmedLine(identity: Identity, { connection, userId, customer, origin = "API" }: Move, now: Date) {
  const data = { connection: toPublicId("connection", connection.id), customer: customer.customer, confirmed: true };
  const message = "The link of the user to a customer was confirmed.";
  const line = { mode: connection.mode, type: "CUSTOMER_LINKED", at: now, userId, origin, message, data } as const;
  return { ...line, ...actorOf(identity), stripeObject: customer.customer };
}

function checkMayEnd({ userId, fromOthers, field }: Move, holders: readonly CustomerLinkEntity[]): void {
  const holder = holders.find((link) => link.userId !== userId);
  if (holder && !fromOthers) {
    throw new Refusal("CUSTOMER_ALREADY_LINKED", {
      say: "This customer belongs to another user. `linkCustomer(replace: true)` takes it from them.",
      field,
      details: { user: toPublicId("user", holder.userId) },
    });
  }
}

function newLink(
  { connection, userId, customer: { customer }, basis = "HAND" }: Move,
  linkedBy: string,
  now: Date,
): CustomerLinkEntity {
  return newCustomerLink({ connectionId: connection.id, customer, userId, basis, joinedKey: null, linkedBy }, now);
}

function linkedLine(
  identity: Identity,
  { connection, userId, customer, origin = "API" }: Move,
  { ended, kept }: { ended: readonly CustomerLinkEntity[]; kept: readonly string[] },
  now: Date,
): ActivityLine {
  const holder = ended.find((link) => link.userId !== userId);
  const own = ended.find((link) => link.userId === userId);
  return {
    mode: connection.mode,
    type: "CUSTOMER_LINKED",
    at: now,
    userId,
    origin,
    ...actorOf(identity),
    stripeObject: customer.customer,
    message:
      kept.length === 0
        ? "The user was linked to a customer."
        : "The user was linked to a customer. What was bought in our checkout or claimed stays with its buyer.",
    data: {
      connection: toPublicId("connection", connection.id),
      customer: customer.customer,
      previousCustomer: own?.customer ?? null,
      previousUser: holder ? toPublicId("user", holder.userId) : null,
      ...(kept.length > 0 && { keptByOthers: kept }),
    },
  };
}
