import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import { blankProduct } from "../objects/new-product";
import { createPrice, type PriceRow } from "../objects/price";
import type { Stored } from "../stored";
import { amountOf, type Period, pricingOf } from "./invoice-lines";
import { tell } from "./tell";

/** Something to be paid for once. Without an invoice it is pending, and the customer's next invoice takes it. */
export type InvoiceItemRow = Stored<Stripe.InvoiceItem>;

export interface NewInvoiceItem {
  customer: string;
  currency: string;
  /** Either an amount of its own, or a price and how many of it. */
  amount?: number | null | undefined;
  price?: string | null | undefined;
  quantity?: number | null | undefined;
  description?: string | null | undefined;
  period?: Period | null | undefined;
  metadata?: Record<string, string>;
  discounts?: string[];
  discountable?: boolean | null | undefined;
  invoice?: string | null | undefined;
  subscription?: string | null | undefined;
  subscriptionItem?: string | null | undefined;
  proration?: boolean;
}

export function newInvoiceItem(draft: Draft, given: NewInvoiceItem): InvoiceItemRow {
  const { at, clock } = timeFor(draft, given.customer);
  const quantity = given.quantity ?? 1;
  const price = given.price ? draft.get("price", given.price, "price") : loosePrice(draft, given, at);
  const amount = given.amount ?? amountOf(price, quantity);
  const row = draft.put<InvoiceItemRow>({
    id: draft.newId("invoiceitem"),
    object: "invoiceitem",
    amount,
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    date: at,
    description: given.description ?? (given.price ? (draft.find("product", price.product)?.name ?? null) : null),
    discountable: given.discountable ?? amount >= 0,
    discounts: given.discounts ?? [],
    invoice: given.invoice ?? null,
    livemode: false,
    metadata: given.metadata ?? {},
    net_amount: amount,
    parent: parentOf(given),
    period: given.period ?? { start: at, end: at },
    pricing: pricingOf(price, price.unit_amount_decimal),
    proration: given.proration ?? false,
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: [],
    test_clock: clock,
  });
  tell(draft, "invoiceitem.created", row);
  return row;
}

// An amount without a price gets a price and a product of its own, which nothing else can use.
function loosePrice(draft: Draft, { amount, currency, description, quantity }: NewInvoiceItem, at: number): PriceRow {
  const name = description ?? "Invoice item";
  const product = draft.put({ ...blankProduct(draft.newId("product"), name, at), active: false }).id;
  const unit_amount_decimal = String((amount ?? 0) / Math.max(1, quantity ?? 1));
  return createPrice(draft, { active: false, currency, product, unit_amount_decimal });
}

function parentOf({ subscription, subscriptionItem }: NewInvoiceItem): InvoiceItemRow["parent"] {
  if (!subscription) return null;
  const details = subscriptionItem ? { subscription, subscription_item: subscriptionItem } : { subscription };
  return { subscription_details: details, type: "subscription_details" };
}
