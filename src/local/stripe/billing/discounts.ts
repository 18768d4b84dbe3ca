import type { Draft } from "../draft";
import type { InvoiceRow, LineRow } from "./invoice-row";

export interface DiscountParam {
  coupon?: string | null | undefined;
  promotion_code?: string | null | undefined;
  discount?: string | null | undefined;
}

/** The ids of discounts made from what a caller asked for. */
export function makeDiscounts(
  _draft: Draft,
  given: readonly DiscountParam[] | null | undefined,
  _on: { customer: string; subscription?: string; invoice?: string },
): string[] {
  return (given ?? []).flatMap(({ discount }) => discount ?? []);
}

/** What each discount takes off each line. */
export function discountLines(_draft: Draft, _invoice: InvoiceRow, lines: LineRow[]): LineRow[] {
  return lines;
}
