import { blankActivities } from "../activities/activities.store";
import { type ActivityLine, actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { toPublicId } from "../base/ids";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { readUserRef } from "../users/read-user-ref";
import { UserEntity } from "../users/user.entity";
import { lockUser, updateUserRow } from "../users/users.store";
import type { GrantEntity } from "./grant.entity";
import { blankGrants, endGrants, findOpenGrants } from "./grants.store";

/**
 * Removes a person for good: everything personal is blanked, their grants end, the journal keeps its lines. Money is not
 * touched: a subscription in Stripe goes on until somebody cancels it there.
 */
export async function deleteUser(
  deps: { db: Db; clock: Clock; identity: Identity },
  named: string,
): Promise<UserEntity> {
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const user = await lockUser(tx, readUserRef(named));
    const open = await findOpenGrants(tx, user.id, now);
    await endGrants(tx, open, "REVOKED", now);
    await blankGrants(tx, user.id);
    await blankActivities(tx, user.id);
    await updateUserRow(tx, blanked(user, now));
    await recordActivities(tx, now, linesOf(deps.identity, user, open, now));
    return user;
  });
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
