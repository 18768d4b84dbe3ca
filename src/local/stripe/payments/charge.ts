import { checkEmail } from "../check-email";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { integer, listParams, type ParamsOf, text, timeRange } from "../params";
import { invalid } from "../refuse";
import { searches } from "../search-route";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { capturePayment } from "./capture-payment";
import { momentOf } from "./confirm-payment";
import { openDispute } from "./move-dispute";

const changeable = { description: text(), metadata, receipt_email: text() };
const listable = { ...listParams, created: timeRange, customer: text(), payment_intent: text() };
const PATH = "/v1/charges";

/** Charges are not created here: every payment is an intent, and each of its tries has a charge. */
export const charge: Kind<"charge"> = {
  prefix: "ch",
  idLength: 24,
  indexes: { customer: (row) => row.customer, payment_intent: (row) => row.payment_intent },
  expands: { customer: "customer", payment_intent: "payment_intent" },
  includes: {
    // Payouts are not simulated, so nothing is ever booked.
    balance_transaction: () => null,
    failure_balance_transaction: () => null,
    refunds: ({ id }, draft) => listPage(draft, "refund", {}, { url: `${PATH}/${id}/refunds`, by: { charge: id } }),
  },
  routes: [
    retrieves("charge", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => updateCharge(draft, ids.id, params)),
    route("POST", `${PATH}/:id/capture`, { amount: integer({ min: 1 }) }, ({ draft, params, ids }) =>
      capture(draft, ids.id, params.amount),
    ),
    searches("charge", PATH, [
      "amount",
      "created",
      "currency",
      "customer",
      "disputed",
      "metadata",
      "refunded",
      "status",
    ]),
    route("GET", PATH, listable, ({ draft, params }) => listCharges(draft, params)),
  ],
  timers: { dispute: disputeAsItsCardSays },
};

function disputeAsItsCardSays(draft: Draft, id: string): void {
  const { payment_method: method } = draft.get("charge", id);
  const act = method && draft.find("payment_method", method)?.ours.act;
  if (act && act.does === "disputes") openDispute(draft, { charge: id, reason: act.reason, status: act.status });
}

function updateCharge(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("charge", id);
  checkEmail(params.receipt_email, "receipt_email");
  const before = draft.render(row);
  const next = {
    ...row,
    description: params.description === undefined ? row.description : params.description,
    metadata: mergeMetadata(row.metadata, params.metadata),
    receipt_email: params.receipt_email === undefined ? row.receipt_email : params.receipt_email,
  };
  const after = draft.render(draft.put(next));
  draft.emit("charge.updated", after, { before, ...momentOf(draft, row) });
  return after;
}

function capture(draft: Draft, id: string, amount: number | null | undefined): Rendered {
  const row = draft.get("charge", id);
  if (row.captured || !row.payment_intent) {
    throw invalid(`Charge ${id} has already been captured.`, { code: "charge_already_captured" });
  }
  capturePayment(draft, row.payment_intent, amount);
  return draft.render(draft.get("charge", id));
}

function listCharges(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { customer, payment_intent: intent, created } = params;
  return listPage(draft, "charge", params, {
    url: PATH,
    by: intent ? { payment_intent: intent } : customer ? { customer } : undefined,
    keep: (row) => !customer || row.customer === customer,
    created,
  });
}
