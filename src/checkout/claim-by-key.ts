import { applyFactsIn, lockOf, takingTurns } from "../access/apply-facts";
import type { SourceFacts } from "../access/fact";
import { claimSources, findSources } from "../access/facts.store";
import { actorOf, recordActivities } from "../activities/record-activities";
import { Refusal } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { moveCustomer } from "../customers/move-customer";
import type { Tx } from "../database/db";
import type { Deps, Identity } from "../graphql/context";
import { findActiveLinks } from "../links/customer-links.store";
import { lockCustomers } from "../links/customers.store";
import { findOwnSessions } from "../links/own-sessions.store";
import { isTaken } from "../users/proofs";
import type { UserEntity } from "../users/user.entity";
import { findUsersById, lockUser } from "../users/users.store";
import type { FoundPurchase } from "./find-purchase";
import type { NamedPurchase } from "./read-claimed-purchase";

type Parts = Deps & { identity: Identity };

/**
 * Gives a purchase to the user whom a server key names, with the customer who paid it. What belongs to somebody is refused;
 * an account that the purchase itself has created, and that nobody has used, is nobody.
 */
export function claimByKey(deps: Parts, user: UserEntity, found: FoundPurchase, target: NamedPurchase): Promise<void> {
  return takingTurns(() => deps.db.transaction((tx) => take(tx, deps, user, { ...found, target })));
}

async function take(
  tx: Tx,
  deps: Parts,
  user: UserEntity,
  { connection, sighting, bought, target }: FoundPurchase & { target: NamedPurchase },
): Promise<void> {
  const now = deps.clock.now();
  const { facts, customers } = sighting;
  await lockCustomers(tx, [...facts.map(lockOf), ...customers]);
  const holders = await findHolders(tx, connection, bought);
  if (holders.some((holder) => holder.userId !== user.id && !holder.mayGive)) {
    const say = "The purchase belongs to another user.";
    throw new Refusal("PURCHASE_ALREADY_CLAIMED", { say, field: target.field });
  }
  await lockUser(tx, { id: user.id, externalId: null }, "input.user");
  // Renewals and later purchases of the same customer go to the same user.
  const payers = customers.filter(
    ({ customer, deleted }) => !deleted && bought.some((each) => each.customer === customer),
  );
  for (const customer of payers) {
    const move = { connection, userId: user.id, customer, fromOthers: true, fromOwn: false };
    await moveCustomer(tx, deps.identity, { ...move, field: target.field }, now);
  }
  await applyFactsIn(tx, { origin: "API", facts, customers, claimedBy: user.id }, now);
  await claimSources(tx, bought, user.id);
  const sources = bought.map(({ source }) => source);
  await recordActivities(tx, now, [
    {
      mode: connection.mode,
      type: "CUSTOM",
      customType: "purchase.claimed",
      at: now,
      userId: user.id,
      origin: "API",
      ...actorOf(deps.identity),
      stripeObject: sources[0] ?? target.id,
      message: "A purchase was claimed for the user.",
      data: { sources },
      onceKey: `${connection.id} ${sources.join(" ")} claimed ${user.id}`,
    },
  ]);
}

interface Holder {
  userId: string;
  /** Nobody ever used the account, which the purchase itself has created. */
  mayGive: boolean;
}

/** Everybody to whom the purchase belongs, or would once it is applied. */
async function findHolders(
  tx: Tx,
  { id: connectionId }: ConnectionEntity,
  bought: readonly SourceFacts[],
): Promise<Holder[]> {
  const held = await findSources(tx, bought);
  const sessions = bought.flatMap((facts) => facts.sessions.map((session) => ({ connectionId, session })));
  const opened = await findOwnSessions(tx, sessions);
  const keys = bought.flatMap(({ customer }) => (customer === null ? [] : [{ connectionId, customer }]));
  const links = await findActiveLinks(tx, keys);
  const holders = [
    ...held.flatMap(({ claimedBy }) => claimedBy ?? []).map((userId) => ({ userId, isOwnMaking: false })),
    ...opened.map(({ userId, isGuest }) => ({ userId, isOwnMaking: isGuest })),
    ...links.map(({ userId, linkedBy }) => ({ userId, isOwnMaking: MADE_ON_THE_WAY.has(linkedBy) })),
    // Why they hold it stands above; what does not is a join by the address that was typed.
    ...held.flatMap(({ ownerId }) => ownerId ?? []).map((userId) => ({ userId, isOwnMaking: true })),
  ];
  const users = await findUsersById(tx, [...new Set(holders.map(({ userId }) => userId))]);
  const present = new Map(users.map((user) => [user.id, user]));
  return holders.flatMap(({ userId, isOwnMaking }) => {
    const user = present.get(userId);
    // A removed user holds nothing.
    return user ? [{ userId, mayGive: isOwnMaking && !isTaken(user) }] : [];
  });
}

const MADE_ON_THE_WAY: ReadonlySet<string> = new Set(["purchase", "checkout", "e-mail"]);
