import { isActive } from "../discounts/redeem-coupon";
import type { PromotionCodeRow } from "../discounts/new-coupon";
import type { Draft } from "../draft";
import { invalid } from "../refuse";
import { checkPromotion } from "./check-promotion";
import type { Line, SessionRow } from "./session-row";
import { totalSession } from "./total-session";

export interface Adjustments {
  /** The word that the buyer types. */
  promotionCode?: string | undefined;
  /** By the id of a line, or of its price. */
  quantities?: Record<string, number> | undefined;
  /** What the buyer gives per piece, by line or price, where the price leaves it to the buyer. */
  amounts?: Record<string, number> | undefined;
}

/** The session as the buyer left it on the page. Writes nothing, so a page may show what it would cost. */
export function adjustSession(
  draft: Draft,
  session: SessionRow,
  { promotionCode, quantities = {}, amounts = {} }: Adjustments & { email?: string },
): SessionRow {
  const lines = session.ours.lines.map((line) =>
    withAmount(draft, withQuantity(line, chosen(quantities, line)), chosen(amounts, line)),
  );
  const priced = totalSession(draft, { ...session, ours: { ...session.ours, lines } });
  if (!promotionCode) return priced;
  const code = findPromotion(draft, session, promotionCode);
  const guest = session.mode === "payment" && !session.customer && session.customer_creation !== "always";
  checkPromotion(draft, code, { customer: session.customer, guest }, priced.amount_subtotal ?? 0);
  return totalSession(draft, { ...priced, discounts: [{ coupon: null, promotion_code: code.id }] });
}

function chosen(by: Record<string, number>, line: Line): number | undefined {
  return by[line.id] ?? by[line.price];
}

function withQuantity(line: Line, quantity: number | undefined): Line {
  if (quantity === undefined || quantity === line.quantity) return line;
  const { adjustable } = line;
  const fits = quantity >= (adjustable?.minimum ?? 0) && quantity <= (adjustable?.maximum ?? 99);
  if (adjustable && fits && Number.isInteger(quantity)) return { ...line, quantity };
  throw invalid(`The quantity of ${line.description} cannot be ${quantity}.`, { param: "quantities" });
}

function withAmount(draft: Draft, line: Line, amount: number | undefined): Line {
  if (amount === undefined) return line;
  const { custom_unit_amount: custom } = draft.get("price", line.price);
  const fits = custom && amount >= (custom.minimum ?? 0) && amount <= (custom.maximum ?? 1_000_000);
  if (fits && Number.isInteger(amount)) return { ...line, customAmount: amount };
  throw invalid(`The amount of ${line.description} cannot be ${amount}.`, { param: "amounts" });
}

function findPromotion(draft: Draft, session: SessionRow, word: string): PromotionCodeRow {
  if (!session.allow_promotion_codes) {
    throw invalid("This session takes no promotion codes.", { param: "promotionCode" });
  }
  const found = draft
    .rows("promotion_code", { code: word.trim().toLowerCase() })
    .find((row) => isActive(row, row.promotion.coupon ? draft.find("coupon", row.promotion.coupon) : null, draft.now));
  if (!found) throw invalid("This code is invalid.", { param: "promotionCode" });
  return found;
}
