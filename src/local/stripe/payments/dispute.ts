import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { bool, type Field, listParams, object, type ParamsOf, text, timeRange } from "../params";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { clockOf } from "./clock-of";
import { momentOf } from "./confirm-payment";
import { concede, type DisputeRow, type DisputeStatus, evidenceTexts, isInquiry, moveDispute } from "./move-dispute";

const fields: Record<string, Field<string, false>> = Object.fromEntries(
  evidenceTexts.map((name) => [name, text(20_000)]),
);
const changeable = { evidence: object(fields), metadata, submit: bool() };
const listable = { ...listParams, charge: text(), created: timeRange, payment_intent: text() };
const PATH = "/v1/disputes";

export const dispute: Kind<"dispute"> = {
  prefix: "du",
  idLength: 24,
  indexes: { charge: (row) => row.charge, payment_intent: (row) => row.payment_intent },
  expands: { charge: "charge", payment_intent: "payment_intent" },
  routes: [
    retrieves("dispute", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => updateDispute(draft, ids.id, params)),
    route("POST", `${PATH}/:id/close`, {}, ({ draft, ids }) => draft.render(concede(draft, ids.id))),
    route("GET", PATH, listable, ({ draft, params }) => listDisputes(draft, params)),
  ],
  timers: {
    due: loseByDefault,
    decide,
  },
};

/** Stripe's test mode reads the answer out of the evidence. Anything else is decided by command. */
const VERDICTS: Record<string, DisputeStatus> = {
  winning_evidence: "won",
  losing_evidence: "lost",
  escalate_inquiry_evidence: "needs_response",
};

// Who does not answer in time has lost.
function loseByDefault(draft: Draft, id: string): void {
  const row = draft.get("dispute", id);
  draft.put<DisputeRow>({ ...row, evidence_details: { ...row.evidence_details, past_due: true } });
  moveDispute(draft, id, "lost");
}

function decide(draft: Draft, id: string): void {
  const { evidence, status } = draft.get("dispute", id);
  const verdict = VERDICTS[evidence.uncategorized_text ?? ""];
  if (!verdict || !status.endsWith("under_review")) return;
  if (isInquiry(status)) moveDispute(draft, id, verdict === "needs_response" ? verdict : "warning_closed");
  else if (verdict !== "needs_response") moveDispute(draft, id, verdict);
}

function updateDispute(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("dispute", id);
  const at = momentOf(draft, draft.get("charge", row.charge));
  const before = draft.render(row);
  const submit = params.submit ?? params.evidence !== undefined;
  const changed = draft.put<DisputeRow>({
    ...row,
    evidence: { ...row.evidence, ...params.evidence },
    evidence_details: {
      ...row.evidence_details,
      has_evidence: row.evidence_details.has_evidence || Boolean(params.evidence),
      submission_count: row.evidence_details.submission_count + (submit ? 1 : 0),
    },
    metadata: mergeMetadata(row.metadata, params.metadata),
  });
  draft.emit("charge.dispute.updated", draft.render(changed), { before, ...at });
  return draft.render(submit ? submitEvidence(draft, changed) : changed);
}

function submitEvidence(draft: Draft, row: DisputeRow): DisputeRow {
  if (!row.status.endsWith("needs_response")) return row;
  const charge = draft.get("charge", row.charge);
  draft.setTimer({ kind: "dispute", id: row.id, what: "decide", ...clockOf(draft, charge, 1) });
  return moveDispute(draft, row.id, REVIEW[row.status] ?? "under_review");
}

const REVIEW: Record<string, DisputeStatus> = {
  warning_needs_response: "warning_under_review",
  needs_response: "under_review",
  appeal_needs_response: "appeal_under_review",
};

function listDisputes(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { charge, created, payment_intent: intent } = params;
  return listPage(draft, "dispute", params, {
    url: PATH,
    by: charge ? { charge } : intent ? { payment_intent: intent } : undefined,
    keep: (row) => !intent || row.payment_intent === intent,
    created,
  });
}
