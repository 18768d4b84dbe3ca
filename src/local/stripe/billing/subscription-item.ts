import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { metadata } from "../metadata";
import { bool, choice, integer, listParams, type ParamsOf, required, text } from "../params";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import type { ItemChange } from "./change-items";
import { discountsParam } from "./discount-param";
import { makeDiscounts } from "./discounts";
import { priceFor } from "./inline-price";
import { pageInOrder } from "./page-in-order";
import { inlinePrice } from "./subscription-params";
import { itemsOf, renderItem } from "./subscription-row";
import { updateSubscription } from "./update-subscription";

const billing = {
  off_session: bool(),
  payment_behavior: choice("allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"),
  proration_behavior: choice("always_invoice", "create_prorations", "none"),
  proration_date: integer(),
};
const changeable = {
  ...billing,
  discounts: discountsParam,
  metadata,
  price: text(),
  price_data: inlinePrice(),
  quantity: integer({ min: 0 }),
};
const creatable = { ...changeable, subscription: required(text()) };
const endable = { ...billing, clear_usage: bool() };
const PATH = "/v1/subscription_items";

/** An item by itself: each change of one is a change of its subscription, with the same bills and events. */
export const subscriptionItem: Kind<"subscription_item"> = {
  prefix: "si",
  idLength: 14,
  indexes: { subscription: (row) => row.subscription },
  expands: { discounts: "discount", "price.product": "product" },
  render: renderItem,
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => createItem(draft, params)),
    retrieves("subscription_item", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => {
      const { subscription } = draft.get("subscription_item", ids.id);
      change(draft, subscription, { ...itemOf(draft, subscription, params), id: ids.id }, params);
      return draft.render(draft.get("subscription_item", ids.id));
    }),
    route("DELETE", `${PATH}/:id`, endable, ({ draft, params, ids }): Rendered => {
      const { subscription } = draft.get("subscription_item", ids.id);
      change(draft, subscription, { id: ids.id, deleted: true }, params);
      return { id: ids.id, object: "subscription_item", deleted: true };
    }),
    route("GET", PATH, { ...listParams, subscription: required(text()) }, ({ draft, params }) => {
      const { id } = draft.get("subscription", params.subscription, "subscription");
      return pageInOrder(draft, itemsOf(draft, id), params, `${PATH}?subscription=${id}`);
    }),
  ],
};

function createItem(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const { id } = draft.get("subscription", params.subscription, "subscription");
  const before = new Set(itemsOf(draft, id).map((item) => item.id));
  change(draft, id, itemOf(draft, id, params), params);
  const [made] = itemsOf(draft, id).filter((item) => !before.has(item.id));
  if (!made) throw new Error(`no item was added to ${id}`);
  return draft.render(made);
}

function itemOf(draft: Draft, subscription: string, params: ParamsOf<typeof changeable>) {
  const { customer } = draft.get("subscription", subscription);
  const { discounts, metadata: given, quantity } = params;
  return {
    price: priceFor(draft, params),
    quantity,
    metadata: given,
    ...(discounts === undefined ? {} : { discounts: makeDiscounts(draft, discounts, { customer, subscription }) }),
  };
}

function change(
  draft: Draft,
  subscription: string,
  item: ItemChange,
  { payment_behavior: paymentBehavior, proration_behavior: prorationBehavior }: ParamsOf<typeof billing>,
): void {
  updateSubscription(draft, subscription, { items: [item], paymentBehavior, prorationBehavior });
}
