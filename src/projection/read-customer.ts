import type { CustomerSnapshot } from "../links/customer-snapshot";
import type { AnyCustomer, Sight } from "./papers";
import { buyerOf, wholeOf } from "./read-references";

/** A customer as Stripe shows them; null when only an id is there. A deleted one is a legal answer for ever. */
export function readCustomer(
  customer: AnyCustomer | undefined,
  { connectionId, observation, observedAt }: Sight,
): CustomerSnapshot | null {
  const whole = wholeOf(customer);
  if (!whole) return null;
  const deleted = whole.deleted === true;
  return { connectionId, customer: whole.id, ...buyerOf(whole), deleted, observation, observedAt };
}
