import { coversPrice } from "../links/covers-price";
import type Stripe from "stripe";
import { idOf } from "../projection/read-references";
import type { Target } from "../projection/target";

/** Something that was bought, as a list of Stripe's shows it: enough to tell whether it is worth a look. */
export interface Listed {
  target: Target;
  /** The name under which its facts are kept. */
  source: string;
  items: readonly ListedItem[];
  boughtAt: Date;
  /** When it was over for good; null: it is not. */
  overAt: Date | null;
}

export interface ListedItem {
  stripeProduct: string;
  price: string;
}

/** What of a Stripe product is meant: these prices of it, or all when none is named. */
export interface Wanted {
  stripeProduct: string;
  priceIds: readonly string[];
}

/** The first of its items that is wanted, if any is. */
export function wantedItem({ items }: Listed, wanted: readonly Wanted[]): ListedItem | undefined {
  return items.find((item) => wanted.some((each) => coversPrice(each, item)));
}

export function readListedSubscription(
  subscription: Stripe.Subscription,
  items: readonly Stripe.SubscriptionItem[],
): Listed {
  const { id, status, created, ended_at: endedAt } = subscription;
  const isOver = status === "canceled" || status === "incomplete_expired";
  return {
    target: { kind: "SUBSCRIPTION", id },
    source: id,
    items: items.map(({ price }) => ({ stripeProduct: idOf(price.product) ?? "", price: price.id })),
    boughtAt: new Date(created * 1000),
    overAt: isOver ? new Date((endedAt ?? created) * 1000) : null,
  };
}

/** An order of a checkout, by its invoice if it has one. Null: nothing was paid for by it, or it is a subscription. */
export function readListedSession(session: Stripe.Checkout.Session, lines: readonly Stripe.LineItem[]): Listed | null {
  const { id, mode, status, payment_status: paid, invoice, payment_intent: payment, created } = session;
  if (mode !== "payment" || status !== "complete" || paid === "unpaid") return null;
  return {
    target: { kind: "SESSION", id },
    source: idOf(invoice) ?? idOf(payment) ?? id,
    items: lines.flatMap(({ price }) => (price ? [{ stripeProduct: idOf(price.product) ?? "", price: price.id }] : [])),
    boughtAt: new Date(created * 1000),
    overAt: null,
  };
}

/** Null: nothing was sold once by it. Periods of a subscription, and what is left of them, are not. */
export function readListedInvoice(invoice: Stripe.Invoice, lines: readonly Stripe.InvoiceLineItem[]): Listed | null {
  const items = lines.flatMap(({ parent, pricing }) => {
    const isOnce = parent?.invoice_item_details && !parent.invoice_item_details.proration;
    const price = idOf(pricing?.price_details?.price);
    return isOnce && pricing?.price_details && price ? [{ stripeProduct: pricing.price_details.product, price }] : [];
  });
  if (items.length === 0) return null;
  const { id, created } = invoice;
  return { target: { kind: "INVOICE", id }, source: id, items, boughtAt: new Date(created * 1000), overAt: null };
}
