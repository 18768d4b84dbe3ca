import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { address, choice, integer, listParams, object, type ParamsOf, required, text } from "../params";
import { invalid } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { momentOf } from "./confirm-payment";
import {
  attachPaymentMethod,
  getPaymentMethod,
  newBankAccount,
  newCard,
  newSepaDebit,
  noBillingDetails,
  type PaymentMethodRow,
} from "./new-payment-method";
import { cardRefusal } from "./refuse-decline";
import { findCard, findCardByToken, type TestCard } from "./test-cards";

const billing = object({ address, email: text(), name: text(), phone: text(), tax_id: text() });
const redisplay = choice("always", "limited", "unspecified");
const type = choice("card", "sepa_debit", "us_bank_account");
const cardFields = { cvc: text(4), exp_month: integer(), exp_year: integer(), number: text(), token: text() };
const bankFields = {
  account_holder_type: choice("company", "individual"),
  account_number: text(),
  account_type: choice("checking", "savings"),
  routing_number: text(),
};

const creatable = {
  allow_redisplay: redisplay,
  billing_details: billing,
  card: object(cardFields),
  metadata,
  sepa_debit: object({ iban: required(text(34)) }),
  type: required(type),
  us_bank_account: object(bankFields),
};
const changeable = { allow_redisplay: redisplay, billing_details: billing, metadata };
const listable = { ...listParams, allow_redisplay: redisplay, customer: text(), type };

const PATH = "/v1/payment_methods";

export const paymentMethod: Kind<"payment_method"> = {
  prefix: "pm",
  idLength: 24,
  indexes: { customer: (row) => row.customer },
  expands: { customer: "customer" },
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createMethod(draft, params)),
    retrieves("payment_method", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => updateMethod(draft, ids.id, params)),
    route("POST", `${PATH}/:id/attach`, { customer: required(text()) }, ({ draft, params, ids }) => {
      const { id } = draft.get("customer", params.customer, "customer");
      return draft.render(attach(draft, ids.id, id));
    }),
    route("POST", `${PATH}/:id/detach`, {}, ({ draft, ids }) => detach(draft, ids.id)),
    route("GET", PATH, listable, ({ draft, params }) => listMethods(draft, params.customer, params, PATH)),
    route("GET", "/v1/customers/:id/payment_methods", listable, ({ draft, params, ids }) =>
      listMethods(draft, draft.get("customer", ids.id).id, params, `/v1/customers/${ids.id}/payment_methods`),
    ),
    route("GET", "/v1/customers/:customer/payment_methods/:id", {}, ({ draft, ids }) =>
      draft.render(ownedBy(draft, ids.customer, ids.id)),
    ),
  ],
  whenDeleted: {
    customer: (draft, id) => {
      for (const row of draft.rows("payment_method", { customer: id })) draft.put({ ...row, customer: null });
    },
  },
};

function createMethod(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const row = ofType(draft, params);
  return draft.render(
    draft.put({
      ...row,
      allow_redisplay: params.allow_redisplay ?? "unspecified",
      metadata: mergeMetadata({}, params.metadata),
    }),
  );
}

function ofType(draft: Draft, params: ParamsOf<typeof creatable>): PaymentMethodRow {
  const { type: kind, card, sepa_debit: sepa, us_bank_account: bank } = params;
  const details = fullBilling(params.billing_details);
  if (kind === "card") return newCard(draft, readCard(card), details);
  if (kind === "sepa_debit") return newSepaDebit(draft, sepa?.iban ?? given("sepa_debit"), details);
  return newBankAccount(draft, bank?.account_number ?? given("us_bank_account[account_number]"), details);
}

