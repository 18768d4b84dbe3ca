import type Stripe from "stripe";
import type { SourceFacts } from "../access/fact";
import type { Payment, Sight, SubscriptionPapers } from "../projection/papers";
import { readInvoice } from "../projection/read-invoice";
import { isSwitchedSince } from "../projection/read-item-since";
import { idOf, wholeOf } from "../projection/read-references";
import { readSession } from "../projection/read-session";
import { isBehind, readSubscription } from "../projection/read-subscription";
import type { SubscriptionRow } from "./list-rows";

/** The checkout that a subscription came from, if it came from one. */
export interface Origin {
  sessions: SubscriptionPapers["sessions"];
}

/** What earlier lists have told of a subscription. */
export interface Noted {
  /** Null: it cannot be known from a list. */
  origin: Origin | null;
  /** Its customer has taken a payment back, or asked about one. */
  isDisputed: boolean;
}

/**
 * A subscription as its row shows it, exactly as a look would. Null: the row does not tell everything, so it is looked at
 * with care: payments that are missing, money that was taken back, an item whose price was switched after the latest invoice,
 * and whatever another list had to tell and could not.
 */
export function readSubscriptionRow(
  { subscription, items, lines }: SubscriptionRow,
  { origin, isDisputed }: Noted,
  sight: Sight,
): SourceFacts | null {
  const { status, schedule, customer, latest_invoice: latest } = subscription;
  const isWhole = wholeOf(customer) !== null && isShown(schedule) && isShown(latest);
  if (origin === null || isBehind(status) || isDisputed || !isWhole) return null;
  if (isSwitchedSince(items, lines)) return null;
  const prices = { lines, waiting: [] };
  return readSubscription({ subscription, items, ...origin, disputes: [], unpaid: null, prices }, sight);
}

/** Whole, or not there at all; of what is an id only we know too little. */
function isShown(reference: string | { id: string } | null): boolean {
  return reference === null || wholeOf(reference) !== null;
}

/**
 * An order of a checkout as its row shows it, with its invoice or without one. Null: money went back or is disputed, or the
 * row does not show all of the money.
 */
export function readSessionRow(
  { session, lines }: { session: Stripe.Checkout.Session; lines: readonly Stripe.LineItem[] },
  sight: Sight,
): SourceFacts | null {
  const intent = wholeOf(session.payment_intent);
  const payment = readPayment(intent);
  const isWhole = payment !== null || idOf(session.payment_intent) === null;
  if (!isWhole || !isShown(session.customer)) return null;
  if (session.invoice === null) return readSession({ session, lines, payment }, sight);
  const invoice = wholeOf(session.invoice);
  if (!invoice || !isPlain(invoice, session, payment)) return null;
  const papers = { lines: invoice.lines.data, payments: payment ? [payment] : [], sessions: [session], notes: [] };
  return readInvoice({ ...papers, invoice: { ...invoice, customer: session.customer }, wasKnown: false }, sight);
}

/** A payment that arrived, and of which nothing went back. Its last try is the one that succeeded. */
function readPayment(intent: Stripe.PaymentIntent | null): Payment | null {
  const charge = wholeOf(intent?.latest_charge);
  if (!intent || charge?.status !== "succeeded" || charge.amount_refunded > 0 || charge.disputed) return null;
  return { intent, charge, refunds: [], disputes: [] };
}

/** Paid by the payment of its checkout and by nothing else, and nothing was credited. */
function isPlain(invoice: Stripe.Invoice, session: Stripe.Checkout.Session, payment: Payment | null): boolean {
  const credited = invoice.post_payment_credit_notes_amount + invoice.pre_payment_credit_notes_amount;
  return (
    invoice.status === "paid" &&
    invoice.parent === null &&
    credited === 0 &&
    !invoice.lines.has_more &&
    idOf(invoice.customer) === idOf(session.customer) &&
    invoice.amount_paid === (payment?.charge?.amount_captured ?? 0)
  );
}
