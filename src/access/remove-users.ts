import { blankActivities } from "../activities/activities.store";
import { type ActivityLine, actorOf, recordActivities } from "../activities/record-activities";
import { toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import type { CustomerKey } from "../links/customer-snapshot";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { endCustomerLinks, findLinksOfUsers } from "../links/customer-links.store";
import { lockCustomers } from "../links/customers.store";
import { blankUsers } from "../users/users.store";
import { statusOf } from "./grant";
import type { GrantEntity } from "./grant.entity";
import { lockOf } from "./apply-facts";
import { blankGrants, endGrants, findGrantsOfUsers } from "./grants.store";
import { markRemoval } from "./mark-removal";
import { findOwnedKeys } from "./facts.store";
import { lockUsers } from "./stripe-grants.store";
import { tellClockTurns } from "./tell-clock-turns";

export interface Removing {
  identity: Identity;
  now: Date;
  /** What has to be known of them, asked when nothing about them can change any more. */
  before?: (userIds: readonly string[]) => Promise<void>;
}

/**
 * Removes people for good: everything personal is blanked, their grants end, their customers in Stripe are nobody's, the
 * journal keeps its lines. Markers stay, so that what Stripe says later of their purchases creates nobody (decision 26). Money is not touched: a subscription in Stripe goes on until somebody cancels it there.
 * Customers are locked first and people after them, each in a fixed order, as whoever applies what Stripe says does.
 * Answers those who were still here.
 */
export async function removeUsers(
  tx: Tx,
  userIds: readonly string[],
  { identity, now, before }: Removing,
): Promise<string[]> {
  // Whoever applies something to these customers has done so, or finds them nobody's: it brings nobody back.
  await lockCustomers(tx, [...(await findHeldLinks(tx, userIds)), ...(await findOwnedLocks(tx, userIds))]);
  const ids = [...(await lockUsers(tx, userIds))];
  if (ids.length === 0) return [];
  await before?.(ids);
  const held = await findGrantsOfUsers(tx, ids);
  await tellClockTurns(tx, held, now);
  const open = held.filter((grant) => statusOf(grant, now) !== "ENDED");
  await endGrants(tx, open, "REVOKED", now);
  await blankGrants(tx, ids);
  await markRemoval(tx, ids, now);
  const links = await findHeldLinks(tx, ids);
  await endCustomerLinks(
    tx,
    links.map((link) => link.id),
    now,
  );
  await blankActivities(tx, ids);
  await blankUsers(tx, ids, now);
  await recordActivities(
    tx,
    now,
    ids.flatMap((id) => linesOf(identity, id, open, now)),
  );
  return ids;
}

async function findHeldLinks(tx: Tx, userIds: readonly string[]): Promise<CustomerLinkEntity[]> {
  return (await findLinksOfUsers(tx, userIds)).filter((link) => link.active || link.dead);
}

/** What guests bought has no customer, and is locked by its own name. */
async function findOwnedLocks(tx: Tx, userIds: readonly string[]): Promise<CustomerKey[]> {
  return (await findOwnedKeys(tx, userIds)).map(lockOf);
}

/** People are shared by both modes, so both journals say that they are gone; each grant ends in its own. */
function linesOf(identity: Identity, userId: string, open: readonly GrantEntity[], now: Date): ActivityLine[] {
  const common = { at: now, userId, origin: "API", ...actorOf(identity) } as const;
  const own = open.filter((grant) => grant.userId === userId);
  const ended = own.map(({ id, mode, productId }) => ({
    ...common,
    mode,
    productId,
    type: "ACCESS_REVOKED" as const,
    message: "Access ended because the user was removed.",
    data: { grant: toPublicId("grant", id) },
  }));
  const gone = { ...common, type: "USER_DELETED", message: "The user was removed." } as const;
  return [...ended, { ...gone, mode: "LIVE" }, { ...gone, mode: "TEST" }];
}
