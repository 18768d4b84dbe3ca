import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { bool, choice, integer, listParams, type ParamsOf, text, timeRange } from "../params";
import { invalid, missing } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { refundPayment, settleRefund, tellUpdated } from "./refund-payment";

const creatable = {
  amount: integer({ min: 1 }),
  charge: text(),
  metadata,
  payment_intent: text(),
  reason: choice("duplicate", "fraudulent", "requested_by_customer"),
  refund_application_fee: bool(),
  reverse_transfer: bool(),
};
const listable = { ...listParams, charge: text(), created: timeRange, payment_intent: text() };
const PATH = "/v1/refunds";

export const refund: Kind<"refund"> = {
  prefix: "re",
  idLength: 24,
  indexes: { charge: (row) => row.charge, payment_intent: (row) => row.payment_intent },
  expands: {
    charge: "charge",
    customer: "customer",
    payment_intent: "payment_intent",
    payment_method: "payment_method",
  },
  includes: { balance_transaction: () => null, failure_balance_transaction: () => null },
  timers: {
    arrive: (draft, id) => void settleRefund(draft, id, "succeeded"),
    fail: (draft, id) => void settleRefund(draft, id, "failed"),
  },
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createRefund(draft, params)),
    retrieves("refund", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, { metadata }, ({ draft, params, ids }) => updateRefund(draft, ids.id, params)),
    route("POST", `${PATH}/:id/cancel`, {}, ({ draft, ids }) => cancelRefund(draft, ids.id)),
    route("GET", PATH, listable, ({ draft, params }) => listRefunds(draft, params, PATH)),
    route("GET", "/v1/charges/:id/refunds", listParams, ({ draft, params, ids }) =>
      listRefunds(draft, { ...params, charge: draft.get("charge", ids.id).id }, `/v1/charges/${ids.id}/refunds`),
    ),
  ],
};

function createRefund(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const { amount, reason } = params;
  const row = refundPayment(draft, {
    charge: chargeFor(draft, params),
    amount,
    reason,
    metadata: mergeMetadata({}, params.metadata),
  });
  return draft.render(row);
}

function chargeFor(draft: Draft, { charge, payment_intent: id }: ParamsOf<typeof creatable>): string {
  if (charge) return draft.get("charge", charge, "charge").id;
  if (!id) throw invalid("One of the following params should be provided for this request: payment_intent or charge.");
  const { latest_charge: latest, status } = draft.get("payment_intent", id, "payment_intent");
  if (latest && status === "succeeded") return latest;
  throw missing("successful charge of the payment_intent", id, "payment_intent");
}

function updateRefund(draft: Draft, id: string, params: ParamsOf<{ metadata: typeof metadata }>): Rendered {
  const row = draft.get("refund", id);
  const before = draft.render(row);
  const next = draft.put({ ...row, metadata: mergeMetadata(row.metadata ?? {}, params.metadata) });
  tellUpdated(draft, next, before);
  return draft.render(next);
}

function cancelRefund(draft: Draft, id: string): Rendered {
  const { status } = draft.get("refund", id);
  if (status !== "requires_action") throw invalid(`You cannot cancel this refund because its status is ${status}.`);
  return draft.render(settleRefund(draft, id, "canceled"));
}

function listRefunds(draft: Draft, params: ParamsOf<typeof listable>, url: string): Rendered {
  const { charge, created, payment_intent: intent } = params;
  return listPage(draft, "refund", params, {
    url,
    by: charge ? { charge } : intent ? { payment_intent: intent } : undefined,
    keep: (row) => !intent || row.payment_intent === intent,
    created,
  });
}
