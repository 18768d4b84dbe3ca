import type Stripe from "stripe";
import type { Draft } from "../draft";
import { invalid } from "../refuse";
import type { Stored } from "../stored";
import { BANK_TAKES_S, momentOf } from "./confirm-payment";
import type { ChargeRow } from "./new-charge";
import { clockOf } from "./clock-of";

/**
 * pending -> succeeded | failed; succeeded -> failed (a bank sends it back); requires_action -> canceled. As long as it
 * has not failed, its amount counts in the charge's `amount_refunded`, money or not.
 */
export type RefundRow = Stored<Stripe.Refund>;

export interface RefundTerms {
  charge: string;
  /** All that is left, when nothing is said. */
  amount?: number | null | undefined;
  reason?: "duplicate" | "fraudulent" | "requested_by_customer" | null | undefined;
  metadata?: Record<string, string> | undefined;
  /** What the payment's own method would say, when nothing is said: a bank takes its time. */
  status?: "succeeded" | "pending" | "requires_action" | undefined;
}

export function refundPayment(draft: Draft, terms: RefundTerms): RefundRow {
  const charge = draft.get("charge", terms.charge);
  const amount = amountFor(charge, terms.amount);
  refuseDisputed(draft, charge);
  const method = charge.payment_method ? draft.find("payment_method", charge.payment_method) : null;
  const does = method?.ours.act.does;
  const status = terms.status ?? (does === "delays" || does === "refunds late" ? "pending" : "succeeded");
  const row = draft.put(newRefund(draft, { charge, amount, status }, terms));
  draft.emit("refund.created", draft.render(row), momentOf(draft, charge));
  recount(draft, charge.id);
  const due = { kind: "refund", id: row.id, ...clockOf(draft, charge, BANK_TAKES_S) } as const;
  if (status === "pending") draft.setTimer({ ...due, what: "arrive" });
  if (does === "fails refunds") draft.setTimer({ ...due, what: "fail" });
  return row;
}

function amountFor(charge: ChargeRow, wanted: number | null | undefined): number {
  const left = charge.amount_captured - refundedOf(charge);
  if (charge.status !== "succeeded" || !charge.captured) {
    throw invalid(`Charge ${charge.id} cannot be refunded: it was not paid.`, { param: "charge" });
  }
  if (left === 0) {
    const code = "charge_already_refunded";
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code });
  }
  if ((wanted ?? left) > left) {
    const message = `Refund amount (${wanted}) is greater than unrefunded amount on charge (${left})`;
    throw invalid(message, { param: "amount", code: "refund_exceeds_charge_amount" });
  }
  return wanted ?? left;
}

// What was held and never captured went back by itself, and shows in `amount_refunded` too.
function refundedOf(charge: ChargeRow): number {
  return charge.amount_refunded - (charge.amount - charge.amount_captured);
}

function refuseDisputed(draft: Draft, charge: ChargeRow): void {
  const stands = draft.rows("dispute", { charge: charge.id }).some((dispute) => !dispute.is_charge_refundable);
  if (!stands) return;
  throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, { code: "charge_disputed" });
}

function newRefund(
  draft: Draft,
  { charge, amount, status }: { charge: ChargeRow; amount: number; status: string },
  terms: RefundTerms,
): RefundRow {
  const type = charge.payment_method_details?.type ?? "card";
  const card = { reference_status: "pending", reference_type: "acquirer_reference_number", type: "refund" } as const;
  return {
    id: draft.newId("refund"),
    object: "refund",
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: momentOf(draft, charge).at,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: type === "card" ? { card, type } : { type },
    metadata: terms.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(status === "pending" ? { pending_reason: "processing" as const } : {}),
    reason: terms.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status,
    transfer_reversal: null,
  };
}

const COUNTING = ["pending", "requires_action", "succeeded"];

/** Adds up the charge's refunds anew. Only more of them is `charge.refunded`; less is an update of the charge. */
function recount(draft: Draft, chargeId: string): void {
  const charge = draft.get("charge", chargeId);
  const before = draft.render(charge);
  const counting = draft.rows("refund", { charge: chargeId }).filter(({ status }) => COUNTING.includes(status ?? ""));
  const returned = charge.captured ? charge.amount - charge.amount_captured : 0;
  const amount_refunded = returned + counting.reduce((sum, { amount }) => sum + amount, 0);
  const next = draft.put({ ...charge, amount_refunded, refunded: amount_refunded === charge.amount });
  const event = amount_refunded > charge.amount_refunded ? "charge.refunded" : "charge.updated";
  draft.emit(event, draft.render(next), { before, ...momentOf(draft, charge) });
}

/** The bank has taken the refund, or sent it back, or the one who asked for it has thought better. */
export function settleRefund(draft: Draft, id: string, status: "succeeded" | "failed" | "canceled"): RefundRow {
  const row = draft.get("refund", id);
  if (!FROM[status].includes(row.status ?? "")) {
    throw invalid(`A refund with the status ${row.status} cannot become ${status}.`, { param: "id" });
  }
  for (const what of ["arrive", "fail"]) draft.cancelTimer({ kind: "refund", id, what });
  const before = draft.render(row);
  const { pending_reason: _over, ...settled } = row;
  const failure = status === "failed" ? { failure_reason: "expired_or_canceled_card" } : {};
  const next = draft.put<RefundRow>({ ...settled, ...failure, status });
  tellUpdated(draft, next, before, status === "failed" ? "refund.failed" : "refund.updated");
  if (status !== "succeeded" && row.charge) recount(draft, row.charge);
  return next;
}

const FROM = {
  succeeded: ["pending", "requires_action"],
  failed: ["pending", "requires_action", "succeeded"],
  canceled: ["pending", "requires_action"],
};

export function tellUpdated(
  draft: Draft,
  row: RefundRow,
  before: ReturnType<Draft["render"]>,
  event: "refund.failed" | "refund.updated" = "refund.updated",
): void {
  const after = draft.render(row);
  draft.emit(event, after, { before, ...momentOf(draft, row) });
  if (row.charge) draft.emit("charge.refund.updated", after, { before, ...momentOf(draft, row) });
}
