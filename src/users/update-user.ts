import { actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import type { Db, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { type UserFields, emailKeyOf, readUserFields } from "./read-user-input";
import { readUserRef } from "./read-user-ref";
import { UserEntity } from "./user.entity";
import { lockUser, updateUserRow } from "./users.store";

/** What else is done in the same transaction, once the user is as they will be. */
export type AlsoChange = (tx: Tx, change: { before: UserEntity; after: UserEntity; now: Date }) => Promise<void>;

/** Changes what is said and leaves the rest; null clears. */
export async function updateUser(
  deps: { db: Db; clock: Clock; identity: Identity },
  input: UserFields & { user: string },
  also?: AlsoChange,
): Promise<UserEntity> {
  const fields = readUserFields(input);
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const user = await lockUser(tx, readUserRef(input.user), "input.user");
    const changed = changeUser(user, fields, now);
    const names = changedFields(user, changed);
    if (names.length > 0) await updateUserRow(tx, changed);
    await also?.(tx, { before: user, after: changed, now });
    if (names.length === 0) return user;
    const line = {
      mode: deps.identity.mode,
      at: now,
      userId: user.id,
      origin: "API",
      ...actorOf(deps.identity),
    } as const;
    const message = `Changed: ${names.join(", ")}.`;
    await recordActivities(tx, now, [{ ...line, type: "USER_UPDATED", message, data: { fields: names } }]);
    return changed;
  });
}

function changeUser(user: UserEntity, fields: UserFields, now: Date): UserEntity {
  const email = fields.email === undefined ? user.email : fields.email;
  const emailKey = email === null ? null : emailKeyOf(email);
  // Nobody has verified an address that has just been written down, unless the caller says so; null clears, here too.
  const kept = emailKey === user.emailKey && user.emailVerified;
  const verified = fields.emailVerified === undefined ? kept : (fields.emailVerified ?? false);
  return Object.assign(new UserEntity(), user, {
    email,
    emailKey,
    emailVerified: email !== null && verified,
    externalId: fields.externalId === undefined ? user.externalId : fields.externalId,
    name: fields.name === undefined ? user.name : fields.name,
    metadata: fields.metadata === undefined ? user.metadata : (fields.metadata ?? {}),
    updatedAt: now,
  });
}

const told = ["externalId", "email", "emailVerified", "name", "metadata"] as const;

function changedFields(before: UserEntity, after: UserEntity): string[] {
  return told.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
