import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata } from "../metadata";
import { pageUrl } from "../objects/page-address";
import { bool, choice, integer, list, listParams, object, type ParamsOf, required, text } from "../params";
import { invalid, missing } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { checkFits, checkUrl } from "./check-session";
import { checkTotal, leavesAmount } from "./check-total";
import { invoiceCreation } from "./create-session";
import { lineFields } from "./line-params";
import type { PaymentLinkRow } from "./link-row";
import { makeLines } from "./make-lines";
import { pageOfLines } from "./page-of-lines";
import { pageFields, paymentDataFields, subscriptionDataFields } from "./session-params";
import type { Line } from "./session-row";
import { priceLines } from "./total-session";

const { receipt_email: _r, shipping: _s, ...paymentFields } = paymentDataFields;
const { trial_end: _t, billing_mode: _b, ...subscriptionFields } = subscriptionDataFields;
const { line_items: _l, customer_creation, ...page } = pageFields;

const changeable = {
  ...page,
  active: bool(),
  after_completion: object({
    hosted_confirmation: object({ custom_message: text(500) }),
    redirect: object({ url: required(text(2048)) }),
    type: required(choice("hosted_confirmation", "redirect")),
  }),
  customer_creation,
  inactive_message: text(500),
  payment_intent_data: object(paymentFields),
  subscription_data: object(subscriptionFields),
};
const creatable = {
  ...changeable,
  currency: text(3),
  line_items: required(list(object(lineFields))),
  payment_method_types: list(text()),
};
const updatable = { ...changeable, line_items: list(object({ id: required(text()), quantity: integer({ min: 0 }) })) };
const PATH = "/v1/payment_links";

export const paymentLink: Kind<"payment_link"> = {
  prefix: "plink",
  idLength: 24,
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createLink(draft, params)),
    retrieves("payment_link", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, updatable, ({ draft, params, ids }) => updateLink(draft, ids.id, params)),
    route("GET", `${PATH}/:id/line_items`, listParams, ({ draft, params, ids }) =>
      pageOfLines(draft, draft.get("payment_link", ids.id).ours.lines, params, `${PATH}/${ids.id}/line_items`),
    ),
    route("GET", PATH, { ...listParams, active: bool() }, ({ draft, params }) =>
      listPage(draft, "payment_link", params, {
        url: PATH,
        keep: ({ active }) => (params.active ?? active) === active,
      }),
    ),
  ],
  includes: {
    line_items: (row, draft) => pageOfLines(draft, row.ours.lines, {}, `${PATH}/${row.id}/line_items`),
  },
};

function createLink(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const mode = isRecurring(draft, params.line_items) ? "subscription" : "payment";
  checkFits(settingsOf(params), mode);
  const lines = priceLines(draft, makeLines(draft, params.line_items, mode));
  const [first] = lines;
  if (!first) throw invalid("A payment link needs at least one line.", { param: "line_items" });
  if (lines.length > 20) throw invalid("A payment link may have at most 20 lines.", { param: "line_items" });
  if (!leavesAmount(draft, lines)) checkTotal(sum(lines), first.currency);
  const id = draft.newId("payment_link");
  const blank = blankLink(first.currency, mode);
  const row: PaymentLinkRow = {
    ...blank,
    id,
    object: "payment_link",
    payment_method_types: params.payment_method_types ?? null,
    url: pageUrl(draft, `/pl/${id}`),
    ours: { lines, mode, subscriptionData: null },
  };
  const rendered = draft.render(draft.put(changed(row, params)));
  draft.emit("payment_link.created", rendered);
  return rendered;
}

function sum(lines: readonly Line[]): number {
  return lines.reduce((all, { subtotal }) => all + subtotal, 0);
}

// The texts, names and lines of a link go with every mode.
function settingsOf({
  customer_creation,
  invoice_creation,
  payment_intent_data,
  payment_method_collection,
  subscription_data,
}: ParamsOf<typeof changeable>): Parameters<typeof checkFits>[0] {
  return { customer_creation, invoice_creation, payment_intent_data, payment_method_collection, subscription_data };
}

function isRecurring(draft: Draft, lines: ParamsOf<typeof creatable>["line_items"]): boolean {
  return lines.some(({ price, price_data: data }) =>
    price ? draft.find("price", price)?.type === "recurring" : Boolean(data?.recurring),
  );
}

function blankLink(
  currency: string,
  mode: "payment" | "subscription",
): Omit<PaymentLinkRow, "id" | "object" | "url" | "ours" | "payment_method_types"> {
  return {
    active: true,
    after_completion: { hosted_confirmation: { custom_message: null }, type: "hosted_confirmation" },
    allow_promotion_codes: false,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null },
    billing_address_collection: "auto",
    consent_collection: null,
    currency,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer_creation: mode === "payment" ? "if_required" : "always",
    inactive_message: null,
    invoice_creation: mode === "payment" ? invoiceCreation(undefined) : null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    on_behalf_of: null,
    payment_intent_data: null,
    payment_method_collection: mode === "payment" ? "if_required" : "always",
    payment_method_options: null,
    phone_number_collection: { enabled: false },
    restrictions: null,
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: "auto",
    subscription_data: null,
    tax_id_collection: { enabled: false, required: "never" },
    transfer_data: null,
  };
}

