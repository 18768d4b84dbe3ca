import { isObject } from "../delivery/versions/at-version";
import { type Draft, timeFor } from "../draft";
import type { Rendered } from "../stored";
import { renewSubscription } from "./renew-subscription";
import type { SubscriptionRow } from "./subscription-row";

/** Tells of the invoice that the next renewal will make. It does not exist yet, so it is shown without an id. */
export function tellUpcoming(draft: Draft, row: SubscriptionRow): void {
  const shown = previewRenewal(draft, row);
  if (shown) draft.emit("invoice.upcoming", shown, { at: timeFor(draft, row.customer).at });
}

function previewRenewal(draft: Draft, { id, customer, ours, test_clock: clock }: SubscriptionRow): Rendered | null {
  return draft.preview(ours.periodEnd, (copy) => {
    if (clock) copy.update("test_helpers.test_clock", clock, { frozen_time: ours.periodEnd });
    const { latest_invoice: before } = copy.get("subscription", id);
    renewSubscription(copy, id);
    const { latest_invoice: made } = copy.get("subscription", id);
    if (!made || made === before) return null;
    const { id: _none, lines, ...invoice } = copy.render(copy.get("invoice", made));
    const url = `/v1/invoices/upcoming/lines?customer=${customer}&subscription=${id}`;
    const automatically_finalizes_at = null;
    return {
      ...invoice,
      automatically_finalizes_at,
      billing_reason: "upcoming",
      lines: withoutInvoice(lines, url),
      next_payment_attempt: invoice["automatically_finalizes_at"],
    };
  });
}

function withoutInvoice(lines: unknown, url: string): Rendered {
  const list = isObject(lines) ? lines : {};
  const data = Array.isArray(list["data"]) ? list["data"].filter(isObject) : [];
  return { ...list, data: data.map((line) => ({ ...line, invoice: null })), url };
}
