import { recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { MINUTE } from "../base/durations";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Db, Tx } from "../database/db";
import { newUserRow } from "./create-user";
import { emailSchema, externalIdSchema } from "./read-user-input";
import { UserEntity } from "./user.entity";
import { findUser, insertUser, lockUserByEmail, updateUserRow, writeLastSeen } from "./users.store";

/** What an identity provider says of the person it vouches for. */
export interface Claims {
  subject: string;
  email?: string | undefined;
  emailVerified: boolean;
  name?: string | undefined;
}

const LAST_SEEN_WRITTEN_EVERY = 5 * MINUTE;

/** What else is to be done once somebody has an address of which we are sure: they may have bought something by it. */
export interface AddressFound {
  /** In the transaction that writes the address, as it is compared. */
  write(tx: Tx, emailKey: string): Promise<void>;
  /** After it. */
  follow(): Promise<void>;
}

type Parts = { db: Db; clock: Clock; addressFound: AddressFound };

/**
 * The user whom a token of the identity provider speaks for. First sight creates them. Somebody whom we know by a
 * verified address only, and whom nobody has given an external id yet, is recognised by it instead of made twice.
 */
export async function seeUser(deps: Parts, mode: Mode, claims: Claims): Promise<UserEntity> {
  if (!externalIdSchema.safeParse(claims.subject).success) {
    throw new Refusal("UNAUTHENTICATED", { say: "The token's subject cannot be an external id." });
  }
  const known = await findUser(deps.db, { id: null, externalId: claims.subject });
  const user = known ?? (await firstSight(deps, mode, claims));
  await noteSeen(deps, user);
  return user;
}

async function firstSight(deps: Parts, mode: Mode, claims: Claims): Promise<UserEntity> {
  try {
    const met = await deps.db.transaction(async (tx) => {
      const user = await meet(tx, deps.clock.now(), mode, claims);
      if (user.emailVerified && user.emailKey !== null) await deps.addressFound.write(tx, user.emailKey);
      return user;
    });
    if (met.emailVerified) await deps.addressFound.follow();
    return met;
  } catch (error) {
    // Two first requests of one person at once: the other one made the user.
    const met = error instanceof Refusal && (await findUser(deps.db, { id: null, externalId: claims.subject }));
    if (met) return met;
    throw error;
  }
}

async function meet(tx: Tx, now: Date, mode: Mode, claims: Claims): Promise<UserEntity> {
  const email = claims.emailVerified ? emailSchema.safeParse(claims.email ?? "").data : undefined;
  // Locked, for two subjects may come at once with one address: only the first of them is who we know.
  const holder = email === undefined ? null : await lockUserByEmail(tx, email);
  if (holder?.externalId === claims.subject) return holder;
  if (holder && holder.externalId === null) {
    const met = Object.assign(new UserEntity(), holder, {
      externalId: claims.subject,
      emailVerified: true,
      updatedAt: now,
    });
    await updateUserRow(tx, met);
    const message = "The user was recognised by an address that their identity provider has verified.";
    await recordActivities(tx, now, [{ ...seen(mode, met, now), type: "USER_UPDATED", message }]);
    return met;
  }
  const name = claims.name?.slice(0, 500);
  const fields = { externalId: claims.subject, email: holder ? null : email, emailVerified: true, name };
  const user = newUserRow(fields, now);
  await insertUser(tx, user);
  const message = "The user was created when their identity provider vouched for them.";
  await recordActivities(tx, now, [{ ...seen(mode, user, now), type: "USER_CREATED", message }]);
  return user;
}

function seen(mode: Mode, user: UserEntity, now: Date) {
  return { mode, at: now, userId: user.id, actor: "CUSTOMER", origin: "API" } as const;
}

/** Written now and then, not at each request. */
export async function noteSeen(
  deps: { db: Db; clock: Clock },
  user: Pick<UserEntity, "id" | "lastSeenAt">,
): Promise<void> {
  const now = deps.clock.now();
  if (user.lastSeenAt && now.getTime() - user.lastSeenAt.getTime() < LAST_SEEN_WRITTEN_EVERY) return;
  await writeLastSeen(deps.db, user.id, now);
}
