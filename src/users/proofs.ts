import type { Mode } from "../base/mode";
import type { UserEntity } from "./user.entity";

/** Whether the address of the user was proved. A proof counts in the mode of the credential that gave it. */
export function isProved(user: Proofs, mode: Mode): boolean {
  return mode === "LIVE" ? user.emailVerifiedLive : user.emailVerifiedTest;
}

export type Proofs = Pick<UserEntity, "emailVerifiedLive" | "emailVerifiedTest">;

export const unproved: Proofs = { emailVerifiedLive: false, emailVerifiedTest: false };

/** The proofs after one mode has given or withdrawn its own. */
export function withProof(proofs: Proofs, mode: Mode, isVerified: boolean): Proofs {
  const { emailVerifiedLive, emailVerifiedTest } = proofs;
  return mode === "LIVE"
    ? { emailVerifiedLive: isVerified, emailVerifiedTest }
    : { emailVerifiedLive, emailVerifiedTest: isVerified };
}

/** Whether somebody uses the account: it has an external id, a token or a sign-in, or its address was proved. */
export function isTaken(user: UserEntity): boolean {
  const { externalId, lastSeenAt, takenAt, emailVerifiedLive, emailVerifiedTest } = user;
  return externalId !== null || lastSeenAt !== null || takenAt !== null || emailVerifiedLive || emailVerifiedTest;
}
