import type { Draft } from "../draft";
import type { PriceRow } from "../objects/price";
import type { LineRow } from "./invoice-row";
import type { InvoiceItemRow } from "./new-invoice-item";
import type { SubscriptionItemRow, SubscriptionRow } from "./subscription-row";

export interface Period {
  start: number;
  end: number;
}

/** What an amount of a price costs; metered usage is not simulated and costs nothing. */
export function amountOf(price: PriceRow, quantity: number): number {
  if (price.recurring?.usage_type === "metered") return 0;
  return Math.round(Number(price.unit_amount_decimal ?? price.custom_unit_amount?.preset ?? 0) * quantity);
}

/** The line for one period of an item. In a trial it is there as well, and costs nothing. */
export function periodLine(
  draft: Draft,
  given: { subscription: SubscriptionRow; item: SubscriptionItemRow; period: Period; trial: boolean },
): LineRow {
  const { subscription, item, period, trial } = given;
  const price = draft.get("price", item.price);
  const quantity = item.quantity ?? 0;
  const amount = trial ? 0 : amountOf(price, quantity);
  const name = draft.find("product", price.product)?.name ?? price.product;
  return {
    ...blankLine(draft, price.currency),
    amount,
    subtotal: amount,
    description: trial ? `Trial period for ${name}` : `${quantity} × ${name}`,
    discountable: !trial,
    discounts: item.discounts,
    metadata: subscription.metadata,
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: "subscription_item_details",
    },
    period,
    pricing: pricingOf(price, trial ? "0" : price.unit_amount_decimal),
    quantity,
    quantity_decimal: String(quantity),
    subscription: subscription.id,
  };
}

/** The line that an invoice item becomes on its invoice. */
export function itemLine(draft: Draft, row: InvoiceItemRow): LineRow {
  const { subscription = null, subscription_item: item = null } = row.parent?.subscription_details ?? {};
  const details = { proration: row.proration, proration_details: { credited_items: null }, subscription };
  return {
    ...blankLine(draft, row.currency),
    amount: row.amount,
    subtotal: row.amount,
    description: row.description,
    discountable: row.discountable,
    discounts: row.discounts ?? [],
    metadata: row.metadata ?? {},
    parent: item
      ? {
          invoice_item_details: null,
          subscription_item_details: { ...details, invoice_item: row.id, subscription_item: item },
          type: "subscription_item_details",
        }
      : {
          invoice_item_details: { ...details, invoice_item: row.id },
          subscription_item_details: null,
          type: "invoice_item_details",
        },
    period: row.period,
    pricing: row.pricing,
    quantity: row.quantity,
    quantity_decimal: String(row.quantity),
    subscription,
  };
}

export function pricingOf(price: PriceRow, unit: string | null): LineRow["pricing"] {
  const price_details = { price: price.id, product: price.product };
  return { price_details, type: "price_details", unit_amount_decimal: unit };
}

function blankLine(draft: Draft, currency: string): LineRow {
  return {
    id: draft.newId("line_item"),
    object: "line_item",
    amount: 0,
    currency,
    description: null,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    parent: null,
    period: { start: 0, end: 0 },
    pretax_credit_amounts: [],
    pricing: null,
    quantity: null,
    quantity_decimal: null,
    subscription: null,
    subtotal: 0,
    taxes: [],
  };
}
