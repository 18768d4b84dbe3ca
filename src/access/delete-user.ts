import { blankActivities } from "../activities/activities.store";
import { actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { Identity } from "../graphql/context";
import { readUserRef } from "../users/read-user-ref";
import { UserEntity } from "../users/user.entity";
import { lockUser, updateUserRow } from "../users/users.store";
import { endGrantsOfRemoved } from "./grants.store";

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
    await endGrantsOfRemoved(tx, user.id, now);
    await blankActivities(tx, user.id);
    await updateUserRow(tx, blanked(user, now));
    const line = {
      mode: deps.identity.mode,
      at: now,
      userId: user.id,
      origin: "API",
      ...actorOf(deps.identity),
    } as const;
    await recordActivities(tx, now, [{ ...line, type: "USER_DELETED", message: "The user was removed." }]);
    return user;
  });
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
