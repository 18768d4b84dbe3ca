import type Stripe from "stripe";
import type { Draft } from "../draft";
import { invalid } from "../refuse";
import type { Stored } from "../stored";
import { clockOf } from "./clock-of";
import { momentOf } from "./confirm-payment";
import type { ChargeRow } from "./new-charge";

/**
 * An inquiry: warning_needs_response -> warning_under_review -> warning_closed; no money moves, unless it escalates.
 * A dispute: needs_response -> under_review -> won | lost; lost may be appealed and is then won or lost again.
 * prevented: settled before it became one.
 */
export type DisputeRow = Stored<Stripe.Dispute>;

export type DisputeStatus =
  | "warning_needs_response"
  | "warning_under_review"
  | "warning_closed"
  | "needs_response"
  | "under_review"
  | "appeal_needs_response"
  | "appeal_under_review"
  | "won"
  | "lost"
  | "prevented";

const NEXT: Record<DisputeStatus, readonly DisputeStatus[]> = {
  warning_needs_response: ["warning_under_review", "warning_closed", "needs_response", "prevented"],
  warning_under_review: ["warning_closed", "needs_response"],
  warning_closed: [],
  needs_response: ["under_review", "won", "lost", "prevented"],
  under_review: ["won", "lost"],
  appeal_needs_response: ["appeal_under_review", "won", "lost"],
  appeal_under_review: ["won", "lost"],
  won: [],
  lost: ["appeal_needs_response"],
  prevented: [],
};

const CLOSED: readonly string[] = ["warning_closed", "won", "lost", "prevented"];
const RESPOND_WITHIN_S = 9 * 86_400;

export interface DisputeTerms {
  charge: string;
  amount?: number | undefined;
  reason?: string | undefined;
  /** `warning_needs_response` is an inquiry. */
  status?: "needs_response" | "warning_needs_response" | "prevented" | undefined;
}

export function openDispute(draft: Draft, terms: DisputeTerms): DisputeRow {
  const charge = draft.get("charge", terms.charge);
  if (charge.status !== "succeeded" || !charge.captured)
    throw invalid(`Charge ${charge.id} cannot be disputed: it was not paid.`);
  const row = draft.put(newDispute(draft, charge, terms));
  draft.update("charge", charge.id, { disputed: true });
  draft.emit("charge.dispute.created", draft.render(row), momentOf(draft, charge));
  if (row.status !== "needs_response") return row;
  draft.emit("charge.dispute.funds_withdrawn", draft.render(row), momentOf(draft, charge));
  awaitResponse(draft, row.id, charge);
  return row;
}

function awaitResponse(draft: Draft, id: string, charge: ChargeRow): void {
  draft.setTimer({ kind: "dispute", id, what: "due", ...clockOf(draft, charge, RESPOND_WITHIN_S) });
}

function newDispute(draft: Draft, charge: ChargeRow, terms: DisputeTerms): DisputeRow {
  const { at } = momentOf(draft, charge);
  const { status = "needs_response", reason = "fraudulent" } = terms;
  const brand = charge.payment_method_details?.card?.brand ?? "visa";
  return {
    id: draft.newId("dispute"),
    object: "dispute",
    amount: terms.amount ?? charge.amount_captured,
    balance_transactions: [],
    charge: charge.id,
    created: at,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: at + RESPOND_WITHIN_S,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "manual",
    },
    intended_submission_method: null,
    is_charge_refundable: status !== "needs_response",
    livemode: false,
    metadata: {},
    network_reason_code: "10.4",
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand,
        case_type: status === "needs_response" ? "chargeback" : "inquiry",
        network: brand,
        network_reason_code: "10.4",
      },
      type: "card",
    },
    reason,
    status,
  };
}

export const evidenceTexts = [
  "access_activity_log",
  "billing_address",
  "cancellation_policy_disclosure",
  "cancellation_rebuttal",
  "customer_email_address",
  "customer_name",
  "customer_purchase_ip",
  "duplicate_charge_explanation",
  "duplicate_charge_id",
  "product_description",
  "refund_policy_disclosure",
  "refund_refusal_explanation",
  "service_date",
  "shipping_address",
  "shipping_carrier",
  "shipping_date",
  "shipping_tracking_number",
  "uncategorized_text",
] as const;

function noEvidence(): DisputeRow["evidence"] {
  return {
    access_activity_log: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: null,
    customer_name: null,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  };
}

/** Where the dispute goes from here, with the money that goes with it. Refuses a step that no bank would take. */
export function moveDispute(draft: Draft, id: string, status: DisputeStatus): DisputeRow {
  const row = draft.get("dispute", id);
  const from = Object.entries(NEXT).find(([name]) => name === row.status)?.[1] ?? [];
  if (!from.includes(status)) throw invalid(`A dispute with the status ${row.status} cannot become ${status}.`);
  draft.cancelTimer({ kind: "dispute", id, what: "due" });
  const before = draft.render(row);
  const escalates = isInquiry(row.status) && status === "needs_response";
  const charge = draft.get("charge", row.charge);
  const at = momentOf(draft, charge);
  const next = draft.put<DisputeRow>({ ...row, status, ...(escalates ? escalated(row, at.at) : {}) });
  const after = draft.render(next);
  draft.emit("charge.dispute.updated", after, { before, ...at });
  if (escalates) draft.emit("charge.dispute.funds_withdrawn", after, at);
  if (status === "needs_response") awaitResponse(draft, id, charge);
  if (status === "won" && !isInquiry(row.status)) draft.emit("charge.dispute.funds_reinstated", after, at);
  if (CLOSED.includes(status)) draft.emit("charge.dispute.closed", after, at);
  return next;
}

// The inquiry has become a chargeback: the money is gone, and the time to answer begins anew.
function escalated(row: DisputeRow, at: number): Partial<DisputeRow> {
  const { card } = row.payment_method_details ?? {};
  return {
    is_charge_refundable: false,
    evidence_details: { ...row.evidence_details, due_by: at + RESPOND_WITHIN_S },
    ...(card ? { payment_method_details: { type: "card", card: { ...card, case_type: "chargeback" } } } : {}),
  };
}

export function isInquiry(status: string): boolean {
  return status.startsWith("warning_");
}

/** `close`: the seller gives in. An inquiry is closed without loss, anything else is lost. */
export function concede(draft: Draft, id: string): DisputeRow {
  const { status } = draft.get("dispute", id);
  return moveDispute(draft, id, isInquiry(status) ? "warning_closed" : "lost");
}
