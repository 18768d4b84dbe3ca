import { actorOf, recordActivities } from "../activities/record-activities";
import { applyFactsIn, lockOf, takingTurns } from "../access/apply-facts";
import type { SourceFacts } from "../access/fact";
import { claimSources, findSources } from "../access/facts.store";
import { replanSoon } from "../access/replan-soon";
import { Refusal } from "../base/refusal";
import { findInAccount } from "../connections/ask-account";
import { connectionOf } from "../connections/find-connection";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Tx } from "../database/db";
import type { Deps, Identity } from "../graphql/context";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { findActiveLinks, findLinksOfUsers } from "../links/customer-links.store";
import { lockCustomers } from "../links/customers.store";
import { findOwnSessions } from "../links/own-sessions.store";
import { type CustomerChange, comparing } from "../customers/link-customer";
import { type Sighting, lookAt } from "../projection/look-at";
import { moveCustomer } from "../customers/move-customer";
import { readUserRef } from "../users/read-user-ref";
import type { UserEntity } from "../users/user.entity";
import { findUser, findUsersById, lockUser, userNotFound } from "../users/users.store";
import { type NamedPurchase, type PurchaseIds, readClaimedPurchase } from "./read-claimed-purchase";
import { ensureCustomer } from "./ensure-customer";
import { withinPatience } from "./within-patience";

export interface Claim extends PurchaseIds {
  user: string;
  connection?: string | null | undefined;
}

type Parts = Deps & { identity: Identity };

/**
 * Says whose a purchase is. One that is somebody's is refused; an account that the purchase itself has made, and that nobody
 * has ever used, is nobody. Its customer becomes the user's, if neither has another.
 */
export async function claimPurchase(deps: Parts, claim: Claim): Promise<CustomerChange> {
  const target = readClaimedPurchase(claim);
  const connection = await connectionOf(deps, deps.identity.mode, claim.connection, "input.connection");
  const user = await findUser(deps.db, readUserRef(claim.user));
  if (!user) throw userNotFound("input.user");
  return withinPatience(async (until) => {
    const sighting = await findPurchase(deps, connection, target);
    const bought = sighting?.facts.filter(({ items }) => items.length > 0) ?? [];
    if (!sighting || bought.length === 0) throw notFound(target);
    return comparing(deps, user.id, async () => {
      await takingTurns(() => take(deps, { connection, user, sighting, bought, target }));
      await replanSoon(deps);
      const own = await findOwnLink(deps, connection, user);
      if (own) return own;
      // A guest who paid has no customer in Stripe, and the user is to have one: for the portal, and for next time.
      await ensureCustomer(deps, connection, user, { until, field: "input.user" });
      const made = await findOwnLink(deps, connection, user);
      if (!made) throw new Refusal("CONFLICT", { say: "The user's customer changed at the same moment. Try again." });
      return made;
    });
  });
}

function notFound({ field }: NamedPurchase): Refusal {
  return new Refusal("PURCHASE_NOT_FOUND", { say: "There is no such purchase in this account.", field });
}

/** What Stripe says of the purchase now; null when the account has no such object. */
async function findPurchase(
  deps: Parts,
  connection: ConnectionEntity,
  { kind, id }: NamedPurchase,
): Promise<Sighting | null> {
  // Stripe refuses to list what belongs to a payment that it does not know.
  const isThere = kind !== "PAYMENT" || (await findPayment(deps, connection, id)) !== null;
  return isThere ? lookAt(deps, connection, [{ kind, id }]) : null;
}

function findPayment(deps: Parts, connection: ConnectionEntity, id: string): Promise<unknown> {
  return findInAccount(deps, connection, id, (stripe) => stripe.paymentIntents.retrieve(id));
}

interface Taking {
  connection: ConnectionEntity;
  user: UserEntity;
  sighting: Sighting;
  bought: readonly SourceFacts[];
  target: NamedPurchase;
}

