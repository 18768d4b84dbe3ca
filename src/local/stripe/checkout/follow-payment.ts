import type { Draft } from "../draft";
import { momentOf } from "../payments/confirm-payment";
import { invoiceSale } from "./finish-checkout";
import type { SessionRow } from "./session-row";

/** The bank has answered about a sale that was complete before: the second half of a session with delayed money. */
export function followPayment(draft: Draft, paymentIntentId: string): void {
  const [session] = draft.rows("checkout.session", { payment_intent: paymentIntentId });
  if (!session || session.status !== "complete" || session.payment_status !== "unpaid") return;
  const intent = draft.get("payment_intent", paymentIntentId);
  if (intent.status === "succeeded") return arrived(draft, session, isDelayed(draft, intent.latest_charge));
  if (intent.status !== "requires_payment_method") return;
  draft.emit("checkout.session.async_payment_failed", draft.render(session), momentOf(draft, session));
}

// What was only held and is captured now is paid too, but nobody is told twice.
function arrived(draft: Draft, session: SessionRow, delayed: boolean): void {
  const invoice = session.mode === "payment" ? invoiceSale(draft, session) : {};
  const row = draft.put<SessionRow>({ ...session, ...invoice, payment_status: "paid" });
  if (delayed) draft.emit("checkout.session.async_payment_succeeded", draft.render(row), momentOf(draft, row));
}

function isDelayed(draft: Draft, charge: string | null): boolean {
  return charge !== null && draft.get("charge", charge).payment_method_details?.type !== "card";
}
