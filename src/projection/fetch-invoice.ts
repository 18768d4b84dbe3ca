import type Stripe from "stripe";
import { fetchPaymentsOf } from "./fetch-payments";
import { fetchSessionsOf } from "./fetch-sessions";
import { type Desk, PAGE, toTheEnd } from "./open-desk";
import type { CreditPapers, InvoicePapers, Payment } from "./papers";
import { idOf } from "./read-references";

export function fetchInvoice(desk: Desk, id: string): Promise<Stripe.Invoice | null> {
  return desk.once(`invoice ${id}`, () =>
    desk.find(id, (stripe) => stripe.invoices.retrieve(id, { expand: ["customer"] })),
  );
}

export function subscriptionOf({ parent }: Stripe.Invoice): string | null {
  return idOf(parent?.subscription_details?.subscription);
}

export function fetchLines(desk: Desk, { id, lines }: Stripe.Invoice): Promise<Stripe.InvoiceLineItem[]> {
  return desk.once(`lines of ${id}`, () =>
    toTheEnd(desk, lines, (stripe, page) => stripe.invoices.listLineItems(id, page)),
  );
}

/** Whether anything stands on it that was bought once: periods of a subscription and what is left of them do not count. */
export async function sellsOnce(desk: Desk, invoice: Stripe.Invoice): Promise<boolean> {
  const lines = await fetchLines(desk, invoice);
  return lines.some(({ parent }) => parent?.invoice_item_details && !parent.invoice_item_details.proration);
}

export async function fetchInvoicePapers(
  desk: Desk,
  invoice: Stripe.Invoice,
  wasKnown: boolean,
): Promise<InvoicePapers> {
  const payments = await fetchPaymentsOf(desk, invoice.id);
  return {
    invoice,
    lines: await fetchLines(desk, invoice),
    payments,
    sessions: await fetchSessionsOfInvoice(desk, invoice, payments),
    notes: await fetchNotes(desk, invoice),
    wasKnown,
  };
}

/** The checkout that made the invoice. Stripe finds it by the payment, or by the subscription, but not by the invoice. */
async function fetchSessionsOfInvoice(
  desk: Desk,
  invoice: Stripe.Invoice,
  payments: readonly Payment[],
): Promise<Stripe.Checkout.Session[]> {
  const subscription = subscriptionOf(invoice);
  if (subscription !== null) {
    const isFirst = invoice.billing_reason === "subscription_create";
    return isFirst ? fetchSessionsOf(desk, { subscription }) : [];
  }
  const intents = payments.flatMap(({ intent }) => (intent ? [intent.id] : []));
  const customer = idOf(invoice.customer);
  const found: Stripe.Checkout.Session[] = [];
  for (const intent of intents) found.push(...(await fetchSessionsOf(desk, { payment_intent: intent })));
  if (intents.length === 0 && customer !== null) found.push(...(await fetchSessionsOf(desk, { customer })));
  return found.filter((session) => idOf(session.invoice) === invoice.id);
}

async function fetchNotes(desk: Desk, invoice: Stripe.Invoice): Promise<CreditPapers[]> {
  if (invoice.post_payment_credit_notes_amount + invoice.pre_payment_credit_notes_amount === 0) return [];
  const notes = await desk.all((stripe) => stripe.creditNotes.list({ invoice: invoice.id, limit: PAGE }));
  const papers: CreditPapers[] = [];
  for (const note of notes) {
    const lines = await toTheEnd(desk, note.lines, (stripe, page) => stripe.creditNotes.listLineItems(note.id, page));
    papers.push({ note, lines });
  }
  return papers;
}

/** The invoices that a payment has paid, or tries to. */
export async function findInvoicesOfPayment(desk: Desk, intent: string): Promise<string[]> {
  const payment = { type: "payment_intent", payment_intent: intent } as const;
  const rows = await desk.all((stripe) => stripe.invoicePayments.list({ payment, limit: PAGE }));
  return [...new Set(rows.flatMap(({ invoice }) => idOf(invoice) ?? []))];
}
