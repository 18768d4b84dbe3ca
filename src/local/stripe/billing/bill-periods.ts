import type { Draft } from "../draft";
import { createInvoice } from "./create-invoice";
import { periodLine } from "./invoice-lines";
import type { InvoiceRow } from "./invoice-row";
import type { SubscriptionItemRow } from "./subscription-row";

export interface Billing {
  reason: "subscription_cycle" | "subscription_update";
  /** The items whose period has just begun. Pending items of the customer come along. */
  items: readonly SubscriptionItemRow[];
  advances: boolean;
  /** What the invoice looks back on. */
  since: number;
}

/** The invoice of periods that begin now, which becomes the latest one of its subscription. */
export function billPeriods(draft: Draft, id: string, { reason, items, advances, since }: Billing): InvoiceRow {
  const row = draft.get("subscription", id);
  const lines = items.map((item) => {
    const period = { start: item.current_period_start, end: item.current_period_end };
    return periodLine(draft, { subscription: row, item, period, trial: false });
  });
  const invoice = createInvoice(draft, {
    customer: row.customer,
    currency: row.currency,
    reason,
    subscription: row,
    lines,
    takesPending: true,
    advances,
    more: { period_start: since },
  });
  draft.update("subscription", id, { latest_invoice: invoice.id });
  return invoice;
}