function given(param: string): never {
  throw invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

function readCard(card: ParamsOf<typeof creatable>["card"]): TestCard {
  const found = card?.token ? findCardByToken(card.token) : card?.number ? findCard(card.number) : given("card");
  if (found) return found;
  const message = card?.token
    ? `No such token: '${card.token}'`
    : "Your card number is not one of Stripe's test cards, and this is no place for another.";
  throw invalid(message, card?.token ? { code: "resource_missing", param: "card[token]" } : { param: "card[number]" });
}

function fullBilling(details: ParamsOf<typeof creatable>["billing_details"]): PaymentMethodRow["billing_details"] {
  if (!details) return noBillingDetails;
  const { email = null, name = null, phone = null, tax_id = null, address: place } = details;
  return { address: place ? fullAddress(place) : null, email, name, phone, tax_id };
}

function fullAddress(
  place: NonNullable<ParamsOf<{ address: typeof address }>["address"]>,
): PaymentMethodRow["billing_details"]["address"] {
  const { city = null, country = null, line1 = null, line2 = null, postal_code = null, state = null } = place;
  return { city, country, line1, line2, postal_code, state };
}

// What is not named stays, inside of the address too.
function mergeBilling(
  old: PaymentMethodRow["billing_details"],
  changes: ParamsOf<typeof changeable>["billing_details"],
): PaymentMethodRow["billing_details"] {
  if (!changes) return old;
  const { address: place } = changes;
  const address = place === undefined ? old.address : place && { ...old.address, ...place };
  return fullBilling({ ...old, ...changes, address });
}

function updateMethod(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("payment_method", id);
  if (!row.customer) {
    throw invalid("You must save this PaymentMethod to a customer before you can update it.");
  }
  const before = draft.render(row);
  const next: PaymentMethodRow = {
    ...row,
    allow_redisplay: params.allow_redisplay ?? row.allow_redisplay ?? "unspecified",
    billing_details: mergeBilling(row.billing_details, params.billing_details),
    metadata: mergeMetadata(row.metadata ?? {}, params.metadata),
  };
  const after = draft.render(draft.put(next));
  draft.emit("payment_method.updated", after, { before, ...momentOf(draft, row) });
  return after;
}

function attach(draft: Draft, id: string, customer: string): PaymentMethodRow {
  const method = getPaymentMethod(draft, id, "id");
  if (method.customer && method.customer !== customer) {
    throw invalid("The payment method you provided has already been attached to a customer.");
  }
  // The bank is asked whether the card is good; one that declines only when it is charged passes.
  const { act } = method.ours;
  if (act.does === "declines") throw cardRefusal({ ...act, decline_code: act.decline }, {});
  return attachPaymentMethod(draft, method, customer);
}

// What was detached can never be attached again at Stripe; here it is enough that it is nobody's.
function detach(draft: Draft, id: string): Rendered {
  const row = draft.get("payment_method", id);
  if (!row.customer)
    throw invalid("The payment method you provided is not attached to a customer so detachment is impossible.");
  const owner = draft.find("customer", row.customer);
  if (owner?.invoice_settings.default_payment_method === id) {
    draft.put({ ...owner, invoice_settings: { ...owner.invoice_settings, default_payment_method: null } });
  }
  const before = draft.render(row);
  const after = draft.render(draft.put({ ...row, customer: null }));
  draft.emit("payment_method.detached", after, { before, ...momentOf(draft, { customer: row.customer }) });
  return after;
}

function ownedBy(draft: Draft, customer: string, id: string): PaymentMethodRow {
  const row = draft.get("payment_method", id);
  if (row.customer === customer) return row;
  throw invalid(`The payment method ${id} does not belong to the customer ${customer}.`, { code: "resource_missing" });
}

// Without a customer, Stripe lists only what was made for Treasury: nothing.
function listMethods(
  draft: Draft,
  customer: string | null | undefined,
  params: ParamsOf<typeof listable>,
  url: string,
): Rendered {
  return listPage(draft, "payment_method", params, {
    url,
    by: { customer: customer ?? "" },
    keep: (row) => (!params.type || row.type === params.type) && fitsRedisplay(row, params.allow_redisplay),
  });
}

function fitsRedisplay(row: PaymentMethodRow, wanted: string | null | undefined): boolean {
  return !wanted || row.allow_redisplay === wanted;
}
