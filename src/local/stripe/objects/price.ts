import type Stripe from "stripe";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import {
  bool,
  choice,
  decimal,
  integer,
  list,
  listParams,
  object,
  type ParamsOf,
  required,
  text,
  timeRange,
} from "../params";
import { invalid } from "../refuse";
import { searches } from "../search-route";
import { retrieves } from "../standard-routes";
import type { Rendered, Stored } from "../stored";
import { checkCurrency } from "./currencies";
import { blankProduct, changedProduct } from "./new-product";

export type PriceRow = Stored<Stripe.Price>;

const AMOUNT_MAX = 99_999_999;
const amount = integer({ min: 0, max: AMOUNT_MAX });

/** What a price costs and how often: also the `default_price_data` of a product and the `price_data` of a line. */
export const priceTerms = {
  currency: required(text(3)),
  custom_unit_amount: object({ enabled: required(bool()), maximum: amount, minimum: amount, preset: amount }),
  metadata,
  recurring: object({
    interval: required(choice("day", "week", "month", "year")),
    interval_count: integer({ min: 1, max: 1095 }),
    trial_period_days: integer({ min: 1, max: 730 }),
    usage_type: choice("licensed", "metered"),
  }),
  tax_behavior: choice("exclusive", "inclusive", "unspecified"),
  unit_amount: amount,
  unit_amount_decimal: decimal(),
};

const named = { active: bool(), lookup_key: text(200), nickname: text(), transfer_lookup_key: bool() };
const productData = { active: bool(), id: text(), metadata, name: required(text()), unit_label: text(12) };
const creatable = {
  ...priceTerms,
  ...named,
  billing_scheme: choice("per_unit"),
  product: text(),
  product_data: object(productData),
};
const changeable = { ...named, metadata, tax_behavior: priceTerms.tax_behavior };
const listable = {
  ...listParams,
  active: bool(),
  created: timeRange,
  currency: text(3),
  lookup_keys: list(text(), 10),
  product: text(),
  recurring: object({
    interval: choice("day", "week", "month", "year"),
    usage_type: choice("licensed", "metered"),
  }),
  type: choice("one_time", "recurring"),
};

export const price: Kind<"price"> = {
  prefix: "price",
  idLength: 24,
  indexes: { product: (row) => row.product, lookup_key: (row) => row.lookup_key },
  expands: { product: "product" },
  routes: [
    route("POST", "/v1/prices", creatable, ({ draft, params }): Rendered => {
      const row = createPrice(draft, params);
      const rendered = draft.render(row);
      draft.emit("price.created", rendered);
      return rendered;
    }),
    retrieves("price", "/v1/prices/:id"),
    route("POST", "/v1/prices/:id", changeable, ({ draft, params, ids }) => updatePrice(draft, ids.id, params)),
    searches("price", "/v1/prices", ["active", "currency", "lookup_key", "metadata", "product", "type"]),
    route("GET", "/v1/prices", listable, ({ draft, params }) => listPrices(draft, params)),
  ],
};

/** Writes the price; whoever calls says when its event comes. */
export function createPrice(draft: Draft, params: ParamsOf<typeof creatable>): PriceRow {
  const terms = readTerms(params);
  const row: PriceRow = {
    ...terms,
    id: draft.newId("price"),
    object: "price",
    active: params.active ?? true,
    billing_scheme: "per_unit",
    created: draft.now,
    livemode: false,
    lookup_key: params.lookup_key ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product: productFor(draft, params),
    tiers_mode: null,
    transform_quantity: null,
  };
  takeLookupKey(draft, row, params.transfer_lookup_key ?? false);
  return draft.put(row);
}

type Terms = Pick<
  PriceRow,
  "currency" | "custom_unit_amount" | "recurring" | "tax_behavior" | "type" | "unit_amount" | "unit_amount_decimal"
>;

