import type { Clock } from "../base/clock";
import type { Db, Tx } from "../database/db";
import type { AddressProofs, SignInProof } from "../users/see-user";
import { findLiveUsers } from "./merge-users.store";
import { replanSoon } from "./replan-soon";
import { type Proving, freeAddress, mergeUntaken, settleProof, takeAddress } from "./take-address";

const told = { actor: "CUSTOMER", origin: "API" } as const;

/** What proving an address by a sign-in means for purchases, for the part that reads tokens and knows no purchases. */
export function openAddressProofs(parts: { db: Db; clock: Clock }): AddressProofs {
  return {
    take: (tx, proof) => takeAddress(tx, provingOf(proof)),
    free: freeAddress,
    merge: (tx, untaken, into, proof) => mergeUntaken(tx, untaken, into, provingOf(proof)),
    settle: settleProof,
    mayChange: async (tx: Tx, mode, userId) => mode === "LIVE" || !(await findLiveUsers(tx, [userId])).has(userId),
    follow: async () => {
      await replanSoon(parts);
    },
  };
}

function provingOf(proof: SignInProof): Proving {
  return { ...proof, told, isFirstSight: proof.userId === null };
}
