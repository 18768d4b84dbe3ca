import type { Draft } from "../draft";
import { confirmSetup, answerSetupChallenge, newSetupIntent, type SetupIntentRow } from "../payments/confirm-setup";
import { passes } from "../payments/confirm-payment";
import type { PaymentMethodRow } from "../payments/new-payment-method";
import type { Completed } from "./complete-checkout";
import { ensureCustomer } from "./ensure-customer";
import { finishCheckout } from "./finish-checkout";
import type { SessionRow } from "./session-row";

/** Stores a method without paying: in setup mode, and for a trial whose card is wanted beforehand. */
export function setUpByCheckout(draft: Draft, session: SessionRow, method: PaymentMethodRow): Completed {
  const manner = { offSession: false };
  const { act } = method.ours;
  const goes = passes(method, manner) || act.does === "declines when charged";
  const customer = goes ? ensureCustomer(draft, session) : session.customer;
  const data = session.ours.paymentData;
  const first = newSetupIntent(draft, { customer, description: data?.description, metadata: data?.metadata ?? {} });
  const current = draft.get("checkout.session", session.id);
  draft.put<SessionRow>({
    ...current,
    setup_intent: session.mode === "setup" ? first.id : null,
    ours: { ...current.ours, setupIntent: first.id },
  });
  return outcomeOf(draft, session.id, confirmSetup(draft, first, method.id), method);
}

function outcomeOf(draft: Draft, id: string, intent: SetupIntentRow, method: PaymentMethodRow): Completed {
  const session = draft.get("checkout.session", id);
  if (intent.status === "requires_action") return { session, outcome: "requires_action" };
  const { last_setup_error: error } = intent;
  if (!error) return { session: finishCheckout(draft, session, { method }), outcome: "complete" };
  return {
    session,
    outcome: "declined",
    message: error.message ?? "Your card was declined.",
    declineCode: error.decline_code ?? "generic_decline",
  };
}

export function answerSetup(draft: Draft, session: SessionRow, agrees: boolean): Completed {
  const intent = draft.get("setup_intent", session.ours.setupIntent ?? "");
  const method = draft.get("payment_method", intent.payment_method ?? "");
  const customer = agrees ? ensureCustomer(draft, session) : session.customer;
  if (customer) draft.update("setup_intent", intent.id, { customer });
  return outcomeOf(draft, session.id, answerSetupChallenge(draft, intent.id, agrees), method);
}