function readTerms(params: ParamsOf<typeof priceTerms>): Terms {
  const { currency, custom_unit_amount: custom, recurring, unit_amount: whole, unit_amount_decimal: fine } = params;
  const ways = [custom?.enabled || null, whole ?? null, fine ?? null].filter((way) => way !== null);
  if (ways.length !== 1) {
    throw invalid("You must specify exactly one of unit_amount, unit_amount_decimal and custom_unit_amount.", {
      param: "unit_amount",
    });
  }
  const exact = fine ?? (whole === null || whole === undefined ? null : String(whole));
  return {
    currency: checkCurrency(currency),
    custom_unit_amount: custom?.enabled ? customAmount(custom) : null,
    recurring: recurring ? fullRecurring(recurring) : null,
    tax_behavior: params.tax_behavior ?? "unspecified",
    type: recurring ? "recurring" : "one_time",
    unit_amount: exact !== null && Number.isInteger(Number(exact)) ? Number(exact) : null,
    unit_amount_decimal: exact,
  };
}

function customAmount({ maximum = null, minimum = null, preset = null }: Bounds): PriceRow["custom_unit_amount"] {
  return { maximum, minimum, preset };
}

type Bounds = NonNullable<ParamsOf<typeof priceTerms>["custom_unit_amount"]>;

function fullRecurring(given: NonNullable<ParamsOf<typeof priceTerms>["recurring"]>): PriceRow["recurring"] {
  return {
    interval: given.interval,
    interval_count: given.interval_count ?? 1,
    meter: null,
    trial_period_days: given.trial_period_days ?? null,
    usage_type: given.usage_type ?? "licensed",
  };
}

function productFor(draft: Draft, params: ParamsOf<typeof creatable>): string {
  if (params.product) return draft.get("product", params.product, "product").id;
  if (!params.product_data) throw invalid("You must specify either `product` or `product_data`.", { param: "product" });
  const { id, name, ...described } = params.product_data;
  const row = draft.put(changedProduct(blankProduct(id ?? draft.newId("product"), name, draft.now), described));
  draft.emit("product.created", draft.render(row));
  return row.id;
}

function updatePrice(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("price", id);
  if (params.active === false && draft.find("product", row.product)?.default_price === id) {
    throw invalid("This price cannot be archived because it is the default price of its product.", { param: "active" });
  }
  const before = draft.render(row);
  const next: PriceRow = {
    ...row,
    active: params.active ?? row.active,
    lookup_key: params.lookup_key === undefined ? row.lookup_key : params.lookup_key,
    nickname: params.nickname === undefined ? row.nickname : params.nickname,
    metadata: mergeMetadata(row.metadata, params.metadata),
    tax_behavior: params.tax_behavior ?? row.tax_behavior,
  };
  takeLookupKey(draft, next, params.transfer_lookup_key ?? false);
  const after = draft.render(draft.put(next));
  draft.emit("price.updated", after, { before });
  return after;
}

// A lookup key names one price at a time; `transfer_lookup_key` takes it away from the price that has it.
function takeLookupKey(draft: Draft, row: PriceRow, transfer: boolean): void {
  const key = row.lookup_key;
  if (!key) return;
  for (const other of draft.rows("price", { lookup_key: key }).filter(({ id }) => id !== row.id)) {
    if (!transfer) {
      throw invalid(`A price (\`${other.id}\`) already uses that lookup key.`, { param: "lookup_key" });
    }
    const before = draft.render(other);
    draft.emit("price.updated", draft.render(draft.update("price", other.id, { lookup_key: null })), { before });
  }
}

function listPrices(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { active, currency, lookup_keys: keys, product, recurring, type } = params;
  return listPage(draft, "price", params, {
    url: "/v1/prices",
    by: product ? { product } : undefined,
    keep: (row) =>
      (active ?? row.active) === row.active &&
      (currency ?? row.currency).toLowerCase() === row.currency &&
      (type ?? row.type) === row.type &&
      (!keys || (row.lookup_key !== null && keys.includes(row.lookup_key))) &&
      (!recurring?.interval || row.recurring?.interval === recurring.interval) &&
      (!recurring?.usage_type || row.recurring?.usage_type === recurring.usage_type),
    created: params.created,
  });
}
