import { applySighting } from "../projection/look-at-customer";
import { findUnlinkedCustomers } from "../links/customer-links.store";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Deps, Identity } from "../graphql/context";
import { emailKeyOf } from "../users/email-key";
import { isProved } from "../users/proofs";
import type { UserEntity } from "../users/user.entity";
import { type FoundPurchase, purchaseNotFound } from "./find-purchase";
import type { NamedPurchase } from "./read-claimed-purchase";

type Parts = Deps & { identity: Identity };

/** Refuses a user token whose user has proved no address: the answer does not depend on the purchase. */
export function checkProof(user: UserEntity, mode: Mode): void {
  if (user.emailKey !== null && isProved(user, mode)) return;
  throw new Refusal("FORBIDDEN", {
    say: "A user token claims what was bought with the user's proved e-mail address, and none is proved.",
    field: "input.user",
  });
}

/**
 * Gives a purchase to the user who has proved its address. It is a join by address like any other: a customer that was
 * unlinked by hand stays unlinked, and what belongs to somebody stays theirs. A purchase with another address does not
 * exist for the caller.
 */
export async function claimByAddress(
  deps: Parts,
  user: UserEntity,
  { connection, sighting, bought }: FoundPurchase,
  target: NamedPurchase,
): Promise<void> {
  const addresses = bought.map(({ buyer }) => (buyer.email === null ? null : emailKeyOf(buyer.email)));
  if (addresses.some((key) => key !== user.emailKey)) throw purchaseNotFound(target);
  const keys = bought.flatMap(({ customer }) => (customer === null ? [] : { connectionId: connection.id, customer }));
  if ((await findUnlinkedCustomers(deps.db, keys)).length > 0) throw purchaseNotFound(target);
  const applied = await applySighting(deps, sighting, "API");
  const sources = new Set(bought.map(({ source }) => source));
  const owners = applied.filter(({ source }) => sources.has(source)).map(({ ownerId }) => ownerId);
  if (owners.some((owner) => owner !== null && owner !== user.id)) {
    const say = "The purchase belongs to another user.";
    throw new Refusal("PURCHASE_ALREADY_CLAIMED", { say, field: target.field });
  }
  if (owners.includes(null)) throw purchaseNotFound(target);
}
