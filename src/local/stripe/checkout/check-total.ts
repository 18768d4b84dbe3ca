import type { Draft } from "../draft";
import { isTooSmall, leastText } from "../objects/currencies";
import { invalid } from "../refuse";
import type { Line } from "./session-row";

/** Refuses a session or a payment link whose total is too small to be charged. */
export function checkTotal(total: number, currency: string | null): void {
  if (currency === null || !isTooSmall(total, currency)) return;
  throw invalid(`The Checkout Session's total amount due must add up to at least ${leastText(currency)}`, {
    code: "amount_too_small",
  });
}

/** Whether the buyer names an amount, so that the total is known only when they pay. */
export function leavesAmount(draft: Draft, lines: readonly Line[]): boolean {
  return lines.some(({ price }) => draft.get("price", price).custom_unit_amount !== null);
}
