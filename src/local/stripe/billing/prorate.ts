import { type Draft, timeFor } from "../draft";
import { amountOf } from "./invoice-lines";
import { newInvoiceItem } from "./new-invoice-item";
import type { SubscriptionItemRow, SubscriptionRow } from "./subscription-row";

export interface Part {
  item: SubscriptionItemRow;
  /** 1 charges the time that is left of the item's period, -1 gives it back. */
  sign: 1 | -1;
}

/** What a change of items owes and gives back, from now to the end of each item's period. */
export function partsOf(before: readonly SubscriptionItemRow[], after: readonly SubscriptionItemRow[]): Part[] {
  const was = new Map(before.map((item) => [item.id, item]));
  const is = new Map(after.map((item) => [item.id, item]));
  const gone = before.filter((item) => !costsSame(item, is.get(item.id)));
  const came = after.filter((item) => !costsSame(item, was.get(item.id)));
  return [
    ...gone.map((item): Part => ({ item, sign: -1 })),
    // An item whose period begins anew is billed for all of it, and not here.
    ...came.filter((item) => !restarts(was.get(item.id), item)).map((item): Part => ({ item, sign: 1 })),
  ];
}

function costsSame(one: SubscriptionItemRow, other: SubscriptionItemRow | undefined): boolean {
  return other !== undefined && one.price === other.price && one.quantity === other.quantity;
}

export function restarts(was: SubscriptionItemRow | undefined, item: SubscriptionItemRow): boolean {
  return was !== undefined && was.current_period_start !== item.current_period_start;
}

/** Makes an item that waits for an invoice out of each part; parts that come to nothing make none. */
export function prorate(
  draft: Draft,
  row: SubscriptionRow,
  parts: readonly Part[],
  at = timeFor(draft, row.customer).at,
): number {
  let made = 0;
  for (const { item, sign } of parts) {
    const price = draft.get("price", item.price);
    const { current_period_start: start, current_period_end: end } = item;
    const share = Math.min(1, Math.max(0, (end - at) / Math.max(1, end - start)));
    const amount = sign * Math.round(amountOf(price, item.quantity ?? 0) * share);
    if (amount === 0) continue;
    made++;
    const name = draft.find("product", price.product)?.name ?? price.product;
    newInvoiceItem(draft, {
      customer: row.customer,
      currency: row.currency,
      amount,
      price: item.price,
      quantity: item.quantity,
      description: `${sign < 0 ? "Unused" : "Remaining"} time on ${name}`,
      period: { start: Math.max(start, at), end },
      subscription: row.id,
      subscriptionItem: item.id,
      proration: true,
      discountable: false,
    });
  }
  return made;
}
