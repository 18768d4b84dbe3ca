import type { Rendered } from "../../stored";
import type { Step } from "./at-version";
import type { Lookup } from "./look-up";
import { readPath, without } from "./read-path";

/** Clover moved the coupon of a discount and of a promotion code one level down. */
export const beforeClover: Step = {
  since: "2025-09-30",
  objects: {
    discount: (discount, look) => ({ ...without(discount, "source"), coupon: couponIn(discount, "source", look) }),
    promotion_code: (code, look) => ({ ...without(code, "promotion"), coupon: couponIn(code, "promotion", look) }),
  },
};

// There it stood as a whole object, not as its id.
function couponIn(object: Rendered, name: string, look: Lookup): unknown {
  const coupon = readPath(object, `${name}.coupon`);
  return typeof coupon === "string" ? (look.object("coupon", coupon) ?? coupon) : coupon;
}
