import type { Draft } from "../draft";
import { kindOf, tableNames } from "../kind";
import { invalid } from "../refuse";
import { confirmPayment, failPayment, momentOf, recordFailure, recordSuccess } from "./confirm-payment";
import { type ChargeRow, outcomeOf } from "./new-charge";
import type { PaymentIntentRow } from "./new-payment-intent";

/** Tells every kind that an intent went on by itself: an invoice is paid now, a session learns of its delayed money. */
export function announceMove(draft: Draft, paymentIntentId: string): void {
  for (const name of tableNames(draft.kinds)) kindOf(draft.kinds, name).whenPaymentMoved?.(draft, paymentIntentId);
}

const RETURNED = { code: "payment_intent_payment_attempt_failed", decline: "debit_not_authorized" };

/** The bank has answered. Without `ends`, as its test number says. */
export function settlePayment(draft: Draft, paymentIntentId: string, ends?: "succeeded" | "failed"): PaymentIntentRow {
  const intent = draft.get("payment_intent", paymentIntentId);
  if (intent.status !== "processing" || !intent.latest_charge) {
    throw invalid(`This payment is not under way: its status is ${intent.status}.`);
  }
  draft.cancelTimer({ kind: "payment_intent", id: intent.id, what: "settle" });
  const charge = draft.get("charge", intent.latest_charge);
  const settled = (ends ?? plannedEnd(draft, charge)) === "failed" ? bounce : arrive;
  const row = settled(draft, intent, charge);
  announceMove(draft, intent.id);
  return row;
}

function plannedEnd(draft: Draft, charge: ChargeRow): "succeeded" | "failed" {
  const method = charge.payment_method && draft.find("payment_method", charge.payment_method);
  return method && method.ours.act.does === "delays" ? method.ours.act.ends : "succeeded";
}

function arrive(draft: Draft, intent: PaymentIntentRow, pending: ChargeRow): PaymentIntentRow {
  const charge = draft.put<ChargeRow>({ ...pending, amount_captured: pending.amount, paid: true, status: "succeeded" });
  draft.emit("charge.succeeded", draft.render(charge), momentOf(draft, intent));
  return recordSuccess(draft, intent, charge);
}

function bounce(draft: Draft, intent: PaymentIntentRow, pending: ChargeRow): PaymentIntentRow {
  const failure = { ...RETURNED, message: "The bank returned the payment." };
  const charge = draft.put<ChargeRow>({
    ...pending,
    amount_captured: 0,
    captured: false,
    failure_code: failure.code,
    failure_message: failure.message,
    outcome: outcomeOf(failure),
    paid: false,
    status: "failed",
  });
  draft.emit("charge.failed", draft.render(charge), momentOf(draft, intent));
  return recordFailure(draft, intent, charge, failure);
}

/** The owner of the card was asked, and agreed or not. */
export function answerChallenge(draft: Draft, paymentIntentId: string, agrees: boolean): PaymentIntentRow {
  const intent = draft.get("payment_intent", paymentIntentId);
  if (intent.status !== "requires_action" || !intent.payment_method) {
    throw invalid(`Nobody is being asked about this payment: its status is ${intent.status}.`);
  }
  const method = draft.get("payment_method", intent.payment_method);
  const refusal = {
    code: "payment_intent_authentication_failure",
    decline: "authentication_required",
    message: "The owner of the card did not confirm the payment.",
  };
  const { paymentIntent } = agrees
    ? confirmPayment(draft, intent, method, { offSession: false, asked: true })
    : failPayment(draft, intent, method, refusal);
  announceMove(draft, intent.id);
  return paymentIntent;
}
