import { recordActivities } from "../activities/record-activities";
import type { Clock } from "../base/clock";
import { MINUTE } from "../base/durations";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Db, Tx } from "../database/db";
import { newUserRow } from "./create-user";
import { emailKeyOf } from "./email-key";
import { isProved, withProof } from "./proofs";
import { emailSchema, externalIdSchema } from "./read-user-input";
import { UserEntity } from "./user.entity";
import { findUser, findUserByEmailKey, insertUser, lockUser, updateUserRow, writeLastSeen } from "./users.store";

/** What an identity provider says of the person it vouches for. */
export interface Claims {
  subject: string;
  email?: string | undefined;
  /** The provider has proved the address, and is trusted with that. */
  emailVerified: boolean;
  name?: string | undefined;
}

const LAST_SEEN_WRITTEN_EVERY = 5 * MINUTE;

export interface SignInProof {
  mode: Mode;
  now: Date;
  emailKey: string;
  formerKey: string | null;
  /** Null: the person is seen for the first time. */
  userId: string | null;
}

/** The work of a proof that concerns purchases. It is done in the transaction that writes the address. */
export interface AddressProofs {
  /** Makes room for the address. Returns the user who had it and is nobody else; refuses an address that is somebody's. */
  take(tx: Tx, proof: SignInProof): Promise<UserEntity | null>;
  /** Before the prover is written with the address of a user who becomes part of them. */
  free(tx: Tx, untaken: UserEntity, now: Date): Promise<void>;
  /** After it. */
  merge(tx: Tx, untaken: UserEntity, into: UserEntity, proof: SignInProof): Promise<void>;
  settle(tx: Tx, user: UserEntity, formerKey: string | null): Promise<void>;
  /** Whether a credential of the mode may change the user. */
  mayChange(tx: Tx, mode: Mode, userId: string): Promise<boolean>;
  /** After the transaction. */
  follow(): Promise<void>;
}

type Parts = { db: Db; clock: Clock; addressProofs: AddressProofs };

/**
 * Returns the user whom a token of the identity provider speaks for, and creates them at first sight. An address that the
 * provider has proved becomes theirs, with what a user holds whom nobody has taken yet. An address that is proved for
 * another user stays there, and the person goes on without it.
 */
export async function seeUser(deps: Parts, mode: Mode, claims: Claims): Promise<UserEntity> {
  if (!externalIdSchema.safeParse(claims.subject).success) {
    throw new Refusal("UNAUTHENTICATED", { say: "The token's subject cannot be an external id." });
  }
  const known = await findUser(deps.db, { id: null, externalId: claims.subject });
  const user = known ? await proveKnown(deps, mode, known, claims) : await firstSight(deps, mode, claims);
  await noteSeen(deps, user);
  return user;
}

function provedAddress(claims: Claims): string | undefined {
  return claims.emailVerified ? emailSchema.safeParse(claims.email ?? "").data : undefined;
}

/** A proof that a known user did not have. Another address than theirs counts only while theirs is unproved. */
async function proveKnown(deps: Parts, mode: Mode, known: UserEntity, claims: Claims): Promise<UserEntity> {
  const email = provedAddress(claims);
  if (email === undefined || isProved(known, mode)) return known;
  const emailKey = emailKeyOf(email);
  const isOther = known.emailKey !== emailKey;
  if (isOther && (known.emailVerifiedLive || known.emailVerifiedTest)) return known;
  const holder = isOther ? await findUserByEmailKey(deps.db, emailKey) : null;
  if (holder && isProved(holder, mode)) return known;
  try {
    const proved = await deps.db.transaction((tx) => prove(tx, deps, mode, known, email));
    if (proved !== known) await deps.addressProofs.follow();
    return proved;
  } catch (error) {
    if (isEmailTaken(error)) return known;
    throw error;
  }
}

async function prove(tx: Tx, deps: Parts, mode: Mode, known: UserEntity, email: string): Promise<UserEntity> {
  const { addressProofs } = deps;
  const now = deps.clock.now();
  const emailKey = emailKeyOf(email);
  const isOther = known.emailKey !== emailKey;
  if (isOther && !(await addressProofs.mayChange(tx, mode, known.id))) return known;
  const proof = { mode, now, emailKey, formerKey: known.emailKey, userId: known.id };
  const untaken = await addressProofs.take(tx, proof);
  if (untaken) await addressProofs.free(tx, untaken, now);
  const user = await lockUser(tx, { id: known.id, externalId: null });
  // A server has changed the address at this very moment: it is asked again by the next request.
  if (user.emailKey !== known.emailKey) return known;
  const proved = Object.assign(new UserEntity(), user, {
    ...(isOther ? { email, emailKey } : {}),
    ...withProof(user, mode, true),
    updatedAt: now,
  });
  await updateUserRow(tx, proved);
  const message = "The identity provider has proved the address of the user.";
  await recordActivities(tx, now, [{ ...seen(mode, proved, now), type: "USER_UPDATED", message }]);
  if (untaken) await addressProofs.merge(tx, untaken, proved, proof);
  await addressProofs.settle(tx, proved, known.emailKey);
  return proved;
}

function isEmailTaken(error: unknown): boolean {
  return error instanceof Refusal && error.code === "EMAIL_TAKEN";
}

async function firstSight(deps: Parts, mode: Mode, claims: Claims): Promise<UserEntity> {
  try {
    const met = await deps.db.transaction((tx) => meet(tx, deps, mode, claims));
    if (met.emailKey !== null) await deps.addressProofs.follow();
    return met;
  } catch (error) {
    // Two first requests of one person at once: the other one created the user.
    const met = error instanceof Refusal && (await findUser(deps.db, { id: null, externalId: claims.subject }));
    if (met) return met;
    throw error;
  }
}

async function meet(tx: Tx, deps: Parts, mode: Mode, claims: Claims): Promise<UserEntity> {
  const { addressProofs } = deps;
  const now = deps.clock.now();
  const email = await takeProved(tx, deps, mode, claims);
  const holder = email?.holder ?? null;
  if (holder) {
    const met = Object.assign(new UserEntity(), holder, {
      externalId: claims.subject,
      ...withProof(holder, mode, true),
      updatedAt: now,
    });
    await updateUserRow(tx, met);
    const message = "The user was recognised by an address that their identity provider has proved.";
    await recordActivities(tx, now, [{ ...seen(mode, met, now), type: "USER_UPDATED", message }]);
    await addressProofs.settle(tx, met, null);
    return met;
  }
  const name = claims.name?.slice(0, 500);
  const fields = { externalId: claims.subject, email: email?.address, emailVerified: true, name };
  const user = newUserRow(fields, mode, now);
  await insertUser(tx, user);
  const message = "The user was created when their identity provider vouched for them.";
  await recordActivities(tx, now, [{ ...seen(mode, user, now), type: "USER_CREATED", message }]);
  await addressProofs.settle(tx, user, null);
  return user;
}

/** The proved address, with the user who had it if the person is that user. Null: there is none that could be theirs. */
async function takeProved(
  tx: Tx,
  { addressProofs, clock }: Parts,
  mode: Mode,
  claims: Claims,
): Promise<{ address: string; holder: UserEntity | null } | null> {
  const address = provedAddress(claims);
  if (address === undefined) return null;
  const emailKey = emailKeyOf(address);
  try {
    const proof = { mode, now: clock.now(), emailKey, formerKey: null, userId: null };
    return { address, holder: await addressProofs.take(tx, proof) };
  } catch (error) {
    if (isEmailTaken(error)) return null;
    throw error;
  }
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
