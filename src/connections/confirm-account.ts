import type Stripe from "stripe";
import { Refusal } from "../base/refusal";
import type { ConnectionEntity } from "./connection.entity";
import { findAccount } from "./find-account";

/** Refuses when the key belongs to another account than the connection's: what such a key cannot find is not gone. */
export async function confirmAccount(stripe: Stripe, connection: ConnectionEntity): Promise<void> {
  const { id } = await findAccount(stripe);
  if (id === connection.account) return;
  throw new Refusal("STRIPE_KEY_INVALID", {
    say: "The secret key belongs to another Stripe account. `updateStripeConnection` takes a key of the right one.",
    details: { account: id },
    note: { connectionId: connection.id },
  });
}
