import type Stripe from "stripe";
import { fetchInvoicePapers, sellsOnce, subscriptionOf } from "./fetch-invoice";
import { fetchPaymentsOf } from "./fetch-payments";
import { fetchSubscription, fetchSubscriptionPapers } from "./fetch-subscription";
import { type Look, addTarget, cover, idsOfInvoice, idsOfPayments, keepCustomer, keepFacts, keepGone } from "./look";
import { readInvoice } from "./read-invoice";
import { idOf, wholeOf } from "./read-references";
import { readSubscription } from "./read-subscription";

/** A subscription with all that hangs on it, and what was sold once along with its latest invoice. */
export async function lookAtSubscription(look: Look, id: string): Promise<void> {
  const { desk, sight } = look;
  const subscription = await fetchSubscription(desk, id);
  if (!subscription) {
    return keepGone(look, "SUBSCRIPTION", id);
  }
  const papers = await fetchSubscriptionPapers(desk, subscription);
  keepFacts(look, readSubscription(papers, sight));
  keepCustomer(look, subscription.customer);
  cover(look, [idOf(subscription.schedule), ...papers.sessions.map((session) => session.id)]);
  const latest = wholeOf(subscription.latest_invoice);
  if (latest) await lookAtInvoiceOf(look, latest);
}

/** The invoice of a subscription. Its periods are the subscription's; only what was sold once is an order of its own. */
export async function lookAtInvoiceOf(look: Look, invoice: Stripe.Invoice): Promise<void> {
  const { desk } = look;
  if (invoice.status === "draft") return cover(look, [invoice.id]);
  if (await sellsOnce(desk, invoice)) {
    const papers = await fetchInvoicePapers(desk, invoice, await wasKnown(look, invoice));
    keepFacts(look, readInvoice(papers, look.sight));
    return cover(look, idsOfInvoice(papers));
  }
  // Where the payments are known, events about them need no answer of their own.
  const isKnown = desk.has(`payments of ${invoice.id}`);
  cover(look, [invoice.id, ...(isKnown ? idsOfPayments(await fetchPaymentsOf(desk, invoice.id)) : [])]);
  addTarget(look, "SUBSCRIPTION", subscriptionOf(invoice));
}

/** Only what is open asks for it: an order that was under way once stays one. */
export async function wasKnown(look: Look, { id, status }: Stripe.Invoice): Promise<boolean> {
  return status === "open" && (await look.held(id)) !== null;
}
