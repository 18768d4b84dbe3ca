import type Stripe from "stripe";
import { mergeMetadata, metadata } from "../metadata";
import { bool, list, object, type ParamsOf, required, text } from "../params";
import type { Stored } from "../stored";

/** A product is born by itself or beside its first price (`product_data`), so this knows neither of their routes. */
export type ProductRow = Stored<Stripe.Product>;

export const productFields = {
  active: bool(),
  description: text(),
  images: list(text(2048), 8),
  marketing_features: list(object({ name: required(text(80)) }), 15),
  metadata,
  shippable: bool(),
  statement_descriptor: text(22),
  tax_code: text(),
  unit_label: text(12),
  url: text(2048),
};

export function blankProduct(id: string, name: string, created: number): ProductRow {
  return {
    id,
    object: "product",
    active: true,
    created,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: created,
    url: null,
  };
}

export function changedProduct(row: ProductRow, params: ParamsOf<typeof productFields>): ProductRow {
  const { images, marketing_features: features } = params;
  return {
    ...row,
    active: params.active ?? row.active,
    description: params.description === undefined ? row.description : params.description,
    images: images === undefined ? row.images : (images ?? []),
    marketing_features: features === undefined ? row.marketing_features : (features ?? []),
    metadata: mergeMetadata(row.metadata, params.metadata),
    shippable: params.shippable === undefined ? row.shippable : params.shippable,
    statement_descriptor: params.statement_descriptor ?? row.statement_descriptor ?? null,
    tax_code: params.tax_code === undefined ? (row.tax_code ?? null) : params.tax_code,
    unit_label: params.unit_label === undefined ? (row.unit_label ?? null) : params.unit_label,
    url: params.url === undefined ? row.url : params.url,
  };
}