function take(deps: Parts, { connection, user, sighting, bought, target }: Taking): Promise<void> {
  return deps.db.transaction(async (tx) => {
    const now = deps.clock.now();
    const connectionId = connection.id;
    const own = await findOwnLink({ db: tx }, connection, user);
    const mine = own ? [{ connectionId, customer: own.customer }] : [];
    await lockCustomers(tx, [...sighting.facts.map(lockOf), ...sighting.customers, ...mine]);
    const holders = await findHolders(tx, connection, bought);
    const others = holders.filter(({ userId }) => userId !== user.id);
    if (others.some(({ mayGive }) => !mayGive)) {
      const say = "The purchase belongs to another user.";
      throw new Refusal("PURCHASE_ALREADY_CLAIMED", { say, field: target.field });
    }
    await lockUser(tx, { id: user.id, externalId: null }, "input.user");
    const linked = sighting.customers.find(({ customer, deleted }) =>
      deleted ? false : others.some((holder) => holder.customer === customer),
    );
    if (linked && !own) {
      const move = { connection, userId: user.id, customer: linked, fromOthers: true, fromOwn: false };
      await moveCustomer(tx, deps.identity, { ...move, field: target.field }, now);
    }
    const { facts, customers } = sighting;
    await applyFactsIn(tx, { origin: "API", facts, customers, claimedBy: user.id }, now);
    await claimSources(tx, bought, user.id);
    await recordActivities(tx, now, [
      {
        mode: connection.mode,
        type: "CUSTOM",
        customType: "purchase.claimed",
        at: now,
        userId: user.id,
        origin: "API",
        ...actorOf(deps.identity),
        stripeObject: bought[0]?.source ?? target.id,
        message: "A purchase was claimed for the user.",
        data: { sources: bought.map(({ source }) => source) },
        onceKey: `${connectionId} ${bought.map(({ source }) => source).join(" ")} claimed ${user.id}`,
      },
    ]);
  });
}

interface Holder {
  userId: string;
  /** The customer that is theirs, if that is why they hold it. */
  customer: string | null;
  /** Nobody ever used the account, which the purchase itself has made. */
  mayGive: boolean;
}

/** Everybody whose the purchase is, or would be once it is applied. */
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
  const claimed = held.flatMap(({ claimedBy }) => claimedBy ?? []);
  const holders = [
    ...claimed.map((userId) => ({ userId, customer: null, isOwnMaking: false })),
    ...opened.map(({ userId, isGuest }) => ({ userId, customer: null, isOwnMaking: isGuest })),
    ...links.map(({ userId, customer, linkedBy }) => ({
      userId,
      customer,
      isOwnMaking: MADE_ON_THE_WAY.has(linkedBy),
    })),
    // Why they have it stands above; what does not is that they were found, or made, by the address that was typed.
    ...held.flatMap(({ ownerId }) =>
      ownerId === null ? [] : [{ userId: ownerId, customer: null, isOwnMaking: true }],
    ),
  ];
  const users = await findUsersById(tx, [...new Set(holders.map(({ userId }) => userId))]);
  const present = new Map(users.map((user) => [user.id, user]));
  return holders.flatMap(({ isOwnMaking, ...holder }) => {
    const user = present.get(holder.userId);
    // Who was removed holds nothing.
    return user ? [{ ...holder, mayGive: isOwnMaking && isUnused(user) }] : [];
  });
}

const MADE_ON_THE_WAY: ReadonlySet<string> = new Set(["purchase", "checkout"]);

function isUnused({ externalId, emailVerified, lastSeenAt }: UserEntity): boolean {
  return externalId === null && !emailVerified && lastSeenAt === null;
}

async function findOwnLink(
  { db }: { db: Pick<Deps["db"], "rows" | "repository"> },
  { id }: ConnectionEntity,
  { id: userId }: UserEntity,
): Promise<CustomerLinkEntity | null> {
  const links = await findLinksOfUsers(db, [userId], { connectionIds: [id] });
  return links.find((link) => link.active) ?? null;
}
