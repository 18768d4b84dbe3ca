import type { Draft } from "../draft";
import type { ParamsOf } from "../params";
import { missing } from "../refuse";
import { billPeriods } from "./bill-periods";
import { collectOrSend } from "./advance-invoice";
import { endSubscription, expireSubscription } from "./end-subscription";
import { partsOf, prorate } from "./prorate";
import { detailsOf } from "./read-subscription";
import { dropSchedule } from "./schedule-row";
import { finalizeInvoice, voidInvoice } from "./settle-invoice";
import type { endable } from "./subscription-params";
import { ENDED, itemsOf, type SubscriptionRow } from "./subscription-row";

/** Somebody ends it: with `prorate` unused time is a credit, with `invoice_now` what is pending is billed once more. */
export function endByHand(
  draft: Draft,
  id: string,
  { prorate: gives, invoice_now: bills, cancellation_details: details }: ParamsOf<typeof endable>,
): SubscriptionRow {
  const row = draft.get("subscription", id);
  if (ENDED.has(row.status)) throw missing("subscription", id);
  if (row.status === "incomplete") return endIncomplete(draft, row, detailsOf(details));
  if (gives && row.status === "active") prorate(draft, row, partsOf(itemsOf(draft, id), []));
  if (bills && draft.rows("invoiceitem", { pending: row.customer }).length > 0) billLast(draft, row);
  return endSubscription(draft, id, { reason: "cancellation_requested", details: detailsOf(details) });
}

/** Ends a subscription that never began: an update and no deletion, and its invoice is void. */
export function endIncomplete(
  draft: Draft,
  { id, latest_invoice: invoice, schedule }: SubscriptionRow,
  details: Partial<SubscriptionRow["cancellation_details"]> = {},
): SubscriptionRow {
  expireSubscription(draft, id, { ...details, reason: "cancellation_requested" });
  if (invoice && draft.find("invoice", invoice)?.status === "open") voidInvoice(draft, invoice);
  if (schedule) dropSchedule(draft, schedule, "canceled");
  return draft.get("subscription", id);
}

function billLast(draft: Draft, row: SubscriptionRow): void {
  const since = row.ours.periodStart;
  const invoice = billPeriods(draft, row.id, { reason: "subscription_update", items: [], advances: false, since });
  collectOrSend(draft, finalizeInvoice(draft, invoice.id));
}
