import { type Grant, announcedEnd, endOf, isLive } from "../access/grant";
import type { AccessReason } from "../access/reasons";

export interface Held {
  reason: AccessReason;
  endsAt: Date | null;
}

/**
 * What stops a second purchase: the product is held by a live subscription, or by a purchase without end. Access by hand, by
 * gift, from a list or by a purchase that ends does not. Null: it may be bought.
 */
export function decideHeld(grants: readonly Grant[], at: Date): Held | null {
  const held = grants.find(
    (grant) =>
      isLive(grant, at) && (grant.source === "SUBSCRIPTION" || (grant.source === "PURCHASE" && endOf(grant) === null)),
  );
  return held ? { reason: held.reason, endsAt: announcedEnd(held, at) } : null;
}
