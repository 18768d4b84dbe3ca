import { type Origin, UNCLAIMED } from "../activities/activity-types";
import type { ActivityLine } from "../activities/record-activities";
import { newUuid, toPublicId } from "../base/ids";
import type { Owner, UnclaimedReason } from "../links/decide-owner";
import type { HeldSource } from "./facts.store";
import { type GrantLife, endOf } from "./grant";

/** What a purchase opens for whoever owns it, as long as it is not over. */
export interface Claimable {
  productIds: readonly string[];
  /** When the last of it ends; null: no end is known. */
  until: Date | null;
}

/** Why a purchase that would open something has no owner. */
export interface Unclaimed extends Claimable {
  /** Sorts by the time of purchase. It stays the same until the purchase has an owner. */
  id: string;
  reason: UnclaimedReason;
  /** The one user whom it may belong to. */
  candidateId: string | null;
}

/** What can be claimed of these grants, each of them held or interrupted; null: nothing. */
export function readClaimable(grants: readonly (GrantLife & { productId: string })[]): Claimable | null {
  if (grants.length === 0) return null;
  const ends = grants.map(endOf);
  const isOpen = ends.some((end) => end === null);
  const until = isOpen ? null : new Date(Math.max(...ends.map((end) => end?.getTime() ?? 0)));
  return { productIds: [...new Set(grants.map(({ productId }) => productId))].sort(), until };
}

/** How a purchase without an owner is listed; null: nothing of it can be claimed, or `owner` is one. */
export function planUnclaimed(
  { facts, unclaimed }: Pick<HeldSource, "facts" | "unclaimed">,
  { owner, claimable }: { owner: Owner | null; claimable: Claimable | null },
): Unclaimed | null {
  if (owner === null || claimable === null) return null;
  // An owner who was removed at this very moment leaves the purchase without one.
  const { reason, candidates } = owner.by === null ? owner : { reason: "PERSON_REMOVED" as const, candidates: [] };
  const [candidateId = null, ...others] = candidates;
  const id = unclaimed?.id ?? newUuid(facts.boughtAt);
  const { productIds, until } = claimable;
  return { id, reason, productIds, until, candidateId: others.length === 0 ? candidateId : null };
}

/** One line for each product that is newly listed, so that the journal's filters find it. Each is written once. */
export function linesOfUnclaimed(
  { facts, unclaimed: before }: Pick<HeldSource, "facts" | "unclaimed">,
  unclaimed: Unclaimed | null,
  origin: Origin,
): ActivityLine[] {
  if (!unclaimed) return [];
  const { reason, candidateId, productIds } = unclaimed;
  const { connectionId, source, customer, mode, boughtAt } = facts;
  const candidates = candidateId === null ? [] : [toPublicId("user", candidateId)];
  return productIds.flatMap((productId, at): ActivityLine[] => {
    if (before?.productIds.includes(productId)) return [];
    const isFirst = before === null && at === 0;
    return [
      {
        mode,
        type: "CUSTOM",
        customType: UNCLAIMED,
        at: boughtAt,
        ...(candidateId === null ? {} : { userId: candidateId }),
        productId,
        actor: "STRIPE",
        origin,
        stripeObject: source,
        message: `A purchase has no owner. ${because[reason]} Claim it with \`claimPurchase\`, or link its customer.`,
        data: { reason, candidates, customer, claim: { [fieldOf(source)]: source } },
        onceKey: `${connectionId} ${source} unclaimed${isFirst ? "" : ` ${productId}`}`,
      },
    ];
  });
}

/** The reason in words. */
export const because: Readonly<Record<UnclaimedReason, string>> = {
  NO_EMAIL: "It came without an e-mail address.",
  UNVERIFIED_CANDIDATE: "A user has the same e-mail address and has not proved it.",
  AMBIGUOUS: "It is not sure whose it is.",
  USERS_NOT_CREATED: "No user has its e-mail address, and the policy creates none.",
  PERSON_REMOVED: "Its buyer was removed.",
};

/** The field of `ClaimPurchaseInput` that takes the id. */
function fieldOf(source: string): string {
  if (source.startsWith("sub_")) return "subscriptionId";
  if (source.startsWith("in_")) return "invoiceId";
  return source.startsWith("cs_") ? "checkoutSessionId" : "paymentId";
}
