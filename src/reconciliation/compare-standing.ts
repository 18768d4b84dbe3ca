import type { Standing } from "../access/load-standings";
import { toPublicId } from "../base/ids";
import type { Difference } from "./compare-facts";

/** Pure: how a source is held otherwise than what is known of it plans, in words. */
export function compareStanding(
  { held, owner, differences }: Standing,
  { keyOf }: { keyOf: (productId: string) => string },
): Difference[] {
  const isOther = owner.isNew || owner.userId !== held.ownerId;
  return [
    ...(isOther
      ? [
          {
            what: "the owner",
            held: userOf(held.ownerId),
            said: owner.isNew ? "a user who is to be made" : userOf(owner.userId),
            saidBy: "what we know of the buyer says",
            matters: "It decides who may open what was bought.",
          },
        ]
      : []),
    ...differences.map(({ productId, held: before, planned }) => ({
      what: `the grant of ${keyOf(productId)}`,
      held: before,
      said: planned,
      saidBy: "the purchase gives",
      matters: "Nothing in Stripe has changed: the grant was changed here, by hand or by a mistake.",
    })),
  ];
}

function userOf(id: string | null): string {
  return id === null ? "nobody" : toPublicId("user", id);
}
