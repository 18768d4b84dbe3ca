import type { Draft } from "../draft";
import { invalid } from "../refuse";
import type { Rendered } from "../stored";
import { confirmPayment } from "./confirm-payment";
import type { PaymentIntentRow } from "./new-payment-intent";
import { getPaymentMethod, type PaymentMethodRow } from "./new-payment-method";
import { cardRefusal } from "./refuse-decline";
import { announceMove } from "./settle-payment";

export interface Confirmation {
  paymentMethod?: string | null | undefined;
  offSession?: boolean | null | undefined;
  returnUrl?: string | null | undefined;
  errorOnRequiresAction?: boolean | null | undefined;
}

const CONFIRMABLE = ["requires_payment_method", "requires_confirmation", "requires_action"];

/** `POST /v1/payment_intents/:id/confirm`, and a create with `confirm`. A decline is a refusal that keeps its traces. */
export function confirmIntent(draft: Draft, intent: PaymentIntentRow, given: Confirmation): Rendered {
  if (!CONFIRMABLE.includes(intent.status)) throw unexpected(intent, "confirm");
  const id = given.paymentMethod ?? intent.payment_method;
  if (!id) {
    const message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
    throw invalid(message, { code: "payment_intent_unexpected_state" });
  }
  const method = ownMethod(draft, intent, id);
  const offSession = given.offSession ?? false;
  const { paymentIntent } = confirmPayment(draft, intent, method, {
    offSession,
    neverAsk: offSession || (given.errorOnRequiresAction ?? false),
    returnUrl: given.returnUrl,
  });
  announceMove(draft, intent.id);
  const rendered = draft.render(paymentIntent);
  const { last_payment_error: error } = paymentIntent;
  if (!error) return rendered;
  throw cardRefusal(error, { payment_intent: rendered, payment_method: draft.renderById("payment_method", method.id) });
}

export function ownMethod(
  draft: Draft,
  { customer }: Pick<PaymentIntentRow, "customer">,
  id: string,
): PaymentMethodRow {
  const method = getPaymentMethod(draft, id);
  if (method.customer === null || method.customer === customer) return method;
  throw invalid(
    "The payment method belongs to a customer. Please include the customer in the `customer` parameter on the intent.",
    { param: "payment_method" },
  );
}

export function unexpected(intent: PaymentIntentRow, verb: string): Error {
  return invalid(`You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`, {
    code: "payment_intent_unexpected_state",
  });
}
