import type { Draft } from "../draft";
import { invalid } from "../refuse";
import { unexpected } from "./confirm-intent";
import { momentOf, recordSuccess } from "./confirm-payment";
import type { ChargeRow } from "./new-charge";
import type { PaymentIntentRow } from "./new-payment-intent";
import { announceMove } from "./settle-payment";

/** Takes what was only held. What is held beyond the amount goes back, which the charge shows as a refund. */
export function capturePayment(draft: Draft, intentId: string, wanted?: number | null): PaymentIntentRow {
  const intent = draft.get("payment_intent", intentId);
  if (intent.status !== "requires_capture" || !intent.latest_charge) throw unexpected(intent, "capture");
  const held = draft.get("charge", intent.latest_charge);
  const amount = wanted ?? held.amount;
  if (amount < 1 || amount > held.amount) {
    throw invalid("The amount to capture is more than what is held.", { code: "amount_too_large", param: "amount" });
  }
  draft.cancelTimer({ kind: "payment_intent", id: intent.id, what: "hold" });
  const charge = draft.put<ChargeRow>({
    ...held,
    amount_captured: amount,
    amount_refunded: held.amount - amount,
    captured: true,
  });
  draft.emit("charge.captured", draft.render(charge), momentOf(draft, intent));
  const row = recordSuccess(draft, intent, charge);
  announceMove(draft, intent.id);
  return row;
}

type Reason = "abandoned" | "automatic" | "duplicate" | "fraudulent" | "requested_by_customer" | "void_invoice";

export function cancelPayment(draft: Draft, intentId: string, reason?: Reason | null): PaymentIntentRow {
  const intent = draft.get("payment_intent", intentId);
  if (["succeeded", "canceled", "processing"].includes(intent.status)) throw unexpected(intent, "cancel");
  const { at } = momentOf(draft, intent);
  const row = draft.put<PaymentIntentRow>({
    ...intent,
    amount_capturable: 0,
    canceled_at: at,
    cancellation_reason: reason ?? null,
    next_action: null,
    status: "canceled",
  });
  draft.cancelTimer({ kind: "payment_intent", id: intent.id, what: "hold" });
  releaseHeld(draft, intent);
  draft.emit("payment_intent.canceled", draft.render(row), { at });
  announceMove(draft, intent.id);
  return row;
}

/** Nobody took the money in time: the bank lets go of it, and the payment is canceled. */
export function expireHold(draft: Draft, intentId: string): void {
  const intent = draft.find("payment_intent", intentId);
  if (intent?.status !== "requires_capture" || !intent.latest_charge) return;
  cancelPayment(draft, intentId, "automatic");
  const charge = draft.get("charge", intent.latest_charge);
  draft.emit("charge.expired", draft.render(charge), momentOf(draft, intent));
}

// Money that was held and never taken shows as given back, whole.
function releaseHeld(draft: Draft, intent: PaymentIntentRow): void {
  if (intent.status !== "requires_capture" || !intent.latest_charge) return;
  const held = draft.get("charge", intent.latest_charge);
  const before = draft.render(held);
  const charge = draft.put<ChargeRow>({ ...held, amount_refunded: held.amount, refunded: true });
  draft.emit("charge.refunded", draft.render(charge), { before, ...momentOf(draft, intent) });
}
