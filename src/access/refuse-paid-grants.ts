import { Refusal } from "../base/refusal";
import { toPublicId } from "../base/ids";
import type { GrantEntity } from "./grant.entity";

type PaidGrant = Pick<GrantEntity, "id" | "source" | "connectionId" | "stripeObject">;

/** Throws for a grant that comes from Stripe. It ends with what was bought there, so the sentence says what to do there. */
export function refusePaidGrants(grants: readonly PaidGrant[]): void {
  const paid = grants.find(({ connectionId }) => connectionId !== null);
  if (!paid) return;
  throw new Refusal("ACTION_NOT_ALLOWED", {
    say:
      `This grant comes from ${paid.stripeObject} in Stripe and ends with it. ${wayOut[paid.source] ?? wayOut.PURCHASE} ` +
      "To take the purchase from this user, call unlinkCustomer; to stop the product from following Stripe, call unlinkProduct.",
    field: "input.grant",
    details: { grant: toPublicId("grant", paid.id), stripeObject: paid.stripeObject },
  });
}

const wayOut: Partial<Record<PaidGrant["source"], string>> & { PURCHASE: string } = {
  SUBSCRIPTION: "Cancel the subscription in Stripe.",
  PURCHASE: "Refund the payment in Stripe.",
};
