import { list, object, text } from "../params";

export interface DiscountParam {
  coupon?: string | null | undefined;
  promotion_code?: string | null | undefined;
  discount?: string | null | undefined;
}

/** How discounts are given everywhere: by coupon, by code, or one that is there already. */
export const discountsParam = list(object({ coupon: text(), promotion_code: text(), discount: text() }), 20);
