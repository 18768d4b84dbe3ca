/**
 * Stripe's published test cards. What a card does when it is charged is all that tells them apart, so each row says it;
 * a number that is not here is refused, since this is no place for real cards.
 */
export type Act =
  | { does: "succeeds" }
  | { does: "declines"; code: string; decline: string; message: string }
  /** Can be stored for a customer, and declines when it is charged. */
  | { does: "declines when charged" }
  /** Asks its owner each time, or only until the owner has allowed later payments. */
  | { does: "asks"; when: "always" | "until set up" }
  | { does: "disputes"; reason: string; status: "needs_response" | "warning_needs_response" }
  | { does: "refunds late" }
  | { does: "fails refunds" }
  /** A bank takes its time, and then says yes or no. */
  | { does: "delays"; ends: "succeeded" | "failed" };

export interface TestCard {
  number: string;
  /** Behind `pm_card_` and `tok_`. */
  names: readonly string[];
  brand: string;
  funding: "credit" | "debit";
  act: Act;
}

const succeeds: Act = { does: "succeeds" };

function declines(decline: string, message: string, code = "card_declined"): Act {
  return { does: "declines", code, decline, message };
}

const REFUSED = "Your card was declined.";

export const declined = { code: "card_declined", decline: "generic_decline", message: REFUSED };

export const testCards: readonly TestCard[] = [
  visa("4242424242424242", succeeds, "visa", "us"),
  { ...visa("4000056655665556", succeeds, "visa_debit"), funding: "debit" },
  { ...visa("5555555555554444", succeeds, "mastercard"), brand: "mastercard" },
  { ...visa("378282246310005", succeeds, "amex"), brand: "amex" },
  { ...visa("6011111111111117", succeeds, "discover"), brand: "discover" },
  visa("4000000000000077", succeeds, "bypassPending"),
  visa("4000000000000002", declines("generic_decline", REFUSED), "chargeDeclined"),
  visa(
    "4000000000009995",
    declines("insufficient_funds", "Your card has insufficient funds."),
    "chargeDeclinedInsufficientFunds",
  ),
  visa("4000000000009987", declines("lost_card", REFUSED), "chargeDeclinedLostCard"),
  visa("4000000000009979", declines("stolen_card", REFUSED), "chargeDeclinedStolenCard"),
  visa(
    "4000000000000069",
    declines("expired_card", "Your card has expired.", "expired_card"),
    "chargeDeclinedExpiredCard",
  ),
  visa(
    "4000000000000127",
    declines("incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc"),
    "chargeDeclinedIncorrectCvc",
  ),
  visa(
    "4000000000000119",
    declines("processing_error", "An error occurred while processing your card. Try again later.", "processing_error"),
    "chargeDeclinedProcessingError",
  ),
  visa("4000000000000341", { does: "declines when charged" }, "chargeCustomerFail"),
  visa("4000002500003155", { does: "asks", when: "until set up" }, "authenticationRequiredOnSetup"),
  visa("4000002760003184", { does: "asks", when: "always" }, "authenticationRequired"),
  visa("4000000000003220", { does: "asks", when: "always" }, "threeDSecure2Required"),
  visa("4000000000000259", disputes("fraudulent"), "createDispute"),
  visa("4000000000002685", disputes("product_not_received"), "createDisputeProductNotReceived"),
  visa("4000000000001976", disputes("fraudulent", "warning_needs_response"), "createDisputeInquiry"),
  visa("4000000000007726", { does: "refunds late" }, "pendingRefund"),
  visa("4000000000005126", { does: "fails refunds" }, "refundFail"),
];

function visa(number: string, act: Act, ...names: string[]): TestCard {
  return { number, names, brand: "visa", funding: "credit", act };
}

function disputes(reason: string, status: "needs_response" | "warning_needs_response" = "needs_response"): Act {
  return { does: "disputes", reason, status };
}

export function findCard(number: string): TestCard | null {
  const digits = number.replace(/[\s-]/g, "");
  return testCards.find((card) => card.number === digits) ?? null;
}

/** `pm_card_chargeDeclined`, `tok_visa`, `tok_visa_chargeDeclined`: with or without the brand before the behaviour. */
export function findCardByToken(token: string): TestCard | null {
  const [, name] = /^(?:pm_card|tok)_(.+)$/.exec(token) ?? [];
  if (name === undefined) return null;
  const short = name.replace(/^visa_(?!debit$)/, "");
  return testCards.find(({ names }) => names.includes(name) || names.includes(short)) ?? null;
}
