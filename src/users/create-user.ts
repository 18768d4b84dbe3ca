import { actorOf, recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { newUuid } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Db, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { runOnce } from "../idempotency/run-once";
import { emailKeyOf } from "./email-key";
import { unproved, withProof } from "./proofs";
import { type UserFields, readUserFields } from "./read-user-input";
import { UserEntity } from "./user.entity";
import { findUsersById, insertUser } from "./users.store";

export type NewUser = UserFields & { idempotencyKey?: string | null | undefined };

/** What else is done with the user, in the same transaction, and not a second time for a repeated request. */
export interface AlsoDone {
  /** Belongs to what the idempotency key stands for. */
  input: object;
  /** Before the user is written. */
  prepare?(tx: Tx, user: UserEntity): Promise<void>;
  work(tx: Tx, user: UserEntity): Promise<void>;
}

/** Makes a user. An e-mail address or external id that somebody has is refused, whoever asks. */
export async function createUser(
  deps: { db: Db; clock: Clock; identity: Identity },
  input: NewUser,
  also?: AlsoDone,
): Promise<UserEntity> {
  const fields = readUserFields(input);
  const now = deps.clock.now();
  const user = newUserRow(fields, deps.identity.mode, now);
  const once = {
    identity: deps.identity,
    operation: "createUser",
    key: input.idempotencyKey,
    input: { ...fields, ...also?.input },
  };
  return deps.db.transaction(async (tx) => {
    const id = await runOnce(tx, once, { id: user.id, now }, async () => {
      await also?.prepare?.(tx, user);
      await insertUser(tx, user);
      const line = {
        mode: deps.identity.mode,
        at: now,
        userId: user.id,
        origin: "API",
        ...actorOf(deps.identity),
      } as const;
      await recordActivities(tx, now, [{ ...line, type: "USER_CREATED", message: "The user was created." }]);
      await also?.work(tx, user);
    });
    const [made] = await findUsersById(tx, [id]);
    if (!made) throw removedSince();
    return made;
  });
}

/** A late repetition does not bring back a person who was removed in between. */
function removedSince(): Refusal {
  return new Refusal("CONFLICT", {
    say: "The user that this idempotency key made was removed. Use another key to make a new one.",
    field: "input.idempotencyKey",
  });
}

/** A new user. Whether the address is proved counts in the mode of the credential. */
export function newUserRow(fields: UserFields, mode: Mode, now: Date): UserEntity {
  return Object.assign(new UserEntity(), {
    id: newUuid(now),
    externalId: fields.externalId ?? null,
    email: fields.email ?? null,
    emailKey: fields.email ? emailKeyOf(fields.email) : null,
    ...withProof(unproved, mode, Boolean(fields.email && fields.emailVerified)),
    name: fields.name ?? null,
    metadata: fields.metadata ?? {},
    createdAt: now,
    updatedAt: now,
    lastSeenAt: null,
    deletedAt: null,
    takenAt: null,
    mergedInto: null,
  });
}
