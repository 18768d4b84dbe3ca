import { type Draft, timeFor } from "../draft";
import { invalid } from "../refuse";
import { billPeriods } from "./bill-periods";
import { collectInvoice } from "./collect-invoice";
import type { InvoiceRow } from "./invoice-row";
import { pauseNow, restartPeriods, resumeNow } from "./pause-subscription";
import { cycleOf, periodEnd } from "./period";
import { partsOf, prorate } from "./prorate";
import { finalizeInvoice, voidInvoice } from "./settle-invoice";
import { isFlexible, itemsOf, type SubscriptionRow } from "./subscription-row";
import { syncItems } from "./change-subscription";

export interface Pausing {
  /** From when on unused time is given back. */
  unusedTimeFrom?: "now" | "none" | "item_current_period_start" | undefined;
  invoicing?: "invoice" | "pending_invoice_item" | undefined;
}

/** Somebody asked for a pause: the service stops, and what was paid for the rest of the period is a credit. */
export function pauseSubscription(
  draft: Draft,
  id: string,
  { unusedTimeFrom = "now", invoicing }: Pausing = {},
): SubscriptionRow {
  const row = draft.get("subscription", id);
  if (!isFlexible(row)) throw invalid("You can only pause a subscription whose billing mode is `flexible`.");
  if (row.schedule) throw invalid("You cannot pause a subscription with an attached schedule.");
  if (row.status !== "active" && row.status !== "trialing" && row.status !== "past_due") {
    throw invalid(`You cannot pause a subscription whose status is ${row.status}.`);
  }
  const credits = row.status === "active" && unusedTimeFrom !== "none";
  if (credits) {
    const at = unusedTimeFrom === "now" ? timeFor(draft, row.customer).at : row.ours.periodStart;
    const made = prorate(draft, row, partsOf(itemsOf(draft, id), []), at);
    if (made > 0 && invoicing === "invoice") billNow(draft, id, false);
  }
  return pauseNow(draft, id, "pause_requested");
}

export interface Resuming {
  anchor?: "now" | "unchanged" | undefined;
  proration?: "always_invoice" | "create_prorations" | "none" | undefined;
  payment?: "resume_on_payment_attempt" | "resume_on_payment_success" | undefined;
}

const RESUMPTION_S = 23 * 3_600;

/**
 * Back into service. With an invoice, it is finalized and tried now: by default the attempt is enough to resume, and a
 * failed one leaves the subscription past due; when success is asked for, it stays paused until the invoice is paid,
 * which is voided after 23 hours.
 */
export function resumeSubscription(draft: Draft, id: string, resuming: Resuming = {}): SubscriptionRow {
  const row = draft.get("subscription", id);
  if (row.status !== "paused") throw invalid(`You cannot resume a subscription whose status is ${row.status}.`);
  if (row.collection_method === "send_invoice") {
    throw invalid("Resume is only available for subscriptions that use charge_automatically collection.");
  }
  // Asked again, it begins again: what the first attempt left unpaid is void.
  const { resumption: former } = row.ours;
  if (former && draft.find("invoice", former)?.status === "open") voidInvoice(draft, former);
  const invoice = billResumption(draft, row, resuming);
  if (!invoice) return resumeNow(draft, id, { restart: false });
  if (resuming.payment !== "resume_on_payment_success") {
    resumeNow(draft, id, { restart: false });
    finalizeAndCollect(draft, invoice);
    return draft.get("subscription", id);
  }
  const waiting = draft.get("subscription", id);
  draft.put({ ...waiting, ours: { ...waiting.ours, resumption: invoice.id } });
  const { at, clock } = timeFor(draft, row.customer);
  draft.setTimer({ kind: "subscription", id, what: "resumption", at: at + RESUMPTION_S, clock });
  finalizeAndCollect(draft, invoice);
  return draft.get("subscription", id);
}

function finalizeAndCollect(draft: Draft, { id }: InvoiceRow): void {
  finalizeInvoice(draft, id);
  collectInvoice(draft, id, { offSession: false });
}

function billResumption(
  draft: Draft,
  row: SubscriptionRow,
  { anchor = "now", proration }: Resuming,
): InvoiceRow | null {
  if (anchor === "now") {
    restartPeriods(draft, row.id);
    return billNow(draft, row.id, true);
  }
  catchUp(draft, row);
  if (proration === "none") return null;
  const made = prorate(draft, row, partsOf([], itemsOf(draft, row.id)));
  return made > 0 && proration === "always_invoice" ? billNow(draft, row.id, false) : null;
}

// The period that time has reached, counted from the old anchor; those that passed meanwhile are never billed.
function catchUp(draft: Draft, row: SubscriptionRow): void {
  const { at } = timeFor(draft, row.customer);
  for (const item of itemsOf(draft, row.id)) {
    const cycle = cycleOf(draft.get("price", item.price));
    let next = item;
    while (next.current_period_end <= at) {
      const start = next.current_period_end;
      next = {
        ...next,
        current_period_start: start,
        current_period_end: periodEnd(row.billing_cycle_anchor, start, cycle),
      };
    }
    draft.put(next);
  }
  syncItems(draft, row.id);
}

function billNow(draft: Draft, id: string, periods: boolean): InvoiceRow {
  const items = periods ? itemsOf(draft, id) : [];
  const { at } = timeFor(draft, draft.get("subscription", id).customer);
  return billPeriods(draft, id, { reason: "subscription_update", items, advances: false, since: at });
}
