import { type Draft, timeFor } from "../draft";
import { findCustomerDiscount } from "../discounts/customer-discount";
import { livingDiscounts, usedUp } from "./discounts";
import { itemLine } from "./invoice-lines";
import { blankInvoice, type InvoiceRow, type LineRow } from "./invoice-row";
import { type InvoiceItemRow, type NewInvoiceItem, newInvoiceItem } from "./new-invoice-item";
import { recordPayment } from "./record-payment";
import { finalizeInvoice, markPaid } from "./settle-invoice";
import { billingSettings } from "./settings";
import type { SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";
import { totalInvoice } from "./total-invoice";

export interface NewInvoice {
  customer: string;
  currency: string;
  reason: NonNullable<InvoiceRow["billing_reason"]>;
  subscription?: SubscriptionRow | null;
  /** Lines for the periods of a subscription. */
  lines?: readonly LineRow[];
  /** Whether what waits for the next invoice of this customer is taken along. */
  takesPending: boolean;
  /** Whether Stripe finalizes and collects it by itself. */
  advances?: boolean;
  more?: Partial<InvoiceRow>;
}

/** A draft with its lines, and the event of it. */
export function createInvoice(draft: Draft, given: NewInvoice): InvoiceRow {
  const { subscription = null, customer, currency } = given;
  const blank = blankInvoice(draft, customer, currency);
  const balance = draft.get("customer", customer).balance;
  const row = draft.put<InvoiceRow>({
    ...blank,
    ...(subscription ? billedFor(draft, subscription) : { discounts: inheritedDiscounts(draft, customer, []) }),
    starting_balance: balance,
    billing_reason: given.reason,
    auto_advance: given.advances ?? false,
    ...given.more,
  });
  for (const line of given.lines ?? []) draft.put({ ...line, invoice: row.id });
  if (given.takesPending) for (const item of pendingItems(draft, row, subscription)) takeItem(draft, row, item);
  const totaled = totalInvoice(draft, row.id);
  dropUsed(draft, totaled, subscription);
  if (given.advances) finalizesLater(draft, totaled);
  const created = draft.get("invoice", row.id);
  tell(draft, "invoice.created", created);
  return created;
}

function billedFor(draft: Draft, row: SubscriptionRow): Partial<InvoiceRow> {
  const { at } = timeFor(draft, row.customer);
  const due = row.collection_method === "send_invoice" ? at + (row.days_until_due ?? 30) * 86_400 : null;
  return {
    collection_method: row.collection_method,
    default_payment_method: null,
    discounts: inheritedDiscounts(draft, row.customer, livingDiscounts(draft, row.discounts, at)),
    due_date: due,
    parent: {
      quote_details: null,
      subscription_details: { metadata: row.metadata, subscription: row.id },
      type: "subscription_details",
    },
    ours: { subscription: row.id, paymentIntent: null },
  };
}

// Without a discount of its own, an invoice has that of its customer.
function inheritedDiscounts(draft: Draft, customer: string, own: string[]): string[] {
  const inherited = own.length > 0 ? null : findCustomerDiscount(draft, customer);
  return inherited ? [inherited.id] : own;
}

// A coupon for one invoice has done its work.
function dropUsed(draft: Draft, invoice: InvoiceRow, subscription: SubscriptionRow | null): void {
  const used = usedUp(draft, invoice);
  if (used.length === 0) return;
  const { at } = timeFor(draft, invoice.customer);
  const ofCustomer = invoice.customer === null ? null : findCustomerDiscount(draft, invoice.customer);
  if (ofCustomer && used.includes(ofCustomer.id)) draft.put({ ...ofCustomer, end: at });
  if (!subscription) return;
  const row = draft.get("subscription", subscription.id);
  draft.put({ ...row, discounts: row.discounts.filter((discount) => !used.includes(discount)) });
}

// What was made for one subscription waits for an invoice of that one; what was made for none goes with any.
function pendingItems(draft: Draft, row: InvoiceRow, subscription: SubscriptionRow | null): InvoiceItemRow[] {
  const fits = (item: InvoiceItemRow): boolean => {
    const own = item.parent?.subscription_details?.subscription ?? null;
    return item.currency === row.currency && (own === null || own === subscription?.id);
  };
  return row.customer === null ? [] : draft.rows("invoiceitem", { pending: row.customer }).filter(fits);
}

/** Puts an item on a draft, as a line of its own. */
export function takeItem(draft: Draft, invoice: InvoiceRow, item: InvoiceItemRow): void {
  draft.put({ ...item, invoice: invoice.id });
  draft.put({ ...itemLine(draft, item), invoice: invoice.id });
}

function finalizesLater(draft: Draft, { id, customer }: InvoiceRow): void {
  const { at, clock } = timeFor(draft, customer);
  const automatically_finalizes_at = at + billingSettings(draft).draftForS;
  draft.update("invoice", id, { automatically_finalizes_at });
  draft.setTimer({ kind: "invoice", id, what: "finalize", at: automatically_finalizes_at, clock });
}

export interface PaidInvoice {
  customer: string;
  currency: string;
  lines: readonly Omit<NewInvoiceItem, "customer" | "currency" | "invoice">[];
  /** The payment that has been made already; null when nothing was due or the money came another way. */
  paidBy: { paymentIntent: string } | null;
  description?: string | null;
  footer?: string | null;
  metadata?: Record<string, string>;
  discounts?: string[];
}

/** The invoice of a sale that is over, such as that of a session with `invoice_creation`. */
export function createPaidInvoice(draft: Draft, given: PaidInvoice): InvoiceRow {
  const { customer, currency, paidBy, description = null, footer = null } = given;
  const more = { description, footer, metadata: given.metadata ?? {}, discounts: given.discounts ?? [] };
  const { id } = createInvoice(draft, { customer, currency, reason: "manual", takesPending: false, more });
  for (const line of given.lines) {
    const item = newInvoiceItem(draft, { ...line, customer, currency, invoice: id });
    draft.put({ ...itemLine(draft, item), invoice: id });
  }
  totalInvoice(draft, id);
  finalizeInvoice(draft, id);
  if (paidBy) recordPayment(draft, id, paidBy.paymentIntent, "paid");
  return markPaid(draft, id);
}
