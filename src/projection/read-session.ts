import type Stripe from "stripe";
import type { Fact, OrderState, SourceFacts } from "../access/fact";
import type { Payment, SessionPapers, Sight } from "./papers";
import { readPayments } from "./read-payments";
import { buyerOf, idOf, isIgnored, momentOf } from "./read-references";

/**
 * What was bought once by a checkout that made no invoice. Null: it is not over yet, came to nothing, or was about
 * something else.
 */
export function readSession({ session, lines, payment }: SessionPapers, sight: Sight): SourceFacts | null {
  if (session.mode !== "payment" || session.status !== "complete") return null;
  const { intent, charge } = payment ?? { intent: null, charge: null };
  const boughtAt = momentOf(intent?.created ?? session.created);
  const paidAt = charge?.status === "succeeded" ? momentOf(charge.created) : boughtAt;
  const outcome = outcomeOf(session, payment);
  const { amount, refunds, disputes } = readPayments(payment ? [payment] : []);
  const customer = buyerOf(session.customer);
  const state: OrderState = {
    kind: "ORDER",
    payment: outcome,
    paidAt: outcome === "PAID" ? paidAt : null,
    failedAt: outcome === "FAILED" ? (momentOf(intent?.canceled_at ?? charge?.created) ?? boughtAt) : null,
    amount: amount > 0 ? amount : (session.amount_total ?? 0),
    refunds,
    disputes,
  };
  return {
    ...sight,
    source: intent?.id ?? session.id,
    customer: idOf(session.customer),
    buyer: {
      email: customer.email ?? session.customer_details?.email ?? null,
      name: customer.name ?? session.customer_details?.name ?? null,
    },
    sessions: [session.id],
    ignored: isIgnored(session) || isIgnored(intent),
    boughtAt,
    state,
    items: readLines(lines, state.paidAt ?? boughtAt),
  };
}

/** Only settled money gives anything. After a bank has refused, the payment waits for another card that nobody will give. */
function outcomeOf(
  { payment_status: status }: Stripe.Checkout.Session,
  payment: Payment | null,
): OrderState["payment"] {
  if (status === "paid" || status === "no_payment_required") return "PAID";
  const isOver = payment?.intent?.status === "requires_payment_method" || payment?.intent?.status === "canceled";
  return isOver ? "FAILED" : "PENDING";
}

/** One for each price, however many lines it stands on. */
function readLines(lines: readonly Stripe.LineItem[], sinceAt: Date): Fact[] {
  const facts = new Map<string, Fact>();
  for (const { price, quantity, amount_total: amount, currency } of lines) {
    if (!price) continue;
    const other = facts.get(price.id);
    facts.set(price.id, {
      item: price.id,
      stripeProduct: idOf(price.product) ?? "",
      price: price.id,
      quantity: (other?.quantity ?? 0) + (quantity ?? 1),
      sinceAt,
      periodEndsAt: null,
      credited: false,
      amount: (other?.amount ?? 0) + amount,
      currency,
    });
  }
  return [...facts.values()];
}
