import { In, IsNull } from "typeorm";
import { Refusal } from "../base/refusal";
import { type Db, type Reader, type Tx, brokenConstraint } from "../database/db";
import { entityReader } from "../database/read-entity";
import { UserEntity } from "./user.entity";
import { emailKeyOf } from "./email-key";
import { isTaken, unproved } from "./proofs";
import type { UserRef } from "./read-user-ref";

const present = { deletedAt: IsNull() };

export function findUser(db: Reader, ref: UserRef): Promise<UserEntity | null> {
  const where = ref.id === null ? { externalId: ref.externalId } : { id: ref.id };
  return db.repository(UserEntity).findOneBy({ ...where, ...present });
}

/** Asked with each request of a user token. */
export async function findPresentUser(db: Db, id: string): Promise<Pick<UserEntity, "id" | "lastSeenAt"> | null> {
  const [row] = await db.urgent<Pick<UserEntity, "id" | "lastSeenAt">>("users.present", presentSql, [id]);
  return row ?? null;
}

const presentSql = `/* users.present */
  select id, last_seen_at as "lastSeenAt" from users where id = $1 and deleted_at is null`;

/** The user who has an address, given as it is compared. */
export function findUserByEmailKey(db: Reader, emailKey: string): Promise<UserEntity | null> {
  return db.repository(UserEntity).findOneBy({ emailKey, ...present });
}

/** Those who have one of these addresses, given as they are compared. */
export async function findUsersByEmailKeys(db: Reader, emailKeys: readonly string[]): Promise<UserEntity[]> {
  if (emailKeys.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* users.byEmailKeys */ select * from users where email_key = any($1::text[]) and deleted_at is null`,
    [[...emailKeys]],
  );
  return raw.map(entityReader(db, UserEntity));
}

export function findUsersById(db: Reader, ids: readonly string[]): Promise<UserEntity[]> {
  return db.repository(UserEntity).findBy({ id: In([...ids]), ...present });
}

export function findUsersByExternalId(db: Reader, externalIds: readonly string[]): Promise<UserEntity[]> {
  return db.repository(UserEntity).findBy({ externalId: In([...externalIds]), ...present });
}

/** Asked with each check of a user token that names its user by the caller's own id. */
export function findExternalIds(db: Db, ids: readonly string[]): Promise<{ id: string; externalId: string | null }[]> {
  return db.urgent("users.externalIds", externalIdsSql, [[...ids]]);
}

const externalIdsSql = `/* users.externalIds */
  select id, external_id as "externalId" from users where id = any($1::uuid[]) and deleted_at is null`;

/** The user, who stays as they are until the transaction ends. */
export async function lockUser(tx: Tx, ref: UserRef, field = "user"): Promise<UserEntity> {
  const where = ref.id === null ? { externalId: ref.externalId } : { id: ref.id };
  const user = await tx
    .repository(UserEntity)
    .findOne({ where: { ...where, ...present }, lock: { mode: "for_no_key_update" } });
  if (!user) throw userNotFound(field);
  return user;
}

/** Takes away all that says who they were. */
export async function blankUsers(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  const nobody = { externalId: null, email: null, emailKey: null, ...unproved, name: null, metadata: {} };
  const gone = { updatedAt: now, lastSeenAt: null, takenAt: null, deletedAt: now };
  await tx.repository(UserEntity).update({ id: In([...ids]) }, { ...nobody, ...gone });
}

/**
 * Locks addresses until the transaction ends: a purchase that looks for the holder of an address and a user who proves it
 * take turns, so that neither misses the other. Customers are locked before addresses, and users after them.
 */
export async function lockAddresses(tx: Tx, emailKeys: readonly string[]): Promise<void> {
  const keys = [...new Set(emailKeys)].sort();
  if (keys.length === 0) return;
  await tx.rows(
    `/* users.lockAddresses */ select pg_advisory_xact_lock(hashtextextended('address ' || key, 0))
     from (select key from unnest($1::text[]) with ordinality as wanted (key, place) order by place) wanted`,
    [keys],
  );
}

/** The same by address; null when nobody has it. */
export function lockUserByEmail(tx: Tx, email: string): Promise<UserEntity | null> {
  const where = { emailKey: emailKeyOf(email), ...present };
  return tx.repository(UserEntity).findOne({ where, lock: { mode: "for_no_key_update" } });
}

export function userNotFound(field = "user"): Refusal {
  return new Refusal("NOT_FOUND", { say: "There is no such user.", field });
}

export function insertUser(tx: Tx, user: UserEntity): Promise<void> {
  return insertUsers(tx, [user]);
}

/** All of them or none. */
export async function insertUsers(tx: Tx, users: readonly UserEntity[]): Promise<void> {
  if (users.length === 0) return;
  await refusingTaken(() => tx.repository(UserEntity).insert([...users]));
}

export async function updateUserRow(tx: Tx, user: UserEntity): Promise<void> {
  const { id, ...columns } = user;
  await refusingTaken(() => tx.repository(UserEntity).update({ id }, columns));
}

/**
 * Somebody has a token for the user from now on. What the user holds by an address that nobody has proved is decided again:
 * a token alone hands out nothing.
 */
export async function writeTaken(tx: Tx, user: UserEntity, now: Date): Promise<void> {
  if (user.takenAt !== null) return;
  await tx.repository(UserEntity).update({ id: user.id, takenAt: IsNull(), ...present }, { takenAt: now });
  if (isTaken(user)) return;
  await tx.rows(
    `/* users.markJoined */ update stripe_facts set needs_plan = true
     where owner_id = $1 and owner_by in ('EMAIL', 'CREATED')`,
    [user.id],
  );
}

/** Somebody who is removed at this very moment is not brought back. */
export async function writeLastSeen(db: Reader, id: string, now: Date): Promise<void> {
  await db.repository(UserEntity).update({ id, ...present }, { lastSeenAt: now });
}

async function refusingTaken<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    throw taken[brokenConstraint(error) ?? ""]?.() ?? error;
  }
}

const taken: Record<string, () => Refusal> = {
  users_email_key_key: () =>
    new Refusal("EMAIL_TAKEN", { say: "Another user has this e-mail address.", field: "input.email" }),
  users_external_id_key: () =>
    new Refusal("EXTERNAL_ID_TAKEN", { say: "Another user has this external id.", field: "input.externalId" }),
};
