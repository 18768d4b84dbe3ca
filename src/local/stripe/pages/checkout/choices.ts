import { adjustSession, type Adjustments } from "../../checkout/adjust-session";
import type { SessionRow } from "../../checkout/session-row";
import type { Draft } from "../../draft";
import { StripeRefusal } from "../../refuse";
import { readAmount } from "../money";

/** What a buyer may change on the page: the code, quantities (`q.<line>`), and amounts of their own choice (`a.<line>`). */
export function readChoices(draft: Draft, { ours, currency }: SessionRow, chosen: URLSearchParams): Adjustments {
  const quantities: Record<string, number> = {};
  const amounts: Record<string, number> = {};
  for (const line of ours.lines) {
    const quantity = chosen.get(`q.${line.id}`);
    if (line.adjustable && quantity) quantities[line.id] = Number(quantity);
    const amount = draft.get("price", line.price).custom_unit_amount ? chosen.get(`a.${line.id}`) : null;
    if (amount) amounts[line.id] = readAmount(amount, currency ?? "usd") ?? -1;
  }
  const promotionCode = chosen.get("code")?.trim();
  return { quantities, amounts, ...(promotionCode ? { promotionCode } : {}) };
}

export function adjusted(
  draft: Draft,
  session: SessionRow,
  chosen: URLSearchParams,
): { session: SessionRow; refused: string | null } {
  const bare = session.allow_promotion_codes ? { ...session, discounts: [] } : session;
  try {
    return { session: adjustSession(draft, bare, readChoices(draft, session, chosen)), refused: null };
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return { session: adjustSession(draft, bare, {}), refused: error.message };
  }
}
