import type { Draft } from "../draft";
import { creditAttached } from "./attach-payment";
import { noteFailure, settlePaid } from "./collect-invoice";

/** The payment of an invoice went on without us: the owner of the card agreed, or the bank has answered. */
export function moveInvoicePayment(draft: Draft, paymentIntent: string): void {
  const [joined] = draft.rows("invoice_payment", { payment_intent: paymentIntent });
  const row = joined && draft.find("invoice", joined.invoice);
  if (!row || (row.status !== "open" && row.status !== "uncollectible")) return;
  const { status } = draft.get("payment_intent", paymentIntent);
  if (!joined.is_default) {
    if (status === "succeeded" && joined.status === "open") creditAttached(draft, joined);
  } else if (status === "succeeded") settlePaid(draft, row.id, paymentIntent);
  else if (status === "requires_payment_method") noteFailure(draft, row.id, { outcome: "requires_payment_method" });
}
