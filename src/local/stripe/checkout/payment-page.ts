import type { Draft } from "../draft";
import { integer, type ParamsOf, required, text } from "../params";
import { invalid, StripeRefusal } from "../refuse";
import type { Rendered } from "../stored";
import { completeCheckout } from "./complete-checkout";

export const confirming = { expected_amount: integer(), payment_method: required(text()) };

export function openPage(draft: Draft, id: string): Rendered {
  const session = draft.get("checkout.session", id);
  return { id, object: "payment_page", session: draft.render(session), livemode: false };
}

/** Pays as the page would, with the name and e-mail address of the payment method. */
export function confirmPage(draft: Draft, id: string, params: ParamsOf<typeof confirming>): Rendered {
  const { amount_total: total } = draft.get("checkout.session", id);
  if (params.expected_amount !== undefined && params.expected_amount !== total) {
    throw invalid("The amount of this session has changed.", { param: "expected_amount" });
  }
  const { email, name } = draft.get("payment_method", params.payment_method, "payment_method").billing_details;
  const { outcome, message } = completeCheckout(draft, id, {
    email: email ?? "",
    name: name ?? "",
    paymentMethod: params.payment_method,
  });
  if (outcome !== "declined") return openPage(draft, id);
  const error = { type: "card_error" as const, code: "card_declined", message: message ?? "Your card was declined." };
  throw new StripeRefusal(402, error, true);
}
