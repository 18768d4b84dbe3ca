import type Stripe from "stripe";
import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { bool, listParams, required, text } from "../params";
import { invalid, missing } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered, Stored } from "../stored";
import { itemsOf } from "./subscription-row";
import { pageInOrder } from "./page-in-order";

export type FeatureRow = Stored<Stripe.Entitlements.Feature>;
/** That a product includes a feature. */
export type ProductFeatureRow = Omit<Stored<Stripe.ProductFeature>, "entitlement_feature"> & {
  ours: { feature: string; product: string };
};
export type ActiveEntitlementRow = Stored<Stripe.Entitlements.ActiveEntitlement> & { ours: { customer: string } };

const FEATURES = "/v1/entitlements/features";
const ACTIVE = "/v1/entitlements/active_entitlements";

export const feature: Kind<"entitlements.feature"> = {
  prefix: "feat",
  idLength: 24,
  indexes: { lookup_key: (row) => row.lookup_key },
  routes: [
    route(
      "POST",
      FEATURES,
      { lookup_key: required(text(80)), name: required(text(80)), metadata },
      ({ draft, params }) => {
        const { lookup_key, name } = params;
        if (draft.rows("entitlements.feature", { lookup_key }).length > 0) {
          throw invalid("There is already a feature with this lookup key.", { param: "lookup_key" });
        }
        const id = draft.newId("entitlements.feature");
        return draft.render(
          draft.put<FeatureRow>({
            id,
            object: "entitlements.feature",
            active: true,
            livemode: false,
            lookup_key,
            metadata: mergeMetadata({}, params.metadata),
            name,
          }),
        );
      },
    ),
    retrieves("entitlements.feature", `${FEATURES}/:id`),
    route("POST", `${FEATURES}/:id`, { active: bool(), name: text(80), metadata }, ({ draft, params, ids }) => {
      const row = draft.get("entitlements.feature", ids.id);
      const { active, name, metadata: given } = params;
      const next = { ...row, active: active ?? row.active, name: name ?? row.name };
      return draft.render(draft.put({ ...next, metadata: mergeMetadata(row.metadata, given) }));
    }),
    route("GET", FEATURES, { ...listParams, archived: bool(), lookup_key: text() }, ({ draft, params }) => {
      const { archived, lookup_key } = params;
      return listPage(draft, "entitlements.feature", params, {
        url: FEATURES,
        by: lookup_key ? { lookup_key } : undefined,
        keep: (row) => archived === undefined || archived === null || row.active === !archived,
      });
    }),
  ],
};

export const productFeature: Kind<"product_feature"> = {
  prefix: "prodft",
  idLength: 14,
  indexes: { product: (row) => row.ours.product },
  render: (row, draft) => ({
    ...row,
    entitlement_feature: draft.render(draft.get("entitlements.feature", row.ours.feature)),
  }),
  routes: [
    route("POST", "/v1/products/:product/features", { entitlement_feature: required(text()) }, (call) => {
      const { draft, params, ids } = call;
      const { id: product } = draft.get("product", ids.product);
      const { id } = draft.get("entitlements.feature", params.entitlement_feature, "entitlement_feature");
      const row = draft.put<ProductFeatureRow>({
        id: draft.newId("product_feature"),
        object: "product_feature",
        livemode: false,
        ours: { feature: id, product },
      });
      return draft.render(row);
    }),
    route("GET", "/v1/products/:product/features/:id", {}, ({ draft, ids }) => draft.render(featureOf(draft, ids))),
    route("DELETE", "/v1/products/:product/features/:id", {}, ({ draft, ids }): Rendered => {
      return { ...draft.remove("product_feature", featureOf(draft, ids).id) };
    }),
    route("GET", "/v1/products/:product/features", listParams, ({ draft, params, ids }) => {
      const { id: product } = draft.get("product", ids.product);
      return listPage(draft, "product_feature", params, { url: `/v1/products/${product}/features`, by: { product } });
    }),
  ],
};

function featureOf(draft: Draft, ids: { product: string; id: string }): ProductFeatureRow {
  const row = draft.get("product_feature", ids.id);
  if (row.ours.product !== ids.product) throw missing("product_feature", ids.id);
  return row;
}

export const activeEntitlement: Kind<"entitlements.active_entitlement"> = {
  prefix: "ent",
  idLength: 24,
  indexes: { customer: (row) => row.ours.customer },
  expands: { feature: "entitlements.feature" },
  routes: [
    retrieves("entitlements.active_entitlement", `${ACTIVE}/:id`),
    route("GET", ACTIVE, { ...listParams, customer: required(text()) }, ({ draft, params }) => {
      const { id: customer } = draft.get("customer", params.customer, "customer");
      return pageInOrder(draft, draft.rows("entitlements.active_entitlement", { customer }), params, ACTIVE);
    }),
  ],
};

const GRANTING: ReadonlySet<string> = new Set(["active", "trialing", "past_due"]);

/** Compares what a customer's subscriptions include with what stands written, and tells of it when that changed. */
export function syncEntitlements(draft: Draft, customer: string, at: number): void {
  if (draft.rows("product_feature").length === 0) return;
  const wanted = new Set(featuresOf(draft, customer));
  const standing = draft.rows("entitlements.active_entitlement", { customer });
  const had = new Set(standing.map((row) => row.feature));
  const lost = standing.filter((row) => !wanted.has(row.feature));
  const won = [...wanted].filter((id) => !had.has(id));
  if (lost.length === 0 && won.length === 0) return;
  for (const { id } of lost) draft.remove("entitlements.active_entitlement", id);
  for (const id of won) grant(draft, customer, id);
  const rows = draft.rows("entitlements.active_entitlement", { customer });
  const summary = {
    object: "entitlements.active_entitlement_summary",
    customer,
    entitlements: pageInOrder(draft, rows, {}, `/v1/customer/${customer}/entitlements`),
    livemode: false,
  };
  draft.emit("entitlements.active_entitlement_summary.updated", summary, { at });
}

function grant(draft: Draft, customer: string, id: string): void {
  const { lookup_key } = draft.get("entitlements.feature", id);
  draft.put<ActiveEntitlementRow>({
    id: draft.newId("entitlements.active_entitlement"),
    object: "entitlements.active_entitlement",
    feature: id,
    livemode: false,
    lookup_key,
    ours: { customer },
  });
}

function featuresOf(draft: Draft, customer: string): string[] {
  const live = draft.rows("subscription", { customer }).filter(({ status }) => GRANTING.has(status));
  const prices = live.flatMap((row) => itemsOf(draft, row.id).map((item) => draft.get("price", item.price)));
  return prices.flatMap((price) =>
    draft.rows("product_feature", { product: price.product }).map(({ ours }) => ours.feature),
  );
}
