import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { bool, choice, list, listParams, object, type ParamsOf, required, text, timeRange } from "../params";
import { invalid } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { ownMethod } from "./confirm-intent";
import { momentOf } from "./confirm-payment";
import { confirmSetup, newSetupIntent, type SetupIntentRow } from "./confirm-setup";
import { cardRefusal } from "./refuse-decline";

const creatable = {
  allowed_payment_method_types: list(text()),
  automatic_payment_methods: object({ allow_redirects: choice("always", "never"), enabled: required(bool()) }),
  confirm: bool(),
  customer: text(),
  description: text(1000),
  metadata,
  payment_method: text(),
  return_url: text(),
  usage: choice("off_session", "on_session"),
};
const changeable = { customer: text(), description: text(1000), metadata, payment_method: text() };
const confirming = { payment_method: text(), return_url: text() };
const why = choice("abandoned", "duplicate", "requested_by_customer");
const listable = { ...listParams, created: timeRange, customer: text(), payment_method: text() };
const PATH = "/v1/setup_intents";

export const setupIntent: Kind<"setup_intent"> = {
  prefix: "seti",
  idLength: 24,
  indexes: { customer: (row) => row.customer },
  expands: { customer: "customer", payment_method: "payment_method" },
  render: (row, draft) => withFailedMethod(draft, row),
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createSetup(draft, params)),
    retrieves("setup_intent", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => updateSetup(draft, ids.id, params)),
    route("POST", `${PATH}/:id/confirm`, confirming, ({ draft, params, ids }) =>
      confirm(draft, draft.get("setup_intent", ids.id), params.payment_method),
    ),
    route("POST", `${PATH}/:id/cancel`, { cancellation_reason: why }, ({ draft, params, ids }) =>
      cancelSetup(draft, ids.id, params.cancellation_reason),
    ),
    route("GET", PATH, listable, ({ draft, params }) => listSetups(draft, params)),
  ],
};

function withFailedMethod(draft: Draft, row: SetupIntentRow): object {
  const { last_setup_error: error, ours } = row;
  const method = error && ours.failedWith ? draft.renderById("payment_method", ours.failedWith) : null;
  return method ? { ...row, last_setup_error: { ...error, payment_method: method } } : row;
}

function createSetup(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const customer = params.customer ? draft.get("customer", params.customer, "customer").id : null;
  const row = newSetupIntent(draft, {
    customer,
    paymentMethod: params.payment_method ? ownMethod(draft, { customer }, params.payment_method).id : null,
    description: params.description,
    metadata: mergeMetadata({}, params.metadata),
    usage: params.usage,
  });
  return params.confirm ? confirm(draft, row, null) : draft.render(row);
}

function confirm(draft: Draft, intent: SetupIntentRow, wanted: string | null | undefined): Rendered {
  const id = wanted ?? intent.payment_method;
  if (!["requires_payment_method", "requires_confirmation", "requires_action"].includes(intent.status)) {
    throw invalid(`You cannot confirm this SetupIntent because it has a status of ${intent.status}.`, {
      code: "setup_intent_unexpected_state",
    });
  }
  if (!id) throw invalid("You cannot confirm this SetupIntent because it's missing a payment method.");
  const { id: method } = ownMethod(draft, intent.customer ? { customer: intent.customer } : { customer: null }, id);
  const row = confirmSetup(draft, intent, method);
  const rendered = draft.render(row);
  if (!row.last_setup_error) return rendered;
  const payment_method = draft.renderById("payment_method", method);
  throw cardRefusal(row.last_setup_error, { setup_intent: rendered, payment_method });
}

function updateSetup(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("setup_intent", id);
  const customer = params.customer ? draft.get("customer", params.customer, "customer").id : row.customer;
  const method = params.payment_method ? ownMethod(draft, { customer }, params.payment_method).id : row.payment_method;
  const status = row.status === "requires_payment_method" && method ? "requires_confirmation" : row.status;
  const next: SetupIntentRow = {
    ...row,
    customer,
    description: params.description === undefined ? row.description : params.description,
    metadata: mergeMetadata(row.metadata ?? {}, params.metadata),
    payment_method: method,
    status,
  };
  return draft.render(draft.put(next));
}

function cancelSetup(draft: Draft, id: string, reason: SetupIntentRow["cancellation_reason"] | undefined): Rendered {
  const row = draft.get("setup_intent", id);
  if (row.status === "succeeded" || row.status === "canceled") {
    throw invalid(`You cannot cancel this SetupIntent because it has a status of ${row.status}.`, {
      code: "setup_intent_unexpected_state",
    });
  }
  const next = draft.put<SetupIntentRow>({
    ...row,
    cancellation_reason: reason ?? null,
    next_action: null,
    status: "canceled",
  });
  draft.emit("setup_intent.canceled", draft.render(next), momentOf(draft, row));
  return draft.render(next);
}

function listSetups(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { created, customer, payment_method: method } = params;
  return listPage(draft, "setup_intent", params, {
    url: PATH,
    by: customer ? { customer } : undefined,
    keep: (row) => !method || row.payment_method === method,
    created,
  });
}
