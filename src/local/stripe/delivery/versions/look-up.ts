import { itemsOf } from "../../billing/subscription-row";
import type { Draft } from "../../draft";
import { isTable } from "../../kind";
import type { Rendered } from "../../stored";

/** What an old shape shows and the new one does not hold: found in the world, as it is now. */
export interface Lookup {
  object(table: string, id: string): Rendered | null;
  period(subscriptionId: string): { start: number; end: number } | null;
  paymentOf(invoiceId: string): { payment_intent: string | null; charge: string | null } | null;
  invoiceOf(paymentIntentId: string | null): string | null;
  charges(paymentIntentId: string): Rendered[];
  refunds(chargeId: string): Rendered[];
}

export function lookUp(draft: Draft): Lookup {
  return {
    object: (table, id) => (isTable(draft.kinds, table) ? draft.renderById(table, id) : null),
    period: (id) => periodOf(draft, id),
    paymentOf: (id) => paymentOf(draft, id),
    invoiceOf: (id) =>
      id === null ? null : (draft.rows("invoice_payment", { payment_intent: id })[0]?.invoice ?? null),
    charges: (id) => newestFirst(draft, "charge", { payment_intent: id }),
    refunds: (id) => newestFirst(draft, "refund", { charge: id }),
  };
}

function periodOf(draft: Draft, id: string): { start: number; end: number } | null {
  const items = itemsOf(draft, id);
  if (items.length === 0) return null;
  const start = Math.min(...items.map((item) => item.current_period_start));
  return { start, end: Math.max(...items.map((item) => item.current_period_end)) };
}

function paymentOf(draft: Draft, invoice: string): { payment_intent: string | null; charge: string | null } | null {
  const payment = draft.rows("invoice_payment", { invoice }).at(-1)?.payment;
  const intent = payment?.payment_intent ?? null;
  if (!payment) return null;
  const charge = payment.charge ?? (intent ? draft.find("payment_intent", intent)?.latest_charge : null) ?? null;
  return { payment_intent: intent, charge };
}

function newestFirst(draft: Draft, table: "charge" | "refund", by: Record<string, string>): Rendered[] {
  return draft
    .rows(table, by)
    .toReversed()
    .map((row) => draft.render(row));
}
