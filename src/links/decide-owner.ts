/** How it was found out whose purchase it is. EMAIL and CREATED rest on an address alone. */
export type OwnedBy = "CLAIM" | "CUSTOMER" | "EMAIL" | "CREATED";

/** A purchase that is somebody's by its address only: it opens what was paid for and never counts against the user. */
export function isJoinedByAddress(ownedBy: OwnedBy | null): boolean {
  return ownedBy === "EMAIL" || ownedBy === "CREATED";
}

/** Everything that decides whose purchase it is. What a buyer can type or forge is not part of it, except the address. */
export interface OwnerQuestion {
  /** The user for whom it was claimed. */
  claimedBy: string | null;
  /** The users for whom we opened the checkout sessions that it came from. */
  openedFor: readonly string[];
  /** The user to whom the customer is linked by more than an address, also when the customer was deleted in Stripe. */
  linkedUser: string | null;
  /** The customer was unlinked or moved by hand: it is never joined by address again. */
  wasUnlinked: boolean;
  /** It belonged to a user who was removed. */
  wasRemoved: boolean;
  /** The user who has the buyer's address. */
  addressee: Addressee | null;
  /** An address that a new user could have. */
  hasAddress: boolean;
  /** The policy lets purchases create users, and this purchase gives something. */
  mayCreate: boolean;
}

export interface Addressee {
  userId: string;
  /** The address is proved in the mode of the purchase. */
  isVerified: boolean;
  /** Somebody uses the account: it has an external id, a token or a sign-in, or a proof in the other mode. */
  isTaken: boolean;
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
  /** The customer was unlinked by hand, or several users fit: people decide. */
  | "AMBIGUOUS"
  | "USERS_NOT_CREATED"
  | "PERSON_REMOVED";

/** Returns the owner by the first rule that answers. Two candidates are never settled by taking the first. */
export function decideOwner(question: OwnerQuestion): Owner {
  const { claimedBy, linkedUser, addressee } = question;
  if (claimedBy) return { userId: claimedBy, by: "CLAIM" };
  const [buyer, ...others] = new Set(question.openedFor);
  if (buyer && others.length > 0) return nobody("AMBIGUOUS", [buyer, ...others]);
  if (buyer) return { userId: buyer, by: "CLAIM" };
  if (linkedUser) return { userId: linkedUser, by: "CUSTOMER" };
  if (question.wasRemoved) return nobody("PERSON_REMOVED");
  if (question.wasUnlinked) return nobody("AMBIGUOUS", addressee ? [addressee.userId] : []);
  if (addressee) {
    const isTheirs = addressee.isVerified || !addressee.isTaken;
    if (isTheirs) return { userId: addressee.userId, by: "EMAIL" };
    return nobody("UNVERIFIED_CANDIDATE", [addressee.userId]);
  }
  if (!question.hasAddress) return nobody("NO_EMAIL");
  return question.mayCreate ? { userId: null, by: "CREATED" } : nobody("USERS_NOT_CREATED");
}

function nobody(reason: UnclaimedReason, candidates: readonly string[] = []): Owner {
  return { userId: null, by: null, reason, candidates };
}
