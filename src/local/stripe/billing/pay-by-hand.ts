import type { Draft } from "../draft";
import { invalid, StripeRefusal } from "../refuse";
import { collectInvoice, methodFor } from "./collect-invoice";
import type { InvoiceRow } from "./invoice-row";
import { missingPaymentMethod } from "./refusals";
import { finalizeInvoice, markPaid } from "./settle-invoice";

export interface Paying {
  paid_out_of_band?: boolean | null | undefined;
  payment_method?: string | null | undefined;
  off_session?: boolean | null | undefined;
}

/** Pays an invoice now. A card that declines is an error, and what it left behind stays. */
export function payByHand(draft: Draft, id: string, { paid_out_of_band: outOfBand, ...how }: Paying): InvoiceRow {
  const row = draft.get("invoice", id);
  if (row.status === "paid") throw invalid("Invoice is already paid", { code: "invoice_already_paid" });
  if (row.status === "void")
    throw invalid("This invoice is void and cannot be paid.", { code: "invoice_not_editable" });
  const open = row.status === "draft" ? finalizeInvoice(draft, id) : row;
  if (outOfBand) return markPaid(draft, id, { outOfBand: true });
  const paymentMethod = how.payment_method ?? methodFor(draft, open);
  if (open.amount_remaining > 0 && paymentMethod === null) throw missingPaymentMethod();
  const collected = collectInvoice(draft, id, { paymentMethod, offSession: how.off_session ?? true });
  if (collected && collected.outcome !== "succeeded" && collected.outcome !== "processing") {
    throw declinedBy(draft, collected.paymentIntent.id);
  }
  return draft.get("invoice", id);
}

function declinedBy(draft: Draft, paymentIntent: string): StripeRefusal {
  const intent = draft.get("payment_intent", paymentIntent);
  const asks = intent.status === "requires_action";
  const { code = "card_declined", decline_code, message = "Your card was declined." } = intent.last_payment_error ?? {};
  return new StripeRefusal(
    402,
    {
      type: "card_error",
      code: asks ? "invoice_payment_intent_requires_action" : code,
      message: asks ? "This invoice's payment requires additional user action before it can be completed." : message,
      ...(decline_code === undefined ? {} : { decline_code }),
      payment_intent: draft.render(intent),
    },
    true,
  );
}
