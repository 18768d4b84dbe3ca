import type Stripe from "stripe";
import type { Fact, OrderState, SourceFacts } from "../access/fact";
import type { CreditPapers, InvoicePapers, Payment, Sight } from "./papers";
import { readPayments } from "./read-payments";
import { buyerOf, idOf, isIgnored, momentOf } from "./read-references";

/**
 * What was bought once by an invoice. Periods of a subscription are none of it, whatever else stands on the same invoice.
 * Null: nothing was, or nobody has tried to pay for it yet.
 */
export function readInvoice(papers: InvoicePapers, sight: Sight): SourceFacts | null {
  const { invoice, payments, sessions } = papers;
  const lines = papers.lines.filter(isBoughtOnce);
  const payment = paymentOf(papers);
  if (payment === null || lines.length === 0) return null;
  const boughtAt = momentOf(invoice.created);
  const paidAt = momentOf(invoice.status_transitions.paid_at);
  const isPaid = payment === "PAID";
  const { amount, refunds, disputes } = readPayments(payments);
  const failed = invoice.status_transitions.voided_at ?? invoice.status_transitions.marked_uncollectible_at;
  const customer = buyerOf(invoice.customer);
  const state: OrderState = {
    kind: "ORDER",
    payment,
    paidAt: isPaid ? (paidAt ?? boughtAt) : null,
    failedAt: payment === "FAILED" ? (momentOf(failed) ?? boughtAt) : null,
    // What was paid elsewhere, or with a credit, has no payment here.
    amount: amount > 0 ? amount : invoice.total,
    refunds,
    disputes,
  };
  return {
    ...sight,
    source: invoice.id,
    customer: idOf(invoice.customer),
    buyer: { email: customer.email ?? invoice.customer_email, name: customer.name ?? invoice.customer_name },
    sessions: sessions.map(({ id }) => id).sort(),
    ignored: isMarked(papers),
    boughtAt,
    state,
    items: readLines(lines, papers, state.paidAt ?? boughtAt),
  };
}

function paymentOf({ invoice, payments, wasKnown }: InvoicePapers): OrderState["payment"] | null {
  if (invoice.status === "paid") return "PAID";
  if (invoice.status === "void" || invoice.status === "uncollectible") return "FAILED";
  if (invoice.status !== "open") return null;
  return wasKnown || payments.some(isUnderWay) ? "PENDING" : null;
}

/** The bank takes its time: somebody has bought, and the money is not there yet. */
export function isUnderWay({ intent }: Payment): boolean {
  return intent?.status === "processing";
}

function isMarked({ invoice, payments, sessions }: InvoicePapers): boolean {
  const subscription = { metadata: invoice.parent?.subscription_details?.metadata ?? null };
  const marked = [invoice, subscription, ...sessions, ...payments.map(({ intent }) => intent)];
  return marked.some(isIgnored);
}

/** Neither a period of a subscription nor the balance of a change to one. */
function isBoughtOnce({ parent, pricing }: Stripe.InvoiceLineItem): boolean {
  const details = parent?.invoice_item_details;
  return Boolean(details && !details.proration && pricing?.price_details);
}

/** One for each price, however many lines it stands on. */
function readLines(lines: readonly Stripe.InvoiceLineItem[], { invoice, notes }: InvoicePapers, sinceAt: Date): Fact[] {
  const issued = notes.filter(({ note }) => note.status === "issued");
  const isAllCredited = invoice.total > 0 && issued.reduce((sum, { note }) => sum + note.total, 0) >= invoice.total;
  const allCreditedAt = isAllCredited ? lastOf(issued) : null;
  const facts = new Map<string, Fact>();
  for (const line of lines) {
    const details = line.pricing?.price_details;
    const price = idOf(details?.price);
    if (!details || price === null) continue;
    const other = facts.get(price);
    const creditedAt = other?.credited === false ? null : (allCreditedAt ?? whenCredited(line, issued));
    facts.set(price, {
      item: price,
      stripeProduct: details.product,
      price,
      quantity: (other?.quantity ?? 0) + (line.quantity ?? 1),
      sinceAt,
      periodEndsAt: null,
      credited: creditedAt !== null,
      ...(creditedAt && { creditedAt: latest([creditedAt, other?.creditedAt ?? creditedAt]) }),
      amount: (other?.amount ?? 0) + costOf(line),
      currency: invoice.currency,
    });
  }
  return [...facts.values()];
}

/** In full: what was credited for this line is what it cost, after discounts on both sides. */
function whenCredited(line: Stripe.InvoiceLineItem, notes: readonly CreditPapers[]): Date | null {
  const crediting = notes.filter(({ lines }) => lines.some((credit) => credit.invoice_line_item === line.id));
  const credited = crediting
    .flatMap(({ lines }) => lines)
    .filter((credit) => credit.invoice_line_item === line.id)
    .reduce((sum, credit) => sum + credit.amount - credit.discount_amount, 0);
  return credited > 0 && credited >= costOf(line) ? lastOf(crediting) : null;
}

function lastOf(notes: readonly CreditPapers[]): Date {
  return latest(notes.map(({ note }) => momentOf(note.created)));
}

function latest(moments: readonly Date[]): Date {
  return new Date(Math.max(...moments.map(Number)));
}

/** After discounts. */
function costOf({ amount, discount_amounts: discounts }: Stripe.InvoiceLineItem): number {
  return (discounts ?? []).reduce((rest, discount) => rest - discount.amount, amount);
}
