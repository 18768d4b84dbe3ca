import type Stripe from "stripe";
import { fetchInvoice, fetchInvoicePapers, subscriptionOf } from "./fetch-invoice";
import { fetchSession, fetchSessionPapers } from "./fetch-sessions";
import { type Look, addTarget, cover, idsOfInvoice, idsOfPayments, keepCustomer, keepFacts, keepGone } from "./look";
import { lookAtInvoiceOf, wasKnown } from "./look-at-subscription";
import type { InvoicePapers } from "./papers";
import { readReplaced } from "./read-gone";
import { readInvoice } from "./read-invoice";
import { idOf } from "./read-references";
import { readSession } from "./read-session";

/** An invoice: an order of its own, or one of a subscription, which is looked at then. */
export async function lookAtInvoice(look: Look, id: string): Promise<void> {
  const { desk, sight } = look;
  const invoice = await fetchInvoice(desk, id);
  if (!invoice) {
    return keepGone(look, "INVOICE", id);
  }
  keepCustomer(look, invoice.customer);
  const subscription = subscriptionOf(invoice);
  if (subscription !== null) {
    addTarget(look, "SUBSCRIPTION", subscription);
    return lookAtInvoiceOf(look, invoice);
  }
  if (invoice.status === "draft") return;
  const papers = await fetchInvoicePapers(desk, invoice, await wasKnown(look, invoice));
  keepFacts(look, readInvoice(papers, sight));
  await replacePayments(look, papers);
  cover(look, idsOfInvoice(papers));
}

/** Delayed money of a checkout was known under its payment until the invoice came: it counts once. */
async function replacePayments({ sight, held, facts }: Look, { payments, sessions }: InvoicePapers): Promise<void> {
  if (sessions.length === 0) return;
  for (const { intent } of payments) {
    const before = intent && (await held(intent.id));
    if (before && before.items.length > 0) facts.set(before.source, readReplaced(before, sight));
  }
}

/** A checkout: of a subscription, of an order with an invoice, or an order itself. */
export async function lookAtSession(look: Look, id: string): Promise<void> {
  const session = await fetchSession(look.desk, id);
  if (!session) {
    return keepGone(look, "SESSION", id);
  }
  keepCustomer(look, session.customer);
  if (session.status !== "complete" || session.mode === "setup") return;
  const invoice = idOf(session.invoice);
  if (session.mode === "subscription") {
    addTarget(look, "SUBSCRIPTION", idOf(session.subscription));
    if (sellsOnce(session)) addTarget(look, "INVOICE", invoice);
    return;
  }
  if (invoice !== null) return addTarget(look, "INVOICE", invoice);
  if (look.isPatient && isInvoiceComing(session)) {
    look.isUnfinished = true;
    return;
  }
  const papers = await fetchSessionPapers(look.desk, session);
  keepFacts(look, readSession(papers, look.sight));
  cover(look, [idOf(session.payment_intent), ...idsOfPayments(papers.payment ? [papers.payment] : [])]);
}

/** Stands on the first invoice beside the periods; the rest of a long list may hold some as well. */
function sellsOnce({ line_items: lines }: Stripe.Checkout.Session): boolean {
  return !lines || lines.has_more || lines.data.some(({ price }) => price?.type === "one_time");
}

/** It is paid, and Stripe is about to make the invoice by which it will be known. */
function isInvoiceComing({
  invoice_creation: wanted,
  customer,
  payment_status: status,
}: Stripe.Checkout.Session): boolean {
  return wanted?.enabled === true && customer !== null && status !== "unpaid";
}
