import { replanSoon } from "../access/replan-soon";
import { actorOf } from "../activities/record-activities";
import { newUuid } from "../base/ids";
import { type CustomerChange, comparing } from "../customers/link-customer";
import type { Context } from "../graphql/context";
import { CustomerLinkEntity } from "../links/customer-link.entity";
import { findLinksOfUsers } from "../links/customer-links.store";
import { checkMayAskAbout } from "../users/subject";
import { readUserRef } from "../users/read-user-ref";
import type { UserEntity } from "../users/user.entity";
import { findUser, userNotFound } from "../users/users.store";
import { checkProof, claimByAddress } from "./claim-by-address";
import { claimByKey } from "./claim-by-key";
import { type FoundPurchase, findPurchase } from "./find-purchase";
import { type PurchaseIds, readClaimedPurchase } from "./read-claimed-purchase";
import { withinPatience } from "./within-patience";

export interface Claim extends PurchaseIds {
  user: string;
  connection?: string | null | undefined;
}

/**
 * Says whose a purchase is. A server key says it for anybody; a user token for its own user, who has proved the address with
 * which it was bought. Nothing is created in Stripe.
 */
export async function claimPurchase(ctx: Context, claim: Claim): Promise<CustomerChange> {
  const target = readClaimedPurchase(claim);
  const ref = readUserRef(claim.user);
  await checkMayAskAbout(ctx, ref);
  const user = await findUser(ctx.db, ref);
  if (!user) throw userNotFound("input.user");
  const isOwn = ctx.identity.role === "USER";
  if (isOwn) checkProof(user, ctx.identity.mode);
  return withinPatience(async () => {
    const found = await findPurchase(ctx, target, claim.connection);
    return comparing(ctx, user.id, async () => {
      if (isOwn) await claimByAddress(ctx, user, found, target);
      else await claimByKey(ctx, user, found, target);
      await replanSoon(ctx);
      return findLinkOf(ctx, user, found);
    });
  });
}

/** The user's link of the customer who paid, else of another customer in the same account. */
async function findLinkOf(
  ctx: Context,
  user: UserEntity,
  { connection, bought }: FoundPurchase,
): Promise<CustomerLinkEntity> {
  const links = await findLinksOfUsers(ctx.db, [user.id], { connectionIds: [connection.id] });
  const payers = new Set(bought.map(({ customer }) => customer));
  const active = links.filter((link) => link.active);
  return active.find(({ customer }) => payers.has(customer)) ?? active[0] ?? withoutCustomer(ctx, user, connection.id);
}

/** Stripe has no customer for a guest, and none is created: the link says so. It is not kept. */
function withoutCustomer({ clock, identity }: Context, { id: userId }: UserEntity, connectionId: string) {
  const now = clock.now();
  return Object.assign(new CustomerLinkEntity(), {
    id: newUuid(now),
    connectionId,
    customer: "",
    userId,
    active: false,
    dead: false,
    linkedBy: actorOf(identity).actorRef,
    linkedAt: now,
    unlinkedAt: null,
    pushWantedAt: null,
    pushAttempts: 0,
    pushError: null,
  });
}
