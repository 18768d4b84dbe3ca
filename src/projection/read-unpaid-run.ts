import type Stripe from "stripe";
import type { UnpaidRun } from "../access/fact";
import { HOUR } from "../base/durations";
import type { UnpaidPapers } from "./papers";
import { momentOf } from "./read-references";

interface Failed {
  invoice: Stripe.Invoice;
  failedAt: Date;
}

/**
 * The run of invoices that were not paid since an invoice above zero was last paid, voided ones too. It depends on Stripe's
 * invoices alone: whoever reads it, and whenever, finds the same beginning. Null when there is no unpaid invoice at all.
 */
export function readUnpaidRun({ invoices, charges }: UnpaidPapers, observedAt: Date): UnpaidRun | null {
  const paidAt = lastPaidAt(invoices);
  const failed = invoices.flatMap((invoice): Failed[] => {
    const failedAt = failedAtOf(invoice, charges.get(invoice.id) ?? [], observedAt);
    return failedAt ? [{ invoice, failedAt }] : [];
  });
  const since = failed.filter(({ failedAt }) => paidAt === null || failedAt >= paidAt);
  // A later invoice was paid before this one, or it waits for its customer and nobody has tried to collect it.
  const open = failed.filter(({ invoice }) => invoice.status === "open");
  const waiting = invoices.filter(({ status }) => status === "open").map(toWaiting);
  const run = [since, open, waiting].find((each) => each.length > 0)?.toSorted(byTime);
  if (!run?.[0]) return null;
  const listed = run.map(({ invoice, failedAt }) => ({ id: invoice.id, failedAt }));
  return { sinceAt: run[0].failedAt, paidAt, invoices: listed };
}

/** Whether it could have failed since then: what was closed before that, or never issued, could not. */
export function mayHaveFailed(invoice: Stripe.Invoice, invoices: readonly Stripe.Invoice[]): boolean {
  const paidAt = lastPaidAt(invoices);
  const closedAt = closedAtOf(invoice);
  return isUnpaid(invoice) && (paidAt === null || closedAt === null || closedAt >= paidAt);
}

function lastPaidAt(invoices: readonly Stripe.Invoice[]): Date | null {
  const moments = invoices
    .filter(({ status, total }) => status === "paid" && total > 0)
    .map((invoice) => invoice.status_transitions.paid_at ?? invoice.created);
  return moments.length === 0 ? null : momentOf(Math.max(...moments));
}

/** Null: it is paid, not due yet, or nobody has tried to collect it. */
function failedAtOf(invoice: Stripe.Invoice, charges: readonly Stripe.Charge[], observedAt: Date): Date | null {
  if (!isUnpaid(invoice)) return null;
  if (invoice.collection_method === "send_invoice") {
    const dueAt = dueAtOf(invoice);
    return dueAt <= (closedAtOf(invoice) ?? observedAt) ? dueAt : null;
  }
  const failed = charges.filter(({ status }) => status === "failed").map(({ created }) => created);
  if (failed.length === 0) return invoice.attempted ? finalizedAtOf(invoice) : null;
  return firstTryOf(invoice, momentOf(Math.min(...failed)));
}

/**
 * Stripe tries to collect a renewal as soon as it is finalized. That try leaves no charge when there was no card, or when
 * the bank asked for authentication. A charge that failed later belongs to another try.
 */
function firstTryOf(invoice: Stripe.Invoice, chargedAt: Date): Date {
  const finalizedAt = finalizedAtOf(invoice);
  const isRenewal = invoice.billing_reason === "subscription_cycle";
  return isRenewal && chargedAt.getTime() - finalizedAt.getTime() > HOUR ? finalizedAt : chargedAt;
}

function toWaiting(invoice: Stripe.Invoice): Failed {
  const isSent = invoice.collection_method === "send_invoice";
  return { invoice, failedAt: isSent ? dueAtOf(invoice) : finalizedAtOf(invoice) };
}

function isUnpaid({ status }: Stripe.Invoice): boolean {
  return status === "open" || status === "void" || status === "uncollectible";
}

function dueAtOf(invoice: Stripe.Invoice): Date {
  return momentOf(invoice.due_date) ?? finalizedAtOf(invoice);
}

function finalizedAtOf(invoice: Stripe.Invoice): Date {
  return momentOf(invoice.status_transitions.finalized_at ?? invoice.created);
}

function closedAtOf({ status_transitions: at }: Stripe.Invoice): Date | null {
  const moments = [at.voided_at, at.marked_uncollectible_at].filter((each) => each !== null);
  return moments.length === 0 ? null : momentOf(Math.min(...moments));
}

function byTime(a: Failed, b: Failed): number {
  return a.failedAt.getTime() - b.failedAt.getTime() || (a.invoice.id < b.invoice.id ? -1 : 1);
}
