import type { Draft } from "../draft";
import { invalid } from "../refuse";
import { collectInvoice } from "./collect-invoice";
import { createInvoice } from "./create-invoice";
import { endByHand } from "./end-by-hand";
import type { InvoiceRow } from "./invoice-row";
import { newInvoiceItem } from "./new-invoice-item";
import { recordPayment } from "./record-payment";
import { renewSubscription } from "./renew-subscription";
import { finalizeInvoice, markPaid } from "./settle-invoice";
import { type StartSubscription, startSubscription } from "./start-subscription";
import type { SubscriptionRow } from "./subscription-row";
import { updateSubscription } from "./update-subscription";
import { advanceInvoice } from "./advance-invoice";

/** What an owner does in Stripe's dashboard, or a bank behind it. Pausing and resuming are in `switch-subscription`. */

/** How the next payment of this subscription ends, whatever its card would do. */
export function planNextPayment(
  draft: Draft,
  subscription: string,
  ends: "fails" | "succeeds" | null,
): SubscriptionRow {
  const row = draft.get("subscription", subscription);
  return draft.put({ ...row, ours: { ...row.ours, nextPayment: ends } });
}

/** The period is over now, as if its time had passed: a new one begins, and its invoice is collected at once. */
export function renewNow(draft: Draft, subscription: string, ends: "fails" | "succeeds" | null = null): InvoiceRow {
  if (ends) planNextPayment(draft, subscription, ends);
  const { latest_invoice: before, status } = draft.get("subscription", subscription);
  if (status !== "trialing") endPeriodsNow(draft, subscription);
  else updateSubscription(draft, subscription, { trialEnd: "now" });
  const { latest_invoice: made } = draft.get("subscription", subscription);
  if (!made || made === before) throw invalid(`This subscription makes no invoice: its status is ${status}.`);
  if (draft.get("invoice", made).status === "draft") advanceInvoice(draft, made);
  return draft.get("invoice", made);
}

// Its billing cycle moves to now: what follows is counted from here. What began in this very second had one before it, for
// a period without any length is none that could end.
function endPeriodsNow(draft: Draft, subscription: string): void {
  const row = draft.get("subscription", subscription);
  const now = nowFor(draft, row);
  for (const item of draft.rows("subscription_item", { subscription })) {
    const start = Math.min(item.current_period_start, now - 1);
    draft.put({ ...item, current_period_start: start, current_period_end: now });
  }
  draft.put({ ...row, billing_cycle_anchor: now });
  renewSubscription(draft, subscription);
}

function nowFor(draft: Draft, { test_clock: clock }: SubscriptionRow): number {
  return (clock && draft.find("test_helpers.test_clock", clock)?.frozen_time) || draft.now;
}

/** Tries what is open once more, without waiting for the schedule. */
export function retryNow(draft: Draft, subscription: string): InvoiceRow {
  const { latest_invoice: id } = draft.get("subscription", subscription);
  const row = id ? draft.get("invoice", id) : null;
  if (row?.status === "draft") finalizeInvoice(draft, row.id);
  else if (row?.status !== "open") throw invalid("This subscription has no open invoice to try.");
  collectInvoice(draft, row.id, { offSession: true });
  return draft.get("invoice", row.id);
}

export function cancelAsOwner(draft: Draft, subscription: string, when: "now" | "period_end"): SubscriptionRow {
  if (when === "now") return endByHand(draft, subscription, {});
  return updateSubscription(draft, subscription, { cancelAtPeriodEnd: true });
}

/** A sale by hand. With a card that is stored it is paid by it; with `paidElsewhere`, its money is not Stripe's matter. */
export function sellSubscription(
  draft: Draft,
  { paidElsewhere = false, ...given }: StartSubscription & { paidElsewhere?: boolean },
): SubscriptionRow {
  const paidBy = paidElsewhere ? { paidBy: null } : {};
  return startSubscription(draft, { ...given, ...paidBy }).subscription;
}

export interface InvoiceSale {
  customer: string;
  price?: string | null | undefined;
  amount?: number | null | undefined;
  currency?: string | null | undefined;
  quantity?: number | null | undefined;
  description?: string | null | undefined;
  /** What paid it; without one, it was paid out of band. */
  paidBy?: { paymentIntent: string } | null | undefined;
}

/** An invoice over one thing, made by hand and paid: a bank transfer, cash, a favour. */
export function sellByInvoice(draft: Draft, { customer, paidBy, ...sold }: InvoiceSale): InvoiceRow {
  const price = sold.price ? draft.get("price", sold.price, "price") : null;
  const currency = price?.currency ?? sold.currency ?? "usd";
  newInvoiceItem(draft, { ...sold, customer, currency });
  const { id } = createInvoice(draft, { customer, currency, reason: "manual", takesPending: true });
  finalizeInvoice(draft, id);
  if (paidBy) recordPayment(draft, id, paidBy.paymentIntent, "paid");
  return markPaid(draft, id, { outOfBand: !paidBy });
}

/** The money came, and not through Stripe. */
export function payOutOfBand(draft: Draft, invoice: string): InvoiceRow {
  if (draft.get("invoice", invoice).status === "draft") finalizeInvoice(draft, invoice);
  return markPaid(draft, invoice, { outOfBand: true });
}
