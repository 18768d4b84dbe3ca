import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { bool, choice, list, listParams, object, type ParamsOf, required, text, timeRange } from "../params";
import { invalid } from "../refuse";
import { searches } from "../search-route";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { blankProduct, changedProduct, productFields } from "./new-product";
import { createPrice, priceTerms } from "./price";

const creatable = {
  ...productFields,
  id: text(),
  name: required(text()),
  type: choice("good", "service"),
  default_price_data: object(priceTerms),
};
const changeable = { ...productFields, name: text(), default_price: text() };
const listable = {
  ...listParams,
  active: bool(),
  created: timeRange,
  ids: list(text()),
  shippable: bool(),
  url: text(),
};

export const product: Kind<"product"> = {
  prefix: "prod",
  idLength: 14,
  expands: { default_price: "price" },
  routes: [
    route("POST", "/v1/products", creatable, ({ draft, params }) => createProduct(draft, params)),
    retrieves("product", "/v1/products/:id"),
    route("POST", "/v1/products/:id", changeable, ({ draft, params, ids }) => updateProduct(draft, ids.id, params)),
    route("DELETE", "/v1/products/:id", {}, ({ draft, ids }) => deleteProduct(draft, ids.id)),
    searches("product", "/v1/products", ["active", "description", "metadata", "name", "shippable", "url"]),
    route("GET", "/v1/products", listable, ({ draft, params }) =>
      listPage(draft, "product", params, {
        url: "/v1/products",
        keep: (row) =>
          (params.active ?? row.active) === row.active &&
          (params.shippable ?? row.shippable) === row.shippable &&
          (params.url ?? row.url) === row.url &&
          (params.ids?.includes(row.id) ?? true),
        created: params.created,
      }),
    ),
  ],
};

function createProduct(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const { default_price_data: priceData, id = null, name, type } = params;
  if (id && draft.find("product", id)) {
    throw invalid("Product already exists.", { code: "resource_already_exists", param: "id" });
  }
  const blank = blankProduct(id ?? draft.newId("product"), name, draft.now);
  const row = draft.put(changedProduct({ ...blank, type: type ?? "service" }, params));
  const price = priceData ? createPrice(draft, { ...priceData, product: row.id }) : null;
  const rendered = draft.render(price ? draft.update("product", row.id, { default_price: price.id }) : row);
  draft.emit("product.created", rendered);
  if (price) draft.emit("price.created", draft.render(price));
  return rendered;
}

function updateProduct(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("product", id);
  const price = params.default_price ? draft.get("price", params.default_price, "default_price") : null;
  if (price && price.product !== id) {
    throw invalid(`The price ${price.id} does not belong to the product ${id}.`, { param: "default_price" });
  }
  const before = draft.render(row);
  const default_price = params.default_price === undefined ? (row.default_price ?? null) : (price?.id ?? null);
  const next = { ...changedProduct(row, params), name: params.name ?? row.name, default_price };
  const after = draft.render(draft.put({ ...next, updated: draft.now }));
  draft.emit("product.updated", after, { before });
  return after;
}

function deleteProduct(draft: Draft, id: string): Rendered {
  const last = draft.render(draft.get("product", id));
  if (draft.rows("price", { product: id }).length > 0) {
    throw invalid("This product cannot be deleted because it has one or more user-created prices.");
  }
  const gone = draft.remove("product", id);
  draft.emit("product.deleted", last);
  return { ...gone };
}
