import type { Draft } from "../draft";
import { isTooSmall } from "../objects/currencies";
import { discountLines } from "./discounts";
import { type InvoiceRow, linesOf } from "./invoice-row";

/** Adds up a draft anew, after lines or discounts changed. */
export function totalInvoice(draft: Draft, id: string): InvoiceRow {
  const invoice = draft.get("invoice", id);
  const lines = discountLines(draft, invoice, linesOf(draft, id));
  for (const line of lines) draft.put(line);
  const subtotal = sum(lines.map(({ amount }) => amount));
  const taken = new Map<string, number>();
  for (const { amount, discount } of lines.flatMap((line) => line.discount_amounts ?? [])) {
    taken.set(discount, (taken.get(discount) ?? 0) + amount);
  }
  const total = subtotal - sum([...taken.values()]);
  const owed = Math.max(0, total + (total > 0 ? Math.max(invoice.starting_balance, -total) : 0));
  // What is too small to be charged is added to the balance, and charged with a later invoice.
  const due = isTooSmall(owed, invoice.currency) ? 0 : owed;
  return draft.put({
    ...invoice,
    subtotal,
    subtotal_excluding_tax: subtotal,
    total,
    total_excluding_tax: total,
    total_discount_amounts: [...taken].map(([discount, amount]) => ({ amount, discount })),
    amount_due: due,
    amount_remaining: due,
  });
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
