import { type Draft, timeFor } from "../draft";
import { mergeMetadata } from "../metadata";
import { invalid } from "../refuse";
import { syncItems } from "./change-subscription";
import { cycleOf, periodEnd } from "./period";
import { itemsOf, type SubscriptionItemRow, type SubscriptionRow } from "./subscription-row";

/** What is to become of one item: changed when it has an id, removed when it says so, else added. */
export interface ItemChange {
  id?: string | null | undefined;
  price?: string | null | undefined;
  quantity?: number | null | undefined;
  deleted?: boolean | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  discounts?: string[] | undefined;
}

export function changeItems(draft: Draft, subscription: string, changes: readonly ItemChange[]): SubscriptionRow {
  const row = draft.get("subscription", subscription);
  for (const change of changes) changeItem(draft, row, change);
  if (itemsOf(draft, subscription).length === 0) {
    throw invalid("A subscription must have at least one active item.", { param: "items" });
  }
  return syncItems(draft, subscription);
}

function changeItem(draft: Draft, subscription: SubscriptionRow, change: ItemChange): void {
  const item = change.id ? draft.get("subscription_item", change.id, "items[0][id]") : null;
  if (item && item.subscription !== subscription.id) {
    throw invalid(`The item ${item.id} is not one of this subscription.`, { param: "items[0][id]" });
  }
  if (item && change.deleted) return void draft.remove("subscription_item", item.id);
  const next = item ?? newItem(draft, subscription, change);
  draft.put(retimed(draft, subscription, withChange(draft, next, change), item === null));
}

function newItem(draft: Draft, subscription: SubscriptionRow, change: ItemChange): SubscriptionItemRow {
  const { at } = timeFor(draft, subscription.customer);
  const price = checkedPrice(draft, subscription, change.price ?? null);
  if (itemsOf(draft, subscription.id).some((item) => item.price === price)) {
    throw invalid(`Cannot add multiple subscription items with the same plan: ${price}`, { param: "items" });
  }
  return {
    id: draft.newId("subscription_item"),
    object: "subscription_item",
    billing_thresholds: null,
    created: at,
    current_period_end: at,
    current_period_start: at,
    current_trial: null,
    discounts: [],
    metadata: {},
    price,
    quantity: 1,
    subscription: subscription.id,
    tax_rates: [],
  };
}

function withChange(draft: Draft, item: SubscriptionItemRow, change: ItemChange): SubscriptionItemRow {
  const subscription = draft.get("subscription", item.subscription);
  return {
    ...item,
    price: change.price ? checkedPrice(draft, subscription, change.price) : item.price,
    quantity: change.quantity ?? item.quantity ?? 1,
    metadata: mergeMetadata(item.metadata, change.metadata),
    discounts: change.discounts ?? item.discounts,
  };
}

// A new item joins the cycle of its subscription; an item whose interval changes begins a new period now.
function retimed(
  draft: Draft,
  subscription: SubscriptionRow,
  item: SubscriptionItemRow,
  isNew: boolean,
): SubscriptionItemRow {
  const { at } = timeFor(draft, subscription.customer);
  const old = isNew ? null : draft.get("price", draft.get("subscription_item", item.id).price);
  const cycle = cycleOf(draft.get("price", item.price));
  const same = old && cycleOf(old).interval === cycle.interval && cycleOf(old).interval_count === cycle.interval_count;
  if (same) return item;
  if (subscription.status === "trialing" && subscription.trial_end !== null) {
    const current_period_start = subscription.trial_start ?? at;
    return { ...item, current_period_start, current_period_end: subscription.trial_end };
  }
  const anchor = isNew ? subscription.billing_cycle_anchor : at;
  return { ...item, current_period_start: at, current_period_end: periodEnd(anchor, at, cycle) };
}

/** The id of a price that a subscription may bill. */
export function checkedPrice(
  draft: Draft,
  { currency }: { currency: string | null },
  id: string | null,
  param = "items[0][price]",
): string {
  if (!id) throw invalid("You must specify a price for each item.", { param });
  const price = draft.get("price", id, param);
  if (!price.recurring) {
    const message = `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`;
    throw invalid(message, { param });
  }
  if (currency !== null && price.currency !== currency) {
    throw invalid("All prices on a subscription must use the same currency.", { param });
  }
  return id;
}
