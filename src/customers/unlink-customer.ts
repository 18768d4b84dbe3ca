import { replanSoon } from "../access/replan-soon";
import { readPublicIdOf } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Reader } from "../database/db";
import type { Deps, Identity } from "../graphql/context";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { findLinksOfUsers } from "../links/customer-links.store";
import { lockCustomers } from "../links/customers.store";
import { readUserRef } from "../users/read-user-ref";
import { findUser, userNotFound } from "../users/users.store";
import { type CustomerChange, comparing } from "./link-customer";
import { releaseCustomer } from "./release-customer";

export interface UnlinkCustomerInput {
  user: string;
  connection?: string | null | undefined;
}

/**
 * The customer is nobody's any more: what they bought is kept, opens nothing, and can be linked or claimed again. Money is
 * not touched, nor what the user holds for other reasons.
 */
export async function unlinkCustomer(
  deps: Deps & { identity: Identity },
  input: UnlinkCustomerInput,
): Promise<CustomerChange> {
  const user = await findUser(deps.db, readUserRef(input.user));
  if (!user) throw userNotFound("user");
  return comparing(deps, user.id, async () => {
    const now = deps.clock.now();
    const link = await deps.db.transaction(async (tx) => {
      const before = await findOne(tx, deps.identity, user.id, input.connection);
      await lockCustomers(tx, [before]);
      const link = await findOne(tx, deps.identity, user.id, input.connection);
      return releaseCustomer(tx, deps.identity, link, now);
    });
    await replanSoon(deps);
    return link;
  });
}

/** The customer of the user in the account that is named, or their only one. */
async function findOne(
  db: Reader,
  { mode }: Identity,
  userId: string,
  connection: string | null | undefined,
): Promise<CustomerLinkEntity> {
  const links = (await findLinksOfUsers(db, [userId], { mode })).filter((link) => link.active || link.dead);
  const wanted = connection ? readPublicIdOf("connection", connection) : null;
  const meant = connection ? links.filter((link) => link.connectionId === wanted) : links;
  const living = meant.filter((link) => link.active);
  const [found, ...others] = living.length > 0 ? living : meant;
  if (!found) throw new Refusal("NO_STRIPE_CUSTOMER", { say: "The user is linked to no customer.", field: "user" });
  if (others.some((link) => link.connectionId !== found.connectionId)) {
    throw new Refusal("INVALID_INPUT", {
      say: "The user has customers in several accounts: name the connection.",
      field: "connection",
    });
  }
  return found;
}
