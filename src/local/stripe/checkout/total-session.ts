import { amountOff, findOffer } from "../discounts/redeem-coupon";
import type { CouponRow } from "../discounts/new-coupon";
import type { Draft } from "../draft";
import type { PriceRow } from "../objects/price";
import type { Line, SessionRow } from "./session-row";

/** The row with its amounts added up anew, after lines or discounts changed. A trial makes what recurs free for now. */
export function totalSession(draft: Draft, row: SessionRow): SessionRow {
  if (row.mode === "setup") return row;
  const [given] = row.discounts ?? [];
  const coupon = given ? findOffer(draft, { coupon: given.coupon, promotionCode: given.promotion_code }).coupon : null;
  const trial = row.ours.subscriptionData;
  const isTrial = trial !== null && (trial.trialPeriodDays !== null || trial.trialEnd !== null);
  const lines = priceLines(draft, row.ours.lines, { coupon, isTrial });
  const subtotal = sum(lines.map((line) => line.subtotal));
  const discount = sum(lines.map((line) => line.discount));
  const { payment_status: status } = row;
  return {
    ...row,
    amount_subtotal: subtotal,
    amount_total: subtotal - discount,
    payment_status: status === "paid" ? status : subtotal - discount === 0 ? "no_payment_required" : "unpaid",
    total_details: { amount_discount: discount, amount_shipping: 0, amount_tax: 0 },
    ours: { ...row.ours, lines },
  };
}

/** The lines with what each costs. */
export function priceLines(
  draft: Draft,
  lines: readonly Line[],
  { coupon = null, isTrial = false }: { coupon?: CouponRow | null; isTrial?: boolean } = {},
): Line[] {
  const priced = lines.map((line) => ({ ...line, subtotal: subtotalOf(draft, line, isTrial) }));
  return discounted(draft, priced, coupon);
}

function subtotalOf(draft: Draft, line: Line, isTrial: boolean): number {
  if (line.recurring && isTrial) return 0;
  const price = draft.get("price", line.price);
  const unit = line.customAmount ?? unitOf(price);
  return Math.round(unit * (line.quantity ?? 0));
}

function unitOf({ custom_unit_amount: custom, unit_amount_decimal: exact }: PriceRow): number {
  return custom ? (custom.preset ?? custom.minimum ?? 0) : Number(exact ?? 0);
}

// A fixed amount is taken off the whole session once; a share is taken off each line.
function discounted(draft: Draft, lines: readonly Line[], coupon: CouponRow | null): Line[] {
  let left = coupon?.amount_off ?? Infinity;
  return lines.map((line) => {
    if (!coupon || !covers(draft, coupon, line)) return { ...line, discount: 0 };
    const discount = Math.min(left, amountOff(coupon, { amount: line.subtotal, currency: line.currency }));
    left -= discount;
    return { ...line, discount };
  });
}

function covers(draft: Draft, coupon: CouponRow, line: Line): boolean {
  const products = coupon.applies_to?.products ?? [];
  return products.length === 0 || products.includes(draft.get("price", line.price).product);
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}
