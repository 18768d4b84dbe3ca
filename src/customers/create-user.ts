import { replanSoon } from "../access/replan-soon";
import { connectionOf } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import { createUser as createUserAlone } from "../users/create-user";
import type { NewUser } from "../users/create-user";
import type { UserEntity } from "../users/user.entity";
import { findCustomer } from "./find-customer";
import { settleCustomer } from "./link-customer";
import { seeCustomer } from "../projection/look-at-customer";
import { isProved } from "../users/proofs";
import { moveCustomer } from "./move-customer";
import { nameHolder } from "./name-holder";
import { proveUser } from "./prove-user";

export type NewUserWithCustomer = NewUser & {
  stripeCustomerId?: string | null | undefined;
  connection?: string | null | undefined;
};

/**
 * Makes a user, who may be a customer in Stripe already: then what they bought is theirs before the answer. All or nothing:
 * a customer that does not exist, or is somebody's, makes no user.
 */
export function createUser(deps: Deps & { identity: Identity }, input: NewUserWithCustomer): Promise<UserEntity> {
  return nameHolder(deps.db, input, () => createWithCustomer(deps, input));
}

async function createWithCustomer(
  deps: Deps & { identity: Identity },
  input: NewUserWithCustomer,
): Promise<UserEntity> {
  const { stripeCustomerId, connection: named, ...fields } = input;
  if (stripeCustomerId === null || stripeCustomerId === undefined) return createAlone(deps, fields);
  const field = "input.stripeCustomerId";
  const connection = await connectionOf(deps, deps.identity.mode, named, "input.connection");
  const customer = await findCustomer(deps, connection, stripeCustomerId, field);
  const seen = await seeCustomer(deps, connection, customer.customer);
  const proof = proveUser(deps.identity, async (tx, { id: userId }) => {
    const move = { connection, userId, customer, fromOthers: false, fromOwn: false, field };
    await moveCustomer(tx, deps.identity, move, deps.clock.now());
  });
  const also = { input: { stripeCustomerId, connection: connection.id }, ...proof.ofNew };
  const user = await createUserAlone(deps, fields, also);
  await settleCustomer(deps, seen);
  return user;
}

/** What somebody bought with this address before we knew them is theirs, if the caller vouches for the address. */
async function createAlone(deps: Deps & { identity: Identity }, fields: NewUser): Promise<UserEntity> {
  const user = await createUserAlone(deps, fields, { input: {}, ...proveUser(deps.identity, async () => {}).ofNew });
  if (isProved(user, deps.identity.mode)) await replanSoon(deps);
  return user;
}
