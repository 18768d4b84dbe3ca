import type { PromotionCodeRow } from "../discounts/new-coupon";
import type { Draft } from "../draft";
import { invalid } from "../refuse";

export interface Buyer {
  customer: string | null;
  /** A buyer whom no customer will be made for: nobody can tell whether this is the first purchase. */
  guest: boolean;
}

/** What a code asks of its buyer. Whether it is still active is not asked here. */
export function checkPromotion(draft: Draft, code: PromotionCodeRow, buyer: Buyer, amount = Infinity): void {
  const { first_time_transaction: first, minimum_amount: least } = code.restrictions;
  if (code.customer !== null && code.customer !== buyer.customer) throw refuse("it is for another customer");
  if (first && buyer.guest) throw refuse("it is for first purchases, and a guest has no history");
  if (first && buyer.customer && hasPaid(draft, buyer.customer)) throw refuse("it is for first purchases");
  if (least !== null && amount < least) throw refuse("the amount is too small");
}

function hasPaid(draft: Draft, customer: string): boolean {
  return draft.rows("charge", { customer }).some(({ status }) => status === "succeeded");
}

function refuse(why: string): Error {
  return invalid(`This promotion code cannot be redeemed: ${why}.`, { param: "discounts" });
}
