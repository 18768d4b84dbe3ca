import { type Draft, timeFor } from "../draft";
import { StripeRefusal } from "../refuse";
import { awaitPayment, collectInvoice, subscriptionMethod } from "./collect-invoice";
import { changeSubscription } from "./change-subscription";
import { createInvoice } from "./create-invoice";
import { type Period, periodLine } from "./invoice-lines";
import type { InvoiceRow } from "./invoice-row";
import { newInvoiceItem } from "./new-invoice-item";
import { recordPayment } from "./record-payment";
import { missingPaymentMethod } from "./refusals";
import { finalizeInvoice, markPaid } from "./settle-invoice";
import type { StartSubscription } from "./start-subscription";
import { itemsOf } from "./subscription-row";

/** The first invoice of a subscription: what the periods cost, what else was bought, and what was pending. */
export function firstInvoice(draft: Draft, id: string, given: StartSubscription): InvoiceRow {
  const row = draft.get("subscription", id);
  const { at } = timeFor(draft, row.customer);
  for (const { price, quantity } of given.addInvoiceItems ?? []) {
    newInvoiceItem(draft, { customer: row.customer, currency: row.currency, price, quantity, subscription: id });
  }
  const lines = itemsOf(draft, id).map((item) => {
    const period: Period = { start: item.current_period_start, end: item.current_period_end };
    return periodLine(draft, { subscription: row, item, period, trial: row.trial_end !== null });
  });
  const waits = row.collection_method === "send_invoice" || given.firstInvoiceWaits === true;
  const invoice = createInvoice(draft, {
    customer: row.customer,
    currency: row.currency,
    reason: "subscription_create",
    subscription: row,
    lines,
    takesPending: true,
    advances: waits,
    more: waits ? {} : { period_start: at, period_end: at },
  });
  draft.update("subscription", id, { latest_invoice: invoice.id });
  return invoice;
}

/** Paid by what was paid before, collected now, or left for somebody to confirm. */
export function payFirst(draft: Draft, { id, auto_advance: waits }: InvoiceRow, given: StartSubscription): void {
  if (waits) return;
  const { amount_remaining: due, ours } = finalizeInvoice(draft, id);
  if (given.paidBy) {
    recordPayment(draft, id, given.paidBy.paymentIntent, "paid");
    return void markPaid(draft, id);
  }
  if (due === 0 || given.paidBy === null) return void markPaid(draft, id);
  if (given.paymentBehavior === "default_incomplete") return awaitPayment(draft, id);
  const method = subscriptionMethod(draft, draft.get("subscription", ours.subscription ?? ""));
  if (method === null) throw missingPaymentMethod();
  const collected = collectInvoice(draft, id, { paymentMethod: method, offSession: given.offSession ?? false });
  if (collected?.outcome === "processing") markProcessing(draft, ours.subscription ?? "");
  if (given.paymentBehavior === "error_if_incomplete" && collected && collected.outcome !== "succeeded") {
    throw new StripeRefusal(402, {
      type: "card_error",
      code: collected.outcome === "requires_action" ? "subscription_payment_intent_requires_action" : "card_declined",
      message: "The payment of the first invoice did not succeed.",
      ...(collected.declineCode === undefined ? {} : { decline_code: collected.declineCode }),
    });
  }
}

// Money that is on its way for days is trusted: the subscription begins.
function markProcessing(draft: Draft, id: string): void {
  changeSubscription(draft, id, (row) => ({ ...row, status: "active" }));
}