function changed(row: PaymentLinkRow, params: ParamsOf<typeof changeable>): PaymentLinkRow {
  const { consent_collection: consent, custom_text: words } = params;
  return {
    ...row,
    active: params.active ?? row.active,
    after_completion: afterCompletion(row, params.after_completion),
    allow_promotion_codes: params.allow_promotion_codes ?? row.allow_promotion_codes,
    automatic_tax: params.automatic_tax
      ? { enabled: params.automatic_tax.enabled, liability: params.automatic_tax.enabled ? { type: "self" } : null }
      : row.automatic_tax,
    billing_address_collection: params.billing_address_collection ?? row.billing_address_collection,
    consent_collection: consent
      ? {
          payment_method_reuse_agreement: null,
          promotions: consent.promotions ?? null,
          terms_of_service: consent.terms_of_service ?? null,
        }
      : row.consent_collection,
    custom_text: words ? { ...row.custom_text, ...withoutUndefined(words) } : row.custom_text,
    customer_creation: params.customer_creation ?? row.customer_creation,
    inactive_message: params.inactive_message === undefined ? row.inactive_message : params.inactive_message,
    invoice_creation: params.invoice_creation ? invoiceCreation(params.invoice_creation) : row.invoice_creation,
    metadata: mergeMetadata(row.metadata, params.metadata),
    payment_intent_data: params.payment_intent_data ? paymentData(params.payment_intent_data) : row.payment_intent_data,
    payment_method_collection: params.payment_method_collection ?? row.payment_method_collection,
    phone_number_collection: params.phone_number_collection ?? row.phone_number_collection,
    submit_type: params.submit_type ?? row.submit_type,
    subscription_data: params.subscription_data ? subscriptionData(params.subscription_data) : row.subscription_data,
    tax_id_collection: params.tax_id_collection
      ? { enabled: params.tax_id_collection.enabled, required: params.tax_id_collection.required ?? "never" }
      : row.tax_id_collection,
  };
}

type Words = PaymentLinkRow["custom_text"];

function withoutUndefined(words: { [K in keyof Words]?: Words[K] | undefined }): Partial<Words> {
  return Object.fromEntries(Object.entries(words).filter(([, word]) => word !== undefined));
}

function afterCompletion(
  row: PaymentLinkRow,
  given: ParamsOf<typeof changeable>["after_completion"],
): PaymentLinkRow["after_completion"] {
  if (!given) return row.after_completion;
  if (given.type === "hosted_confirmation") {
    return {
      type: given.type,
      hosted_confirmation: { custom_message: given.hosted_confirmation?.custom_message ?? null },
    };
  }
  if (!given.redirect)
    throw invalid("Missing required param: after_completion[redirect].", { param: "after_completion" });
  checkUrl(given.redirect.url, "after_completion[redirect][url]");
  return { type: given.type, redirect: { url: given.redirect.url } };
}

function paymentData(
  given: NonNullable<ParamsOf<typeof changeable>["payment_intent_data"]>,
): PaymentLinkRow["payment_intent_data"] {
  return {
    capture_method: given.capture_method ?? null,
    description: given.description ?? null,
    metadata: given.metadata ?? {},
    setup_future_usage: given.setup_future_usage ?? null,
    statement_descriptor: given.statement_descriptor ?? null,
    statement_descriptor_suffix: null,
    transfer_group: null,
  };
}

function subscriptionData(
  given: NonNullable<ParamsOf<typeof changeable>["subscription_data"]>,
): PaymentLinkRow["subscription_data"] {
  return {
    description: given.description ?? null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: "self" },
    },
    metadata: given.metadata ?? {},
    trial_period_days: given.trial_period_days ?? null,
    trial_settings: given.trial_settings ?? null,
  };
}

function updateLink(draft: Draft, id: string, params: ParamsOf<typeof updatable>): Rendered {
  const row = draft.get("payment_link", id);
  const before = draft.render(row);
  checkFits(settingsOf(params), row.ours.mode);
  for (const { id: line } of params.line_items ?? []) {
    if (!row.ours.lines.some((own) => own.id === line)) throw missing("line item", line, "line_items");
  }
  const wanted = new Map((params.line_items ?? []).map((line) => [line.id, line.quantity]));
  const lines = row.ours.lines.map((line) => ({ ...line, quantity: wanted.get(line.id) ?? line.quantity }));
  const next = { ...changed(row, params), ours: { ...row.ours, lines: priceLines(draft, lines) } };
  const after = draft.render(draft.put(next));
  draft.emit("payment_link.updated", after, { before });
  return after;
}
