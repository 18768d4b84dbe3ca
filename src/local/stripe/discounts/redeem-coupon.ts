import { type Draft, timeFor } from "../draft";
import { invalid } from "../refuse";
import { addMonths } from "./add-months";
import { type CouponRow, type DiscountRow, isValid, type PromotionCodeRow } from "./new-coupon";

export interface Wanted {
  coupon?: string | null | undefined;
  promotionCode?: string | null | undefined;
}

export interface Offer {
  coupon: CouponRow;
  promotionCode: PromotionCodeRow | null;
}

/** The coupon behind what was asked for; refuses one that cannot be redeemed any more. Writes nothing. */
export function findOffer(draft: Draft, { coupon: id, promotionCode: codeId }: Wanted, param = "discounts"): Offer {
  const promotionCode = codeId ? draft.get("promotion_code", codeId, param) : null;
  const couponId = promotionCode ? promotionCode.promotion.coupon : id;
  if (!couponId) throw invalid("A discount names a `coupon` or a `promotion_code`.", { param });
  const coupon = draft.get("coupon", couponId, param);
  if (promotionCode && !isActive(promotionCode, coupon, draft.now)) {
    throw invalid("This promotion code cannot be redeemed because it is inactive or used up.", { param });
  }
  if (!isValid(coupon, draft.now)) {
    const code = "coupon_expired";
    throw invalid(`Coupon ${coupon.id} is used up or expired.`, { param, code });
  }
  return { coupon, promotionCode };
}

export function isActive(code: PromotionCodeRow, coupon: CouponRow | null, now: number): boolean {
  if (!code.active || (code.expires_at !== null && code.expires_at < now)) return false;
  if (code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions) return false;
  return coupon !== null && isValid(coupon, now);
}

export type Place = Pick<DiscountRow, "customer"> &
  Partial<Pick<DiscountRow, "checkout_session" | "invoice" | "invoice_item" | "subscription" | "subscription_item">>;

/** Puts a coupon to work, once: a row of its own, one more redemption, and `customer.discount.created`. */
export function redeemCoupon(draft: Draft, wanted: Wanted, place: Place): DiscountRow {
  const { coupon, promotionCode } = findOffer(draft, wanted);
  const { at } = timeFor(draft, place.customer);
  const row = draft.put<DiscountRow>({
    id: draft.newId("discount"),
    object: "discount",
    checkout_session: null,
    customer_account: null,
    end: coupon.duration === "repeating" ? addMonths(at, coupon.duration_in_months ?? 1) : null,
    invoice: null,
    invoice_item: null,
    promotion_code: promotionCode?.id ?? null,
    source: { coupon: coupon.id, type: "coupon" },
    start: at,
    subscription: null,
    subscription_item: null,
    ...place,
    ours: { terms: coupon },
  });
  countRedemption(draft, coupon, promotionCode);
  if (place.customer) draft.emit("customer.discount.created", draft.render(row), { at });
  return row;
}

function countRedemption(draft: Draft, coupon: CouponRow, code: PromotionCodeRow | null): void {
  draft.update("coupon", coupon.id, { times_redeemed: coupon.times_redeemed + 1 });
  if (code) draft.update("promotion_code", code.id, { times_redeemed: code.times_redeemed + 1 });
}

/** What a coupon takes off an amount: never more than there is, and nothing off another currency. */
export function amountOff(coupon: CouponRow, { amount, currency }: { amount: number; currency: string }): number {
  if (amount <= 0) return 0;
  if (coupon.percent_off !== null) return Math.round((amount * coupon.percent_off) / 100);
  return coupon.currency === currency ? Math.min(amount, coupon.amount_off ?? 0) : 0;
}
