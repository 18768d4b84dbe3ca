import { findClaimedByOthers } from "../access/facts.store";
import { findOpenedProductIds } from "../access/opened-products.store";
import { replanSoon } from "../access/replan-soon";
import { connectionOf } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { readUserRef } from "../users/read-user-ref";
import { findUser, lockUser, userNotFound } from "../users/users.store";
import { findCustomer } from "./find-customer";
import type { Sighting } from "../projection/look-at";
import { applySighting, seeCustomer } from "../projection/look-at-customer";
import { moveCustomer } from "./move-customer";

export interface LinkCustomerInput {
  user: string;
  customerId: string;
  connection?: string | null | undefined;
  replace?: boolean | null | undefined;
}

/** What the user may open that they could not before, and the other way round. */
export interface CustomerChange {
  link: CustomerLinkEntity;
  gained: string[];
  lost: string[];
  /** Purchases of the customer that stay with other users, as Stripe names them. */
  kept?: string[];
}

type Parts = Deps & { identity: Identity };

/**
 * This customer is that user. Stripe is read before anything is written, so what was bought opens at once, and a Stripe that
 * does not answer leaves everything as it was. The former owner's grants of it end. Asked again, it looks once more.
 */
export async function linkCustomer(deps: Parts, input: LinkCustomerInput): Promise<CustomerChange> {
  const connection = await connectionOf(deps, deps.identity.mode, input.connection, "input.connection");
  const ref = readUserRef(input.user);
  const user = await findUser(deps.db, ref);
  if (!user) throw userNotFound("input.user");
  const customer = await findCustomer(deps, connection, input.customerId, "input.customerId");
  const seen = await seeCustomer(deps, connection, customer.customer);
  const replace = input.replace ?? false;
  const change = await comparing(deps, user.id, async () => {
    const link = await deps.db.transaction(async (tx) => {
      const move = { connection, userId: user.id, customer, fromOthers: replace, fromOwn: false };
      const made = await moveCustomer(tx, deps.identity, { ...move, field: "input.customerId" }, deps.clock.now());
      await lockUser(tx, ref, "input.user");
      return made;
    });
    await settleCustomer(deps, seen);
    return link;
  });
  const named = { connectionId: connection.id, customer: customer.customer, userId: user.id };
  return { ...change, kept: await findClaimedByOthers(deps.db, named) };
}

/** After a customer changed hands: what is known changes hands too, then what was seen in Stripe is added. */
export async function settleCustomer(deps: Parts, seen: Sighting): Promise<void> {
  await replanSoon(deps);
  await applySighting(deps, seen, "API");
}

export async function comparing(
  deps: Parts,
  userId: string,
  work: () => Promise<CustomerLinkEntity>,
): Promise<CustomerChange> {
  const { mode } = deps.identity;
  const opened = () => findOpenedProductIds(deps.db, { userId, mode, at: deps.clock.now() });
  const before = await opened();
  const link = await work();
  const after = await opened();
  return {
    link,
    gained: after.filter((id) => !before.includes(id)),
    lost: before.filter((id) => !after.includes(id)),
  };
}
