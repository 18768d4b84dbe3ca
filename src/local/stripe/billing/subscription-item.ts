import type { Kind } from "../kind";
import { renderItem } from "./subscription-row";

export const subscriptionItem: Kind<"subscription_item"> = {
  prefix: "si",
  idLength: 14,
  indexes: { subscription: (row) => row.subscription },
  expands: { "price.product": "product" },
  routes: [],
  render: renderItem,
};
