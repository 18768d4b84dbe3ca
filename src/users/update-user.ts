import { actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import type { Mode } from "../base/mode";
import type { Db, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { changedFields } from "./changed-fields";
import { emailKeyOf } from "./email-key";
import { isProved, unproved, withProof } from "./proofs";
import { type UserFields, readUserFields } from "./read-user-input";
import { readUserRef } from "./read-user-ref";
import { UserEntity } from "./user.entity";
import { findUser, lockUser, updateUserRow, userNotFound } from "./users.store";

export interface UserChanged {
  before: UserEntity;
  after: UserEntity;
  now: Date;
}

/** What else is done in the same transaction. */
export interface AlsoChange {
  /** Before the user is locked and written: what may refuse the change, and locks that come before those of users. */
  prepare(tx: Tx, change: UserChanged): Promise<void>;
  /** Once the user is as they will be. */
  work(tx: Tx, change: UserChanged): Promise<void>;
}

/** Changes what is said and leaves the rest; null clears. */
export async function updateUser(
  deps: { db: Db; clock: Clock; identity: Identity },
  input: UserFields & { user: string },
  also: AlsoChange,
): Promise<UserEntity> {
  const fields = readUserFields(input);
  const now = deps.clock.now();
  const { mode } = deps.identity;
  return deps.db.transaction(async (tx) => {
    const ref = readUserRef(input.user);
    const seen = await findUser(tx, ref);
    if (!seen) throw userNotFound("input.user");
    await also.prepare(tx, { before: seen, after: changeUser(seen, fields, mode, now), now });
    const user = await lockUser(tx, ref, "input.user");
    const changed = changeUser(user, fields, mode, now);
    const names = changedFields(user, changed);
    if (names.length > 0) await updateUserRow(tx, changed);
    await also.work(tx, { before: user, after: changed, now });
    if (names.length === 0) return user;
    const line = {
      mode,
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

function changeUser(user: UserEntity, fields: UserFields, mode: Mode, now: Date): UserEntity {
  const email = fields.email === undefined ? user.email : fields.email;
  const emailKey = email === null ? null : emailKeyOf(email);
  // An address that has just been written is unproved in both modes, unless the caller says otherwise. Null clears too.
  const kept = emailKey === user.emailKey ? user : unproved;
  const verified = fields.emailVerified === undefined ? isProved(kept, mode) : (fields.emailVerified ?? false);
  return Object.assign(new UserEntity(), user, {
    email,
    emailKey,
    ...withProof(kept, mode, email !== null && verified),
    externalId: fields.externalId === undefined ? user.externalId : fields.externalId,
    name: fields.name === undefined ? user.name : fields.name,
    metadata: fields.metadata === undefined ? user.metadata : (fields.metadata ?? {}),
    updatedAt: now,
  });
}
