import { Refusal } from "../base/refusal";
import type { Clock } from "../base/clock";
import { type AccountDeps, findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { drawObservation } from "../links/observations.store";
import type { CustomerSnapshot } from "../links/customer-snapshot";

/** A customer whom somebody named, as Stripe has them now. One that is gone, or of the other mode, is refused. */
export async function findCustomer(
  deps: AccountDeps & { clock: Clock },
  connection: ConnectionEntity,
  named: string,
  field: string,
): Promise<CustomerSnapshot> {
  const observation = await drawObservation(deps.db);
  const observedAt = deps.clock.now();
  const found = /^[\w-]{1,255}$/.test(named)
    ? await findInAccount(deps, connection, named, (stripe) => stripe.customers.retrieve(named))
    : null;
  if (!found || found.deleted === true) {
    throw new Refusal("CUSTOMER_NOT_FOUND", { say: "The connected account has no such customer.", field });
  }
  if (found.livemode !== (connection.mode === "LIVE")) {
    throw new Refusal("STRIPE_MODE_MISMATCH", { say: "This customer belongs to the other mode.", field });
  }
  const { id: customer, email, name = null } = found;
  return { connectionId: connection.id, customer, email, name, deleted: false, observation, observedAt };
}
