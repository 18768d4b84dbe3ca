import type Stripe from "stripe";
import type { Stored } from "../stored";

/** What is taken off, and for how long. `valid` is found out anew each time it is shown. */
export type CouponRow = Stored<Stripe.Coupon>;

/** A word that a buyer types; it stands for a coupon and may ask more of the buyer than the coupon does. */
export type PromotionCodeRow = Stored<Stripe.PromotionCode>;

/**
 * A coupon at work, on a session, a subscription, an item or an invoice. It keeps the terms on which it was redeemed: they
 * stand although the coupon is deleted.
 */
export type DiscountRow = Stored<Stripe.Discount> & { ours: { terms: CouponRow } };

export function isValid(coupon: CouponRow, now: number): boolean {
  if (coupon.redeem_by !== null && coupon.redeem_by < now) return false;
  return coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions;
}
