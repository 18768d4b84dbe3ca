import { blankActivities } from "../activities/activities.store";
import { type ActivityLine, actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { toPublicId } from "../base/ids";
import type { Db, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { endCustomerLinks, findLinksOfUsers } from "../links/customer-links.store";
import { forgetCustomersOf, lockCustomers } from "../links/customers.store";
import { type UserRef, readUserRef } from "../users/read-user-ref";
import { UserEntity } from "../users/user.entity";
import { findUser, lockUser, updateUserRow } from "../users/users.store";
import { statusOf } from "./grant";
import type { GrantEntity } from "./grant.entity";
import { forgetBuyer } from "./facts.store";
import { blankGrants, endGrants, findGrantsOfUser } from "./grants.store";
import { tellClockTurns } from "./tell-clock-turns";

/**
 * Removes a person for good: everything personal is blanked, their grants end, their customers in Stripe are nobody's, the
 * journal keeps its lines. Money is not touched: a subscription in Stripe goes on until somebody cancels it there.
 */
export async function deleteUser(
  deps: { db: Db; clock: Clock; identity: Identity },
  named: string,
): Promise<UserEntity> {
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const ref = readUserRef(named);
    const customers = await findCustomersOf(tx, ref);
    await lockCustomers(tx, customers);
    const user = await lockUser(tx, ref);
    const held = await findGrantsOfUser(tx, user.id);
    await tellClockTurns(tx, held, now);
    const open = held.filter((grant) => statusOf(grant, now) !== "ENDED");
    await endGrants(tx, open, "REVOKED", now);
    await blankGrants(tx, user.id);
    await endCustomerLinks(
      tx,
      (await findHeldLinks(tx, user.id)).map((link) => link.id),
      now,
    );
    await forgetBuyer(tx, user.id);
    await forgetCustomersOf(tx, user.id);
    await blankActivities(tx, user.id);
    await updateUserRow(tx, blanked(user, now));
    await recordActivities(tx, now, linesOf(deps.identity, user, open, now));
    return user;
  });
}

/** Whoever applies something to these customers has done so, or finds them nobody's: it brings nobody back. */
async function findCustomersOf(tx: Tx, ref: UserRef): Promise<CustomerLinkEntity[]> {
  const user = await findUser(tx, ref);
  return user ? findHeldLinks(tx, user.id) : [];
}

async function findHeldLinks(tx: Tx, userId: string): Promise<CustomerLinkEntity[]> {
  return (await findLinksOfUsers(tx, [userId])).filter((link) => link.active || link.dead);
}

/** People are shared by both modes, so both journals say that they are gone; each grant ends in its own. */
function linesOf(identity: Identity, user: UserEntity, open: readonly GrantEntity[], now: Date): ActivityLine[] {
  const common = { at: now, userId: user.id, origin: "API", ...actorOf(identity) } as const;
  const ended = open.map(({ id, mode, productId }) => ({
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

function blanked({ id, createdAt }: UserEntity, now: Date): UserEntity {
  return Object.assign(new UserEntity(), {
    id,
    externalId: null,
    email: null,
    emailKey: null,
    emailVerified: false,
    name: null,
    metadata: {},
    createdAt,
    updatedAt: now,
    lastSeenAt: null,
    deletedAt: now,
  });
}
