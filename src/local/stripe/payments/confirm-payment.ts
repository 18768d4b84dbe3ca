import { type Draft, timeFor } from "../draft";
import { clockOf } from "./clock-of";
import { type ChargeRow, type Failure, newCharge } from "./new-charge";
import type { PaymentIntentRow } from "./new-payment-intent";
import { attachPaymentMethod, type PaymentMethodRow } from "./new-payment-method";
import { type Act, declined } from "./test-cards";

/** How long a bank takes to answer. */
export const BANK_TAKES_S = 3 * 86_400;

/** How long a card holds an amount that is not captured. */
const HOLD_LASTS_S = 7 * 86_400;

export interface Tried {
  paymentIntent: PaymentIntentRow;
  charge: ChargeRow | null;
}

export interface Manner {
  /** Nobody is there who could be asked. */
  offSession: boolean;
  /** The owner has just been asked, and agreed. */
  asked?: boolean;
  /** Off the session, a card that must ask declines at once, as the API says; an invoice waits for its owner instead. */
  neverAsk?: boolean;
  /** Where the owner is sent back to after being asked. */
  returnUrl?: string | null | undefined;
}

/** Tries to pay this intent with this method. Whatever comes of it is written down; nothing is thrown. */
export function confirmPayment(
  draft: Draft,
  intent: PaymentIntentRow,
  method: PaymentMethodRow,
  manner: Manner,
): Tried {
  const { act } = method.ours;
  const ready = { ...intent, payment_method: method.id, last_payment_error: null, next_action: null };
  if (mustAsk(method, manner)) {
    return manner.neverAsk ? failPayment(draft, ready, method, mustBeAsked) : ask(draft, ready, manner);
  }
  const failure = failureOf(act);
  if (failure) return failPayment(draft, ready, method, failure);
  if (act.does === "delays") return startWaiting(draft, ready, method);
  return succeed(draft, ready, keepMethod(draft, ready, method));
}

/** Whether money moves at once, or is on its way: known before anything is written. */
export function passes(method: PaymentMethodRow, manner: Manner): boolean {
  return !mustAsk(method, manner) && failureOf(method.ours.act) === null;
}

const mustBeAsked: Failure = {
  code: "authentication_required",
  decline: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
};

function mustAsk({ ours }: PaymentMethodRow, { asked, offSession }: Manner): boolean {
  if (ours.act.does !== "asks" || asked) return false;
  return ours.act.when === "always" || !offSession || !ours.setUp;
}

function failureOf(act: Act): Failure | null {
  if (act.does === "declines") return act;
  return act.does === "declines when charged" ? declined : null;
}

function ask(draft: Draft, intent: PaymentIntentRow, { returnUrl }: Manner): Tried {
  const redirect = { return_url: returnUrl ?? null, url: `https://hooks.stripe.com/3d_secure_2/${intent.id}` };
  const paymentIntent = draft.put<PaymentIntentRow>({
    ...intent,
    next_action: { type: "redirect_to_url", redirect_to_url: redirect },
    status: "requires_action",
  });
  draft.emit("payment_intent.requires_action", draft.render(paymentIntent), momentOf(draft, intent));
  return { paymentIntent, charge: null };
}

/** The charge is written down as failed, and the intent waits for another way to pay. */
export function failPayment(draft: Draft, intent: PaymentIntentRow, method: PaymentMethodRow, failure: Failure): Tried {
  const charge = newCharge(draft, { intent, method, status: "failed", failure });
  draft.emit("charge.failed", draft.render(charge), momentOf(draft, intent));
  return { charge, paymentIntent: recordFailure(draft, intent, charge, failure) };
}

export function recordFailure(
  draft: Draft,
  intent: PaymentIntentRow,
  charge: ChargeRow,
  { code, decline, message }: Failure,
): PaymentIntentRow {
  const paymentIntent = draft.put<PaymentIntentRow>({
    ...intent,
    last_payment_error: {
      charge: charge.id,
      code,
      decline_code: decline,
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`,
      message,
      type: "card_error",
    },
    latest_charge: charge.id,
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
    ours: { ...intent.ours, failedWith: charge.payment_method },
  });
  draft.emit("payment_intent.payment_failed", draft.render(paymentIntent), momentOf(draft, intent));
  return paymentIntent;
}

function startWaiting(draft: Draft, intent: PaymentIntentRow, method: PaymentMethodRow): Tried {
  const charge = newCharge(draft, { intent, method: keepMethod(draft, intent, method), status: "pending" });
  draft.emit("charge.pending", draft.render(charge), momentOf(draft, intent));
  const paymentIntent = draft.put<PaymentIntentRow>({ ...intent, latest_charge: charge.id, status: "processing" });
  draft.emit("payment_intent.processing", draft.render(paymentIntent), momentOf(draft, intent));
  draft.setTimer({ kind: "payment_intent", id: intent.id, what: "settle", ...clockOf(draft, intent, BANK_TAKES_S) });
  return { paymentIntent, charge };
}

function succeed(draft: Draft, intent: PaymentIntentRow, method: PaymentMethodRow): Tried {
  const charge = newCharge(draft, { intent, method, status: "succeeded" });
  draft.emit("charge.succeeded", draft.render(charge), momentOf(draft, intent));
  if (intent.capture_method === "manual") return { charge, paymentIntent: awaitCapture(draft, intent, charge) };
  return { paymentIntent: recordSuccess(draft, intent, charge), charge };
}

function awaitCapture(draft: Draft, intent: PaymentIntentRow, charge: ChargeRow): PaymentIntentRow {
  const row = draft.put<PaymentIntentRow>({
    ...intent,
    amount_capturable: intent.amount,
    latest_charge: charge.id,
    status: "requires_capture",
  });
  const day = { kind: "payment_intent", id: row.id, what: "hold", ...clockOf(draft, intent, HOLD_LASTS_S) } as const;
  draft.setTimer(day);
  draft.emit("payment_intent.amount_capturable_updated", draft.render(row), momentOf(draft, intent));
  return row;
}

export function recordSuccess(draft: Draft, intent: PaymentIntentRow, charge: ChargeRow): PaymentIntentRow {
  const paymentIntent = draft.put<PaymentIntentRow>({
    ...intent,
    amount_capturable: 0,
    amount_received: charge.amount_captured,
    latest_charge: charge.id,
    next_action: null,
    status: "succeeded",
  });
  draft.emit("payment_intent.succeeded", draft.render(paymentIntent), momentOf(draft, intent));
  const method = charge.payment_method && draft.find("payment_method", charge.payment_method);
  const now = { kind: "charge", id: charge.id, what: "dispute", ...clockOf(draft, intent) } as const;
  if (method && method.ours.act.does === "disputes") draft.setTimer(now);
  return paymentIntent;
}

// What is paid "for future usage" stays with the customer, and need not ask again.
function keepMethod(draft: Draft, intent: PaymentIntentRow, method: PaymentMethodRow): PaymentMethodRow {
  if (!intent.customer || !intent.setup_future_usage) return method;
  const setUp = draft.put({ ...method, ours: { ...method.ours, setUp: true } });
  return attachPaymentMethod(draft, setUp, intent.customer);
}

export function momentOf(draft: Draft, { customer }: { customer: string | null }): { at: number } {
  return { at: timeFor(draft, customer).at };
}
