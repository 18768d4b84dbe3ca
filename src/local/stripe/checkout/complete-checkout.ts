import type { Draft } from "../draft";
import { checkEmail } from "../check-email";
import { invalid } from "../refuse";
import { adjustSession, type Adjustments } from "./adjust-session";
import { checkTotal } from "./check-total";
import { finishCheckout } from "./finish-checkout";
import { type Choice, chosenMethod } from "./choose-method";
import { payByCheckout } from "./pay-by-checkout";
import type { SessionRow, Typed } from "./session-row";
import { setUpByCheckout } from "./set-up-by-checkout";

/** What a buyer types and chooses on the page. A card is one of the test numbers; the method is a card if unsaid. */
export interface Purchase extends Choice, Adjustments {
  email: string;
  name?: string | undefined;
  phone?: string | undefined;
}

export interface Completed {
  session: SessionRow;
  /** `requires_action`: the card asks its owner; go on with `answerCheckout`. After `declined` the session is open. */
  outcome: "complete" | "requires_action" | "declined";
  message?: string;
  declineCode?: string;
}

/**
 * The buyer presses the button. First the payment, then what is bought by it, then the invoice, and
 * `checkout.session.completed` last. A card that declines is an outcome, not a refusal; refused is only what a page
 * would not let through, such as a card number that is none.
 */
export function completeCheckout(draft: Draft, sessionId: string, given: Purchase): Completed {
  const open = openSession(draft, sessionId);
  const typed = readTyped(draft, open, given);
  const session = draft.put(adjustSession(draft, open, { ...given, email: typed.email }));
  checkTotal(session.amount_total ?? 0, session.currency);
  const filled = draft.put<SessionRow>({ ...session, ours: { ...session.ours, typed } });
  if (!needsMethod(filled)) return { session: finishCheckout(draft, filled, {}), outcome: "complete" };
  const method = chosenMethod(draft, filled, given);
  const nothingDue = filled.mode === "setup" || filled.amount_total === 0;
  return nothingDue ? setUpByCheckout(draft, filled, method) : payByCheckout(draft, filled, method);
}

export function openSession(draft: Draft, id: string): SessionRow {
  const row = draft.get("checkout.session", id);
  if (row.status === "open") return row;
  throw invalid(`This Checkout Session is no longer open: its status is ${row.status}.`);
}

// A customer's address and one that the seller sent cannot be changed on the page.
function readTyped(draft: Draft, session: SessionRow, given: Purchase): Typed {
  const known = session.customer ? draft.get("customer", session.customer).email : null;
  const email = session.customer_email ?? known ?? given.email.trim();
  if (email === "") throw invalid(`Invalid email address: ${email}`, { code: "email_invalid", param: "email" });
  checkEmail(email, "email");
  return { email, name: given.name?.trim() || null, phone: given.phone?.trim() || null };
}

/** Nothing is due and nothing need be stored: no card is asked for. */
export function needsMethod({ mode, amount_total: total, payment_method_collection: collection }: SessionRow): boolean {
  if (mode === "setup") return true;
  return total !== 0 || (mode === "subscription" && collection === "always");
}
