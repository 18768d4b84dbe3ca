import { replanSoon } from "../access/replan-soon";
import { readPublicIdOf, toPublicId } from "../base/ids";
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
  /** Names the customer when there are several. */
  customerId?: string | null | undefined;
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
      const before = await findOne(tx, deps.identity, user.id, input);
      await lockCustomers(tx, [before]);
      const link = await findOne(tx, deps.identity, user.id, input);
      return releaseCustomer(tx, deps.identity, link, now);
    });
    await replanSoon(deps);
    return link;
  });
}

/** The customer that is named, or the only one in the account that is named or in all accounts. */
async function findOne(
  db: Reader,
  { mode }: Identity,
  userId: string,
  { connection, customerId }: UnlinkCustomerInput,
): Promise<CustomerLinkEntity> {
  const links = (await findLinksOfUsers(db, [userId], { mode })).filter((link) => link.active || link.dead);
  const wanted = connection ? readPublicIdOf("connection", connection) : null;
  const reachable = connection ? links.filter((link) => link.connectionId === wanted) : links;
  const meant = customerId ? reachable.filter((link) => link.customer === customerId) : reachable;
  const living = meant.filter((link) => link.active);
  const [found, ...others] = living.length > 0 ? living : meant;
  if (!found && customerId) {
    const say = "The user is not linked to this customer.";
    throw new Refusal("CUSTOMER_NOT_FOUND", { say, field: "customerId" });
  }
  if (!found) throw new Refusal("NO_STRIPE_CUSTOMER", { say: "The user is linked to no customer.", field: "user" });
  if (others.length > 0) throw ambiguous([found, ...others]);
  return found;
}

function ambiguous(links: readonly CustomerLinkEntity[]): Refusal {
  return new Refusal("AMBIGUOUS_CUSTOMER", {
    say: "The user has several customers: name one by customerId, and its connection if accounts share the id.",
    field: "customerId",
    details: {
      customers: links.map((link) => ({
        customerId: link.customer,
        connection: toPublicId("connection", link.connectionId),
      })),
    },
  });
}
