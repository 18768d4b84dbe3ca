import { amountOff, redeemCoupon } from "../discounts/redeem-coupon";
import type { CouponRow } from "../discounts/new-coupon";
import type { Draft } from "../draft";
import type { DiscountParam } from "./discount-param";
import type { InvoiceRow, LineRow } from "./invoice-row";

/** The ids of discounts made from what a caller asked for; one that exists already is only named. */
export function makeDiscounts(
  draft: Draft,
  given: readonly DiscountParam[] | null | undefined,
  place: {
    customer: string;
    subscription?: string;
    subscription_item?: string;
    invoice?: string;
    invoice_item?: string;
  },
): string[] {
  return (given ?? []).map(({ coupon, promotion_code: promotionCode, discount }) =>
    discount
      ? draft.get("discount", discount, "discounts").id
      : redeemCoupon(draft, { coupon, promotionCode }, place).id,
  );
}

/** What is still in force at this time; a coupon of some months runs out. */
export function livingDiscounts(draft: Draft, ids: readonly string[], at: number): string[] {
  return ids.filter((id) => {
    const row = draft.find("discount", id);
    return row !== null && (row.end === null || row.end > at);
  });
}

/** Takes off each line what the discounts of the line and of its invoice take, one after another. */
export function discountLines(draft: Draft, invoice: InvoiceRow, lines: readonly LineRow[]): LineRow[] {
  const left = new Map<string, number>();
  return lines.map((line) => {
    if (!line.discountable || line.amount <= 0) return { ...line, discount_amounts: [] };
    let rest = line.amount;
    const discount_amounts: { amount: number; discount: string }[] = [];
    for (const id of new Set([...line.discounts, ...invoice.discounts])) {
      const amount = Math.min(rest, takenOff(draft, id, { line, rest, left }));
      rest -= amount;
      if (amount > 0) discount_amounts.push({ amount, discount: id });
    }
    return { ...line, discount_amounts };
  });
}

function takenOff(
  draft: Draft,
  id: string,
  { line, rest, left }: { line: LineRow; rest: number; left: Map<string, number> },
): number {
  const coupon = termsOf(draft, id);
  if (!coupon || !coversProduct(coupon, line)) return 0;
  const most = amountOff(coupon, { amount: rest, currency: line.currency });
  if (coupon.amount_off === null) return most;
  // A fixed amount is taken off the whole invoice once, however many lines it has.
  const taken = Math.min(most, left.get(id) ?? coupon.amount_off);
  left.set(id, (left.get(id) ?? coupon.amount_off) - taken);
  return taken;
}

function coversProduct(coupon: CouponRow, { pricing }: LineRow): boolean {
  const products = coupon.applies_to?.products ?? [];
  return products.length === 0 || products.includes(pricing?.price_details?.product ?? "");
}

function termsOf(draft: Draft, discount: string): CouponRow | null {
  return draft.find("discount", discount)?.ours.terms ?? null;
}

/** Those that were for one invoice, which this was. */
export function usedUp(draft: Draft, invoice: InvoiceRow): string[] {
  const used = (invoice.total_discount_amounts ?? []).map(({ discount }) => discount);
  return used.filter((id) => termsOf(draft, id)?.duration === "once");
}
