import { replanSoon } from "../access/replan-soon";
import { readPublicIdOf } from "../base/ids";
import { connectionOf } from "../connections/find-connection";
import type { Tx } from "../database/db";
import type { Deps, Identity } from "../graphql/context";
import { findLinksOfUsers } from "../links/customer-links.store";
import { lockCustomers } from "../links/customers.store";
import type { UserFields } from "../users/read-user-input";
import { updateUser as updateUserAlone } from "../users/update-user";
import type { UserEntity } from "../users/user.entity";
import { findCustomer } from "./find-customer";
import { settleCustomer } from "./link-customer";
import { seeCustomer } from "../projection/look-at-customer";
import { moveCustomer } from "./move-customer";
import { nameHolder } from "./name-holder";
import { proveUser } from "./prove-user";
import { releaseCustomer } from "./release-customer";

export type UserChange = UserFields & {
  user: string;
  stripeCustomerId?: string | null | undefined;
  connection?: string | null | undefined;
};

/**
 * Changes a user and, if it is said, which customer in Stripe they are: another one takes the place of theirs, null lets go
 * of it. A new address is told to their customers in the background.
 */
export function updateUser(deps: Deps & { identity: Identity }, input: UserChange): Promise<UserEntity> {
  return nameHolder(deps.db, input, () => updateWithCustomer(deps, input));
}

async function updateWithCustomer(deps: Deps & { identity: Identity }, input: UserChange): Promise<UserEntity> {
  const { stripeCustomerId, connection, ...fields } = input;
  if (stripeCustomerId === undefined) {
    const changed = await updateUserAlone(deps, fields, proveUser(deps.identity, async () => {}).ofChange);
    await replanSoon(deps);
    return changed;
  }
  if (stripeCustomerId === null) {
    const proof = proveUser(deps.identity, (tx, user, now) => letGo(tx, deps.identity, { user, now }, connection));
    const changed = await updateUserAlone(deps, fields, proof.ofChange);
    await replanSoon(deps);
    return changed;
  }
  return exchange(deps, { ...fields, stripeCustomerId, connection });
}

async function exchange(
  deps: Deps & { identity: Identity },
  { stripeCustomerId, connection: named, ...fields }: UserChange & { stripeCustomerId: string },
): Promise<UserEntity> {
  const field = "input.stripeCustomerId";
  const connection = await connectionOf(deps, deps.identity.mode, named, "input.connection");
  const customer = await findCustomer(deps, connection, stripeCustomerId, field);
  const seen = await seeCustomer(deps, connection, customer.customer);
  const proof = proveUser(deps.identity, async (tx, { id: userId }, now) => {
    const move = { connection, userId, customer, fromOthers: false, fromOwn: true, field };
    await moveCustomer(tx, deps.identity, move, now);
  });
  const changed = await updateUserAlone(deps, fields, proof.ofChange);
  await settleCustomer(deps, seen);
  return changed;
}

/** Without a connection, their customers of every account in this mode. */
async function letGo(
  tx: Tx,
  identity: Identity,
  { user, now }: { user: UserEntity; now: Date },
  connection: string | null | undefined,
): Promise<void> {
  const wanted = connection ? readPublicIdOf("connection", connection) : null;
  const find = async () => {
    const links = await findLinksOfUsers(tx, [user.id], { mode: identity.mode });
    const held = links.filter((link) => link.active || link.dead);
    return connection ? held.filter((link) => link.connectionId === wanted) : held;
  };
  await lockCustomers(tx, await find());
  for (const link of await find()) await releaseCustomer(tx, identity, link, now);
}
