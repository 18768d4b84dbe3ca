import type Stripe from "stripe";
import type { Mode } from "../base/mode";
import type { PricePapers } from "./read-item-since";

/** Who looked at what, and when. One number for everything that is read in one look. */
export interface Sight {
  connectionId: string;
  mode: Mode;
  /** Drawn before Stripe was asked. */
  observation: bigint;
  observedAt: Date;
}

export type AnyCustomer = string | Stripe.Customer | Stripe.DeletedCustomer | null;

/** One subscription, and what else Stripe says about it, to the end of every list. */
export interface SubscriptionPapers {
  /** With its latest invoice, its customer and its schedule in place of their ids, where Stripe could be asked. */
  subscription: Stripe.Subscription;
  items: readonly Stripe.SubscriptionItem[];
  /** The checkout that it came from. */
  sessions: readonly (Pick<Stripe.Checkout.Session, "id" | "metadata"> &
    Partial<Pick<Stripe.Checkout.Session, "customer_details">>)[];
  /** Of the payment of its latest paid invoice. */
  disputes: readonly Stripe.Dispute[];
  /** Only when a payment is missing. */
  unpaid: UnpaidPapers | null;
  /** They tell since when an item has its price. */
  prices: PricePapers;
}

/** Every invoice of a subscription, and the charges of those that were not paid, by invoice. */
export interface UnpaidPapers {
  invoices: readonly Stripe.Invoice[];
  charges: ReadonlyMap<string, readonly Stripe.Charge[]>;
}

/** A payment of an order. */
export interface Payment {
  /** Null for money that came without one. */
  intent: Stripe.PaymentIntent | null;
  charge: Stripe.Charge | null;
  refunds: readonly Stripe.Refund[];
  disputes: readonly Stripe.Dispute[];
}

/** An order that has an invoice: paid through one, or sold once along with a subscription. */
export interface InvoicePapers {
  invoice: Stripe.Invoice;
  lines: readonly Stripe.InvoiceLineItem[];
  payments: readonly Payment[];
  sessions: readonly Stripe.Checkout.Session[];
  notes: readonly CreditPapers[];
  /** It gave facts before. */
  wasKnown: boolean;
}

export interface CreditPapers {
  note: Stripe.CreditNote;
  lines: readonly Stripe.CreditNoteLineItem[];
}

/** An order that has no invoice: a checkout in payment mode. */
export interface SessionPapers {
  session: Stripe.Checkout.Session;
  lines: readonly Stripe.LineItem[];
  /** Null when there was nothing to pay. */
  payment: Payment | null;
}
