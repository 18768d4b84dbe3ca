import type { OwnerQuestion } from "../links/decide-owner";
import { isProved, isTaken } from "../users/proofs";
import { emailSchema } from "../users/read-user-input";
import type { HeldSource } from "./facts.store";
import type { Claimable } from "./plan-unclaimed";
import { nameOfSource } from "./find-removed";
import { type OwnerWorld, buyerOf, holderOf, linkedUserOf, nameOfCustomer, sessionsOf } from "./load-owner-world";

/** What a source is to us. Nobody is looked for, and no user created, for a purchase of something unlinked. */
export interface Concern {
  held: HeldSource;
  /** A link covers something of it. */
  isOurs: boolean;
  /** What it opens for whoever owns it; null: it is over, or was never paid. */
  claimable: Claimable | null;
  /** It was bought and is not over, and the policy lets purchases create users. */
  mayCreate: boolean;
}

/** Puts together what decides about the owner of one source. */
export function questionOf({ held, isOurs, mayCreate }: Concern, world: OwnerWorld): OwnerQuestion {
  const { facts, claimedBy, ownerId } = held;
  const name = nameOfCustomer(facts);
  const isPresent = (id: string | null): id is string => id !== null && world.people.has(id);
  const openedFor = sessionsOf(held).flatMap(
    ({ connectionId, session }) => world.sessions.get(`${connectionId} ${session}`)?.userId ?? [],
  );
  const named = [...openedFor, ...(claimedBy === null ? [] : [claimedBy])];
  // A link that only keeps what it gave gives nothing new, and its purchases keep their owners.
  const holder = isOurs || ownerId !== null ? holderOf(held, world) : null;
  return {
    claimedBy: isPresent(claimedBy) ? claimedBy : null,
    openedFor: openedFor.filter(isPresent),
    linkedUser: linkedUserOf(held, world),
    wasUnlinked: name !== null && world.unlinked.has(name),
    wasRemoved:
      world.removed.has(nameOfSource(facts)) ||
      (named.length > 0 && !named.some(isPresent)) ||
      (name === null && ownerId !== null && !isPresent(ownerId)),
    addressee: holder && {
      userId: holder.id,
      isVerified: isProved(holder, facts.mode),
      isTaken: isTaken(holder),
    },
    hasAddress: emailSchema.safeParse(buyerOf(facts, world).email ?? "").success,
    mayCreate,
  };
}
