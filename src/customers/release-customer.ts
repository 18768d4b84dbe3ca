import { type ActivityLine, actorOf, recordActivities } from "../activities/record-activities";
import { markForPlan } from "../access/facts.store";
import { toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { endCustomerLinks } from "../links/customer-links.store";
import { queueNotices } from "../outbox/queue-notices";

/** The customer is nobody's any more. What they bought is marked, and ends for the user when it is planned again. */
export async function releaseCustomer(
  tx: Tx,
  identity: Identity,
  link: CustomerLinkEntity,
  now: Date,
): Promise<CustomerLinkEntity> {
  const { connectionId, customer } = link;
  await endCustomerLinks(tx, [link.id], now);
  await markForPlan(tx, { connectionId, customer });
  await queueNotices(tx, now, await recordActivities(tx, now, [releasedLine(identity, link, now)]));
  return { ...link, active: false, dead: false, unlinkedAt: now };
}

/** Says all that is needed to link them again. */
export function releasedLine(identity: Identity, link: CustomerLinkEntity, now: Date): ActivityLine {
  const { connectionId, customer, linkedBy, linkedAt } = link;
  return {
    mode: identity.mode,
    type: "CUSTOMER_UNLINKED",
    at: now,
    userId: link.userId,
    origin: "API",
    ...actorOf(identity),
    stripeObject: customer,
    message: "The user is no longer linked to this customer.",
    data: { connection: toPublicId("connection", connectionId), customer, linkedBy, linkedAt },
  };
}
