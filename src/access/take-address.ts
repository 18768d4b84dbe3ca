import { blankActivities } from "../activities/activities.store";
import type { Actor, Origin } from "../activities/activity-types";
import { type ActivityLine, recordActivities } from "../activities/record-activities";
import { toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Tx } from "../database/db";
import { lockCustomers } from "../links/customers.store";
import { releaseGuestSessions } from "../links/own-sessions.store";
import { isProved, isTaken, unproved } from "../users/proofs";
import type { UserEntity } from "../users/user.entity";
import { blankUsers, findUserByEmailKey, lockAddresses, updateUserRow } from "../users/users.store";
import { markByAddress } from "./facts.store";
import { findLiveUsers, findLocksOf, moveGrants, movePurchases, writeMerged } from "./merge-users.store";
import { lockUsers } from "./stripe-grants.store";

/** Who proves an address, and what the journal says of it. */
export interface Proving {
  mode: Mode;
  now: Date;
  emailKey: string;
  /** The address that the prover had before, which others may prove at this moment. */
  formerKey?: string | null;
  /** The prover; null: a user who is created by this proof. */
  userId: string | null;
  told: { actor: Actor; actorRef?: string | null; origin: Origin };
  /** A person who signs in for the first time is the user who has the address and no external id. */
  isFirstSight?: boolean;
}

/**
 * Takes an address for a user who has proved it, before that user is written. Whoever had it without a proof loses it. A
 * user whom nobody has taken yet is returned: the prover goes on as that user, or takes over what they hold. An address that
 * is proved for another user stays there, and so does that of a user with anything live when a test credential asks.
 */
export async function takeAddress(tx: Tx, proving: Proving): Promise<UserEntity | null> {
  const { mode, emailKey, formerKey, userId, isFirstSight = false } = proving;
  const seen = await findUserByEmailKey(tx, emailKey);
  // Customers come before addresses, and users after them, as for everybody who applies what Stripe says.
  if (seen && seen.id !== userId && !isTaken(seen)) await lockCustomers(tx, await findLocksOf(tx, seen.id));
  await lockAddresses(tx, [emailKey, ...(formerKey ? [formerKey] : [])]);
  const found = await findUserByEmailKey(tx, emailKey);
  await lockUsers(
    tx,
    [userId, found?.id].filter((id) => typeof id === "string"),
  );
  // As they are once they are locked: a server may have changed something else of them at the same moment.
  const holder = found && (await findUserByEmailKey(tx, emailKey));
  if (!holder || holder.id === userId) return null;
  const mayTake = mode === "LIVE" || !(await findLiveUsers(tx, [holder.id])).has(holder.id);
  const isSamePerson = isFirstSight && holder.externalId === null;
  if (!mayTake || (isProved(holder, mode) && !isSamePerson)) throw emailTaken();
  if (!isTaken(holder) || isProved(holder, mode)) return holder;
  await loseAddress(tx, holder, proving);
  return null;
}

function emailTaken(): Refusal {
  return new Refusal("EMAIL_TAKEN", { say: "Another user has this e-mail address.", field: "input.email" });
}

async function loseAddress(tx: Tx, holder: UserEntity, { mode, now, told, emailKey }: Proving): Promise<void> {
  await updateUserRow(tx, { ...holder, email: null, emailKey: null, ...unproved, updatedAt: now });
  const message = "The address went to another user, who has proved it.";
  const data = { fields: ["email"] };
  await recordActivities(tx, now, [{ mode, at: now, userId: holder.id, ...told, type: "USER_UPDATED", message, data }]);
  await markByAddress(tx, [emailKey]);
}

/** Frees the address of a user whom nobody has taken, so that the prover can be written with it. */
export async function freeAddress(tx: Tx, untaken: UserEntity, now: Date): Promise<void> {
  await updateUserRow(tx, { ...untaken, email: null, emailKey: null, updatedAt: now });
}

/**
 * The user has proved their address: what rests on it is planned again. What a guest bought with it was bought by somebody
 * who typed it, so from now on it rests on the address and not on the checkout.
 */
export async function settleProof(tx: Tx, user: UserEntity, formerKey: string | null = null): Promise<void> {
  await releaseGuestSessions(tx, user.id);
  await markByAddress(
    tx,
    [user.emailKey, formerKey].filter((key) => key !== null),
  );
}

/** Moves all that a user without an owner holds to the user who has proved the address. */
export async function mergeUntaken(tx: Tx, untaken: UserEntity, into: UserEntity, proving: Proving): Promise<void> {
  const { now, told, mode } = proving;
  const merge = { from: untaken.id, into: into.id, now };
  await releaseGuestSessions(tx, untaken.id);
  await movePurchases(tx, merge);
  await moveGrants(tx, merge);
  await blankActivities(tx, [untaken.id]);
  await blankUsers(tx, [untaken.id], now);
  await writeMerged(tx, merge);
  const from = toPublicId("user", untaken.id);
  const gone = { type: "USER_DELETED", userId: untaken.id, message: "The user became part of another user." } as const;
  const data = { user: from };
  const grown = { type: "USER_UPDATED", userId: into.id, message: "The user took over another one.", data } as const;
  const both: readonly Mode[] = ["LIVE", "TEST"];
  const lines: ActivityLine[] = [
    ...both.map((each) => ({ ...gone, mode: each, at: now, ...told })),
    { ...grown, mode, at: now, ...told },
  ];
  await recordActivities(tx, now, lines);
}
