import { findInvoicesOfPayment } from "./fetch-invoice";
import { fetchSessionsOf } from "./fetch-sessions";
import { findSubscriptionOfSchedule } from "./fetch-subscription";
import { type Look, addTarget } from "./look";
import { idOf } from "./read-references";
import type { Target } from "./target";

/**
 * Money and papers name what they belong to, one step at a time: refund or dispute, charge, payment, invoice or checkout.
 * From a charge or a payment one cannot read the invoice any more, so Stripe is asked for the joint.
 */
export async function lookBehind(look: Look, { kind, id }: Target): Promise<void> {
  const { desk } = look;
  if (kind === "SCHEDULE") addTarget(look, "SUBSCRIPTION", await findSubscriptionOfSchedule(desk, id));
  if (kind === "CREDIT_NOTE") {
    addTarget(look, "INVOICE", idOf((await desk.find(id, (stripe) => stripe.creditNotes.retrieve(id)))?.invoice));
  }
  if (kind === "REFUND") followMoney(look, await desk.find(id, (stripe) => stripe.refunds.retrieve(id)));
  if (kind === "DISPUTE") followMoney(look, await desk.find(id, (stripe) => stripe.disputes.retrieve(id)));
  if (kind === "CHARGE") followMoney(look, await desk.find(id, (stripe) => stripe.charges.retrieve(id)));
  if (kind === "PAYMENT") await lookAtPayment(look, id);
}

interface Paid {
  payment_intent?: string | { id: string } | null;
  charge?: string | { id: string } | null;
}

function followMoney(look: Look, paid: Paid | null): void {
  const intent = idOf(paid?.payment_intent);
  if (intent !== null) addTarget(look, "PAYMENT", intent);
  else addTarget(look, "CHARGE", idOf(paid?.charge));
}

/** What a payment paid for. One that was made without checkout and invoice says nothing of what was bought. */
async function lookAtPayment(look: Look, id: string): Promise<void> {
  const invoices = await findInvoicesOfPayment(look.desk, id);
  for (const invoice of invoices) addTarget(look, "INVOICE", invoice);
  if (invoices.length > 0) return;
  const sessions = await fetchSessionsOf(look.desk, { payment_intent: id });
  for (const session of sessions) addTarget(look, "SESSION", session.id);
}
