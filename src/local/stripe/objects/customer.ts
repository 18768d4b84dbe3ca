import type Stripe from "stripe";
import { livingSubscriptions } from "../billing/living-subscriptions";
import { checkEmail } from "../check-email";
import { endCustomerDiscount, findCustomerDiscount } from "../discounts/customer-discount";
import { type Draft, timeFor } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import {
  address,
  bool,
  choice,
  integer,
  list,
  listParams,
  object,
  type ParamsOf,
  required,
  text,
  timeRange,
} from "../params";
import { attachFirst, checkOwned } from "../payments/attach-first";
import { searches } from "../search-route";
import { deletes, retrieves } from "../standard-routes";
import type { Rendered, Stored } from "../stored";

export type CustomerRow = Stored<Stripe.Customer> & { test_clock: string | null };

const changeable = {
  address,
  balance: integer(),
  description: text(350),
  email: text(512),
  invoice_prefix: text(12),
  invoice_settings: object({
    custom_fields: list(object({ name: required(text(40)), value: required(text(140)) }), 4),
    default_payment_method: text(),
    footer: text(),
  }),
  metadata,
  name: text(256),
  next_invoice_sequence: integer({ min: 1 }),
  phone: text(20),
  preferred_locales: list(text()),
  shipping: object({ address: required(address), name: required(text()), phone: text() }),
  tax_exempt: choice("exempt", "none", "reverse"),
};

const creatable = { ...changeable, payment_method: text(), source: text(), test_clock: text(), validate: bool() };
const listable = { ...listParams, created: timeRange, email: text(), test_clock: text() };

export const customer: Kind<"customer"> = {
  prefix: "cus",
  idLength: 14,
  remembersDeleted: true,
  indexes: { email: (row) => row.email, test_clock: (row) => row.test_clock },
  expands: { test_clock: "test_helpers.test_clock", "invoice_settings.default_payment_method": "payment_method" },
  includes: {
    invoice_credit_balance: () => ({}),
    subscriptions: livingSubscriptions,
    // Tax is not simulated: no place of a customer is known.
    tax: () => ({ automatic_tax: "unrecognized_location", ip_address: null, location: null, provider: "stripe" }),
  },
  render: (row, draft) => ({ ...row, discount: discountOf(draft, row.id) }),
  routes: [
    route("POST", "/v1/customers", creatable, ({ draft, params }) => createCustomer(draft, params)),
    retrieves("customer", "/v1/customers/:id"),
    route("POST", "/v1/customers/:id", changeable, ({ draft, params, ids }) => updateCustomer(draft, ids.id, params)),
    deletes("customer", "/v1/customers/:id", "customer.deleted"),
    route("DELETE", "/v1/customers/:id/discount", {}, ({ draft, ids }) => endCustomerDiscount(draft, ids.id)),
    searches("customer", "/v1/customers", ["created", "email", "metadata", "name", "phone"]),
    route("GET", "/v1/customers", listable, ({ draft, params }) => listCustomers(draft, params)),
  ],
  whenDeleted: {
    "test_helpers.test_clock": (draft, clock) => {
      for (const row of draft.rows("customer", { test_clock: clock })) draft.remove("customer", row.id);
    },
  },
};

function discountOf(draft: Draft, customer: string): Rendered | null {
  const row = findCustomerDiscount(draft, customer);
  return row && draft.render(row);
}

function createCustomer(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  checkEmail(params.email, "email");
  const clock = params.test_clock ? draft.get("test_helpers.test_clock", params.test_clock, "test_clock") : null;
  const blank = blankCustomer(draft, clock?.frozen_time ?? draft.now);
  const row = draft.put(changed({ ...blank, test_clock: clock?.id ?? null }, params));
  const { payment_method: paymentMethod, source, invoice_settings: settings } = params;
  const defaultMethod = settings?.default_payment_method;
  const first = attachFirst(draft, row.id, { paymentMethod, source, defaultMethod });
  const { default_source, default_payment_method } = first;
  const born = { ...row, default_source, invoice_settings: { ...row.invoice_settings, default_payment_method } };
  const rendered = draft.render(draft.put(born));
  draft.emit("customer.created", rendered, { at: row.created });
  return rendered;
}

function updateCustomer(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("customer", id);
  checkEmail(params.email, "email");
  const before = draft.render(row);
  const method = params.invoice_settings?.default_payment_method;
  if (method) checkOwned(draft, id, method);
  const after = draft.render(draft.put(changed(row, params)));
  draft.emit("customer.updated", after, { before, at: timeFor(draft, id).at });
  return after;
}

// Customers under a test clock are left out unless their clock is named: an import must not meet simulated time.
function listCustomers(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { created, email, test_clock: clock } = params;
  return listPage(draft, "customer", params, {
    url: "/v1/customers",
    by: clock ? { test_clock: clock } : email ? { email } : undefined,
    keep: (row) => (clock ? !email || row.email === email : row.test_clock === null),
    created,
  });
}

export function blankCustomer(draft: Draft, created: number): CustomerRow {
  return {
    id: draft.newId("customer"),
    object: "customer",
    address: null,
    balance: 0,
    created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: draft.newLetters(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
}

function changed(row: CustomerRow, params: ParamsOf<typeof changeable>): CustomerRow {
  const { metadata: given, invoice_settings: settings, address: place, shipping, preferred_locales: locales } = params;
  return {
    ...row,
    ...definedIn(params, ["description", "email", "name", "phone"]),
    balance: params.balance ?? row.balance,
    invoice_prefix: params.invoice_prefix ?? row.invoice_prefix ?? null,
    next_invoice_sequence: params.next_invoice_sequence ?? row.next_invoice_sequence ?? 1,
    tax_exempt: params.tax_exempt === null ? "none" : (params.tax_exempt ?? row.tax_exempt ?? "none"),
    preferred_locales: locales === undefined ? (row.preferred_locales ?? []) : (locales ?? []),
    address: place === undefined ? (row.address ?? null) : place && fullAddress(place),
    shipping: shipping === undefined ? row.shipping : shipping && fullShipping(shipping),
    invoice_settings: { ...row.invoice_settings, ...definedIn(settings ?? {}, INVOICE_SETTINGS) },
    metadata: mergeMetadata(row.metadata, given),
  };
}

const INVOICE_SETTINGS = ["custom_fields", "default_payment_method", "footer"] as const;

/** The named fields that were sent; null where the caller unset one. */
function definedIn<T extends object, K extends keyof T>(params: T, names: readonly K[]): { [N in K]?: Given<T[N]> } {
  const sent: { [N in K]?: Given<T[N]> } = {};
  for (const name of names) {
    const value = params[name];
    if (isGiven(value)) sent[name] = value;
  }
  return sent;
}

type Given<V> = Exclude<V, undefined>;

function isGiven<V>(value: V): value is Given<V> {
  return value !== undefined;
}

type AddressParam = NonNullable<ParamsOf<typeof changeable>["address"]>;

function fullAddress(given: AddressParam): NonNullable<Stripe.Customer["address"]> {
  const { city = null, country = null, line1 = null, line2 = null, postal_code = null, state = null } = given;
  return { city, country, line1, line2, postal_code, state };
}

function fullShipping(given: NonNullable<ParamsOf<typeof changeable>["shipping"]>): CustomerRow["shipping"] {
  return { address: fullAddress(given.address), name: given.name, phone: given.phone ?? null };
}
