import type Stripe from "stripe";
import { idOf, momentOf } from "./read-references";

export interface PricePapers {
  /** Of the latest invoice. */
  lines: readonly Stripe.InvoiceLineItem[];
  /** What waits for the next invoice. */
  waiting: readonly Stripe.InvoiceItem[];
}

/**
 * Since when an item has the price that it has now. An item keeps its own age when its price is switched, so the latest
 * invoice and what waits for the next one are read: a switch gives back what is left of the old price, and charges the rest
 * of the new one. Where nothing tells of a switch, the item has had its price from the beginning. Where only the old price
 * is shown, Stripe does not say when it was switched: not before it was seen.
 */
export function readItemSince(item: Stripe.SubscriptionItem, papers: PricePapers, observedAt: Date): Date {
  const own = linesOf(item, papers);
  const credits = own.filter(({ amount }) => amount < 0);
  // Nothing is given back for a free price. A credit at the same moment for the same price is another quantity.
  const starts = [
    ...credits.filter(({ price }) => price !== item.price.id),
    ...own.filter(
      ({ price, amount, isProration, from }) =>
        isProration && amount >= 0 && price === item.price.id && !credits.some((credit) => credit.from === from),
    ),
  ].map(({ from }) => from);
  if (starts.length > 0) return momentOf(Math.max(item.created, ...starts));
  return isPricedOtherwise(item, own) ? observedAt : momentOf(item.created);
}

/** Whether an item was switched after the latest invoice was made: only what waits for the next one can tell when. */
export function isSwitchedSince(
  items: readonly Stripe.SubscriptionItem[],
  lines: readonly Stripe.InvoiceLineItem[],
): boolean {
  return items.some((item) => isPricedOtherwise(item, linesOf(item, { lines, waiting: [] })));
}

interface PricedLine {
  price: string;
  amount: number;
  isProration: boolean;
  /** In Stripe's seconds. */
  from: number;
}

function isPricedOtherwise(item: Stripe.SubscriptionItem, own: readonly PricedLine[]): boolean {
  return own.length > 0 && !own.some(({ price }) => price === item.price.id);
}

function linesOf({ id }: Stripe.SubscriptionItem, { lines, waiting }: PricePapers): PricedLine[] {
  return [
    ...lines.flatMap(({ parent, pricing, amount, period }) => {
      const details = parent?.subscription_item_details;
      const price = idOf(pricing?.price_details?.price);
      if (details?.subscription_item !== id || price === null) return [];
      return [{ price, amount, isProration: details.proration, from: period.start }];
    }),
    ...waiting.flatMap(({ parent, pricing, amount, period, proration }) => {
      const price = idOf(pricing?.price_details?.price);
      if (parent?.subscription_details?.subscription_item !== id || price === null) return [];
      return [{ price, amount, isProration: proration, from: period.start }];
    }),
  ];
}
