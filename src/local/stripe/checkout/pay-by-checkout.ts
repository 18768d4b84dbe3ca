import type { Draft } from "../draft";
import { confirmPayment, failPayment, momentOf, passes } from "../payments/confirm-payment";
import { newPaymentIntent, type PaymentIntentRow } from "../payments/new-payment-intent";
import type { PaymentMethodRow } from "../payments/new-payment-method";
import type { Completed } from "./complete-checkout";
import { ensureCustomer } from "./ensure-customer";
import { finishCheckout } from "./finish-checkout";
import type { SessionRow } from "./session-row";

/** Pays what is due. The customer is made just before money moves: a card that declines leaves none behind. */
export function payByCheckout(draft: Draft, session: SessionRow, method: PaymentMethodRow, asked = false): Completed {
  const manner = { offSession: false, asked, returnUrl: session.success_url };
  const goes = passes(method, manner);
  const customer = goes ? ensureCustomer(draft, session) : session.customer;
  // By a bank, the first invoice of the subscription collects the money itself, and is paid when it arrives.
  if (session.mode === "subscription" && method.ours.act.does === "delays") {
    return {
      session: finishCheckout(draft, draft.get("checkout.session", session.id), { method }),
      outcome: "complete",
    };
  }
  const intent = intentOf(draft, session, customer);
  const tried = confirmPayment(draft, intent, method, manner);
  return outcomeOf(draft, session.id, tried.paymentIntent, method);
}

function outcomeOf(draft: Draft, id: string, intent: PaymentIntentRow, method: PaymentMethodRow): Completed {
  const session = draft.get("checkout.session", id);
  if (intent.status === "requires_action") return { session, outcome: "requires_action" };
  const { last_payment_error: error } = intent;
  if (!error) return { session: finishCheckout(draft, session, { intent, method }), outcome: "complete" };
  return {
    session,
    outcome: "declined",
    message: error.message ?? "Your card was declined.",
    declineCode: error.decline_code ?? "generic_decline",
  };
}

// One intent for all tries of a session. Stripe shows it only in payment mode.
function intentOf(draft: Draft, session: SessionRow, customer: string | null): PaymentIntentRow {
  const amount = session.amount_total ?? 0;
  if (session.ours.paymentIntent) {
    return draft.put({ ...draft.get("payment_intent", session.ours.paymentIntent), amount, customer });
  }
  const row = draft.put(firstIntent(draft, session, { amount, customer }));
  draft.emit("payment_intent.created", draft.render(row), momentOf(draft, row));
  const current = draft.get("checkout.session", session.id);
  draft.put<SessionRow>({
    ...current,
    payment_intent: session.mode === "payment" ? row.id : null,
    ours: { ...current.ours, paymentIntent: row.id },
  });
  return row;
}

function firstIntent(
  draft: Draft,
  { currency, mode, ours, saved_payment_method_options: saved }: SessionRow,
  { amount, customer }: { amount: number; customer: string | null },
): PaymentIntentRow {
  const data = ours.paymentData;
  const keeps = mode === "subscription" || (customer && saved?.payment_method_save === "enabled");
  const blank = newPaymentIntent(draft, {
    amount,
    currency: currency ?? "usd",
    customer,
    description: mode === "subscription" ? "Subscription creation" : data?.description,
    metadata: data?.metadata ?? {},
    setupFutureUsage: keeps ? "off_session" : data?.setupFutureUsage,
    statementDescriptor: data?.statementDescriptor,
  });
  return {
    ...blank,
    capture_method: data?.captureMethod ?? "automatic_async",
    receipt_email: data?.receiptEmail ?? null,
    shipping: data?.shipping ?? null,
  };
}

const notConfirmed = {
  code: "payment_intent_authentication_failure",
  decline: "authentication_required",
  message: "We are unable to authenticate your payment method. Please choose another one and try again.",
};

/** The card has asked its owner, on the page or in the app of the bank. */
export function answerPayment(draft: Draft, session: SessionRow, agrees: boolean): Completed {
  const intent = draft.get("payment_intent", session.ours.paymentIntent ?? "");
  const method = draft.get("payment_method", intent.payment_method ?? "");
  if (agrees) return payByCheckout(draft, session, method, true);
  const { paymentIntent } = failPayment(draft, intent, method, notConfirmed);
  return outcomeOf(draft, session.id, paymentIntent, method);
}
