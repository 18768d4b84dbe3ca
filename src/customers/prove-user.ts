import { actorOf } from "../activities/record-activities";
import { checkMayChange } from "../access/check-live-users";
import { markByAddress, markJoined } from "../access/facts.store";
import { type Proving, freeAddress, mergeUntaken, settleProof, takeAddress } from "../access/take-address";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { wantPush } from "../links/customer-links.store";
import { usersToPush } from "../links/users-to-push";
import { isProved, isTaken } from "../users/proofs";
import { changedFields } from "../users/changed-fields";
import type { AlsoChange } from "../users/update-user";
import type { UserEntity } from "../users/user.entity";
import { lockAddresses } from "../users/users.store";

/** The work on addresses that belongs to creating or changing a user by a server key: in the same transaction. */
export function proveUser(identity: Identity, also: (tx: Tx, user: UserEntity, now: Date) => Promise<void>) {
  const { mode } = identity;
  const told = { ...actorOf(identity), origin: "API" } as const;
  let untaken: UserEntity | null = null;

  /** Locks the addresses and, where one is proved, makes room for it. */
  async function prepare(tx: Tx, before: UserEntity | null, after: UserEntity, now: Date): Promise<void> {
    untaken = null;
    const proving = provingOf(before, after, now);
    if (proving) {
      untaken = await takeAddress(tx, proving);
      if (untaken) await freeAddress(tx, untaken, now);
    } else if (before?.emailKey !== after.emailKey || (before && isProved(before, mode) !== isProved(after, mode))) {
      await lockAddresses(
        tx,
        [before?.emailKey ?? null, after.emailKey].filter((key) => key !== null),
      );
    }
  }

  async function work(tx: Tx, before: UserEntity | null, after: UserEntity, now: Date): Promise<void> {
    const proving = provingOf(before, after, now);
    if (untaken && proving) await mergeUntaken(tx, untaken, after, proving);
    if (proving) await settleProof(tx, after, before?.emailKey ?? null);
    else if (before && isOther(before, after)) {
      await markByAddress(
        tx,
        [before.emailKey, after.emailKey].filter((key) => key !== null),
      );
      await markJoined(tx, [after.id]);
    }
    if (before) await wantPush(tx, usersToPush([{ before, after }]));
    await also(tx, after, now);
  }

  function provingOf(before: UserEntity | null, after: UserEntity, now: Date): Proving | null {
    const isNews = before === null || before.emailKey !== after.emailKey || !isProved(before, mode);
    if (!isNews || !isProved(after, mode) || after.emailKey === null) return null;
    const former = before?.emailKey ?? null;
    return { mode, now, emailKey: after.emailKey, formerKey: former, userId: before?.id ?? null, told };
  }

  /** Whether the change decides anew what the user holds by address. */
  function isOther(before: UserEntity, after: UserEntity): boolean {
    const isSame = before.emailKey === after.emailKey && isProved(before, mode) === isProved(after, mode);
    return !isSame || isTaken(before) !== isTaken(after);
  }

  return {
    ofNew: {
      prepare: (tx: Tx, user: UserEntity) => prepare(tx, null, user, user.createdAt),
      work: (tx: Tx, user: UserEntity) => work(tx, null, user, user.createdAt),
    },
    ofChange: {
      async prepare(tx, { before, after, now }) {
        const names = changedFields(before, after);
        const isProofOnly = names.every((name) => name === "emailVerified") && before.emailKey === after.emailKey;
        if (!isProofOnly) await checkMayChange(tx, mode, [before.id], "input.user");
        await prepare(tx, before, after, now);
      },
      work: (tx, { before, after, now }) => work(tx, before, after, now),
    } satisfies AlsoChange,
  };
}
