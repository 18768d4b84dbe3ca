/** How it was found out whose purchase it is. */
export type OwnedBy = "CLAIM" | "CUSTOMER" | "EMAIL" | "CREATED";

/** Everything that decides whose purchase it is. What a buyer can type or forge is not among it, but for the address. */
export interface OwnerQuestion {
  /** Our own record of the checkout, or a claim that was checked. */
  claimedBy: string | null;
  customer: string | null;
  /** The user whom the customer is linked to, also when the customer is gone from Stripe. */
  linkedUser: string | null;
  /** Somebody unlinked this customer, or its user was removed: it is not guessed again. */
  wasUnlinked: boolean;
  /** Guests have no link. Whom their purchase was given to when it was first seen, if they are still there. */
  givenTo: string | null;
  /** It was given to somebody who was removed since. */
  wasRemoved: boolean;
  /** The one user who has the buyer's address. */
  addressee: { userId: string; isVerified: boolean; hasOtherCustomer: boolean } | null;
  /** An address that a new user could have. */
  hasAddress: boolean;
  /** The policy lets purchases make users, and this one gives something. */
  mayCreate: boolean;
}

export type Owner =
  | { userId: string; by: OwnedBy }
  | { userId: null; by: "CREATED" }
  /** Nobody: the facts are kept, and it can be claimed. The candidates are users whom it may belong to. */
  | { userId: null; by: null; reason: UnclaimedReason; candidates: readonly string[] };

/** Why a purchase has no owner. */
export type UnclaimedReason =
  | "NO_EMAIL"
  | "UNVERIFIED_CANDIDATE"
  /** The customer was unlinked by hand, or its address fits several users: people decide. */
  | "AMBIGUOUS"
  | "USERS_NOT_CREATED"
  | "PERSON_REMOVED";

/** The first that answers wins. Two candidates are never settled by taking the first. */
export function decideOwner(question: OwnerQuestion): Owner {
  const { claimedBy, linkedUser, givenTo, addressee } = question;
  if (claimedBy) return { userId: claimedBy, by: "CLAIM" };
  if (linkedUser) return { userId: linkedUser, by: "CUSTOMER" };
  if (question.wasRemoved) return nobody("PERSON_REMOVED");
  if (question.wasUnlinked) return nobody("AMBIGUOUS");
  if (givenTo) return { userId: givenTo, by: "EMAIL" };
  if (addressee) {
    const isSure = addressee.isVerified && !addressee.hasOtherCustomer;
    if (isSure) return { userId: addressee.userId, by: "EMAIL" };
    return nobody(addressee.isVerified ? "AMBIGUOUS" : "UNVERIFIED_CANDIDATE", [addressee.userId]);
  }
  if (!question.hasAddress) return nobody("NO_EMAIL");
  return question.mayCreate ? { userId: null, by: "CREATED" } : nobody("USERS_NOT_CREATED");
}

function nobody(reason: UnclaimedReason, candidates: readonly string[] = []): Owner {
  return { userId: null, by: null, reason, candidates };
}
