import type { Draft } from "../draft";
import { invalid } from "../refuse";
import { confirmPayment, type Manner, momentOf } from "./confirm-payment";
import type { ChargeRow } from "./new-charge";
import { newPaymentIntent, type PaymentIntentRow } from "./new-payment-intent";
import { getPaymentMethod } from "./new-payment-method";

export interface PaymentTerms {
  customer: string | null;
  amount: number;
  currency: string;
  paymentMethod: string | null;
  description?: string | null | undefined;
  metadata?: Record<string, string> | undefined;
  /** Nobody is there who could be asked: a renewal, a retry. */
  offSession: boolean;
  setupFutureUsage?: "off_session" | "on_session" | null | undefined;
  statementDescriptor?: string | null | undefined;
  /** Whether money that is on its way for days will do; it will, when nothing is said. */
  allowDelayed?: boolean | undefined;
}

export interface Collected {
  paymentIntent: PaymentIntentRow;
  charge: ChargeRow | null;
  outcome: "succeeded" | "requires_action" | "requires_payment_method" | "processing";
  declineCode?: string;
}

/**
 * Takes money in one go, for an invoice or a session. Nothing is thrown for a card that declines: the caller reads
 * `outcome`, and learns of later turns (the owner agreed, the bank answered) by `whenPaymentMoved` of its own kind.
 */
export function collectPayment(draft: Draft, terms: PaymentTerms): Collected {
  const paymentIntent = newPaymentIntent(draft, { ...terms, paymentMethod: null });
  draft.emit("payment_intent.created", draft.render(paymentIntent), momentOf(draft, paymentIntent));
  return retryPayment(draft, paymentIntent.id, terms);
}

/** Tries an intent that is there already, as invoices do after a failure: the intent stays, each try has its charge. */
export function retryPayment(
  draft: Draft,
  paymentIntentId: string,
  { paymentMethod, offSession, allowDelayed }: Pick<PaymentTerms, "paymentMethod" | "offSession" | "allowDelayed">,
  manner: Partial<Manner> = {},
): Collected {
  const intent = draft.get("payment_intent", paymentIntentId);
  if (paymentMethod === null) return { paymentIntent: intent, charge: null, outcome: "requires_payment_method" };
  const method = getPaymentMethod(draft, paymentMethod);
  if (allowDelayed === false && method.ours.act.does === "delays") {
    throw invalid("This payment cannot wait for a bank.", { param: "payment_method" });
  }
  const tried = confirmPayment(draft, intent, method, { ...manner, offSession });
  return { ...tried, ...outcomeOf(tried.paymentIntent) };
}

function outcomeOf({ status, last_payment_error: error }: PaymentIntentRow): Pick<Collected, "outcome"> {
  const declineCode = error?.decline_code;
  const outcome = OUTCOMES.find((known) => known === status) ?? "succeeded";
  return { outcome, ...(declineCode === undefined ? {} : { declineCode }) };
}

const OUTCOMES = ["succeeded", "requires_action", "requires_payment_method", "processing"] as const;
