import { type ActivityLine, actorOf, recordActivities } from "../activities/record-activities";
import type { Origin } from "../activities/activity-types";
import { markForPlan } from "../access/facts.store";
import { newUuid, toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { CustomerLinkEntity } from "../links/customer-link.entity";
import { endCustomerLinks, findActiveLinks, findLinksOfUsers, insertCustomerLink } from "../links/customer-links.store";
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
  /** The user may let go of the customer that they have. */
  fromOwn: boolean;
  /** Where in the input the customer stands. */
  field: string;
  /** API, if it is not said. */
  origin?: Origin;
  /** It is written down, and nobody is told. */
  isQuiet?: boolean;
}

/**
 * Makes a customer somebody's. Whoever had the customer, or the user's former one, ends on the spot, and what was bought by
 * the customers concerned is marked: it changes hands when it is planned again.
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
  if (same) return same;
  const ended = unique([...own, ...holders]);
  checkMayEnd(move, ended);
  await endCustomerLinks(
    tx,
    ended.map((link) => link.id),
    now,
  );
  const link = newLink(move, actorOf(identity).actorRef, now);
  await insertCustomerLink(tx, link);
  for (const each of unique([link, ...ended])) await markForPlan(tx, { connectionId, customer: each.customer });
  const lines = [...ended.map((each) => releasedLine(identity, each, now)), linkedLine(identity, move, ended, now)];
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

function checkMayEnd({ userId, fromOthers, fromOwn, field }: Move, links: readonly CustomerLinkEntity[]): void {
  const holder = links.find((link) => link.userId !== userId);
  if (holder && !fromOthers) {
    throw new Refusal("CUSTOMER_ALREADY_LINKED", {
      say: "This customer belongs to another user. `linkCustomer(replace: true)` takes it from them.",
      field,
      details: { user: toPublicId("user", holder.userId) },
    });
  }
  const own = links.find((link) => link.userId === userId);
  if (own && !fromOwn) {
    throw new Refusal("CUSTOMER_ALREADY_LINKED", {
      say: "The user has another customer in this account. `replace: true` lets go of it.",
      field,
      details: { customer: own.customer },
    });
  }
}

function newLink({ connection, userId, customer }: Move, linkedBy: string, now: Date): CustomerLinkEntity {
  return Object.assign(new CustomerLinkEntity(), {
    id: newUuid(now),
    connectionId: connection.id,
    customer: customer.customer,
    userId,
    active: true,
    dead: false,
    linkedBy,
    linkedAt: now,
    unlinkedAt: null,
    pushWantedAt: null,
    pushAttempts: 0,
    pushError: null,
  });
}

function linkedLine(
  identity: Identity,
  { connection, userId, customer, origin = "API" }: Move,
  ended: readonly CustomerLinkEntity[],
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
    message: "The user was linked to a customer.",
    data: {
      connection: toPublicId("connection", connection.id),
      customer: customer.customer,
      previousCustomer: own?.customer ?? null,
      previousUser: holder ? toPublicId("user", holder.userId) : null,
    },
  };
}
