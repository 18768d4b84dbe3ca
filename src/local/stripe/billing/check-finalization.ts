import { type Draft, timeFor } from "../draft";
import { type ErrorBody, invalid } from "../refuse";
import type { InvoiceRow } from "./invoice-row";
import { tell } from "./tell";

/** Why Stripe cannot finalize this draft: tax is to be calculated, and no address says where the customer is. */
export function findFinalizationError(draft: Draft, { automatic_tax: tax, customer }: InvoiceRow): ErrorBody | null {
  if (!tax.enabled) return null;
  const payer = customer === null ? null : draft.find("customer", customer);
  if (payer?.shipping?.address?.country ?? payer?.address?.country) return null;
  const message =
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.";
  return invalid(message, { code: "customer_tax_location_invalid" }).error;
}

/** The invoice stays a draft, which is not tried again by itself. */
export function noteFinalizationError(draft: Draft, id: string, error: ErrorBody): InvoiceRow {
  const row = draft.get("invoice", id);
  const before = draft.render(row);
  draft.cancelTimer({ kind: "invoice", id, what: "finalize" });
  const failed = draft.put<InvoiceRow>({
    ...row,
    automatic_tax: { ...row.automatic_tax, status: "requires_location_inputs" },
    automatically_finalizes_at: null,
    last_finalization_error: {
      code: "customer_tax_location_invalid",
      message: error.message,
      type: "invalid_request_error",
      ...(error.doc_url ? { doc_url: error.doc_url } : {}),
    },
  });
  const { at } = timeFor(draft, row.customer);
  draft.emit("invoice.updated", draft.render(failed), { before, at });
  tell(draft, "invoice.finalization_failed", failed);
  return failed;
}
