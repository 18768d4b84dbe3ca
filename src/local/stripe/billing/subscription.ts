import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { type Listing, listPage } from "../list-page";
import { choice, listParams, type ParamsOf, text, timeRange } from "../params";
import { searches } from "../search-route";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { changeOf, newOf } from "./read-subscription";
import { endDiscount } from "./end-discount";
import { endByHand, endIncomplete } from "./end-by-hand";
import { endSubscription } from "./end-subscription";
import { inRange } from "./in-range";
import { pageInOrder } from "./page-in-order";
import { startSubscription } from "./start-subscription";
import { changeable, creatable, endable, pausable, resumable } from "./subscription-params";
import { ENDED, itemsOf, renderItem, type SubscriptionRow } from "./subscription-row";
import { subscriptionTimers } from "./subscription-timers";
import { pauseSubscription, resumeSubscription } from "./switch-subscription";
import { updateSubscription } from "./update-subscription";

const listable = {
  ...listParams,
  collection_method: choice("charge_automatically", "send_invoice"),
  created: timeRange,
  current_period_end: timeRange,
  current_period_start: timeRange,
  customer: text(),
  price: text(),
  status: choice(
    "active",
    "all",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
  ),
  test_clock: text(),
};

export const subscription: Kind<"subscription"> = {
  prefix: "sub",
  idLength: 24,
  indexes: { customer: (row) => row.customer, test_clock: (row) => row.test_clock, status: (row) => row.status },
  expands: {
    customer: "customer",
    default_payment_method: "payment_method",
    discounts: "discount",
    latest_invoice: "invoice",
    pending_setup_intent: "setup_intent",
    schedule: "subscription_schedule",
    test_clock: "test_helpers.test_clock",
  },
  timers: subscriptionTimers,
  whenDeleted: { customer: endAll },
  render: renderSubscription,
  routes: [
    route("POST", "/v1/subscriptions", creatable, ({ draft, params }) =>
      draft.render(startSubscription(draft, newOf(draft, params)).subscription),
    ),
    retrieves("subscription", "/v1/subscriptions/:id"),
    route("POST", "/v1/subscriptions/:id", changeable, ({ draft, params, ids }) =>
      draft.render(updateSubscription(draft, ids.id, changeOf(draft, ids.id, params))),
    ),
    route("DELETE", "/v1/subscriptions/:id", endable, ({ draft, params, ids }) =>
      draft.render(endByHand(draft, ids.id, params)),
    ),
    route("DELETE", "/v1/subscriptions/:id/discount", {}, ({ draft, ids }) => endDiscount(draft, ids.id)),
    route("POST", "/v1/subscriptions/:id/pause", pausable, ({ draft, params, ids }) => {
      const unusedTimeFrom = params.bill_for?.unused_time_from?.type;
      const invoicing = params.invoicing_behavior ?? undefined;
      return draft.render(pauseSubscription(draft, ids.id, { unusedTimeFrom, invoicing }));
    }),
    route("POST", "/v1/subscriptions/:id/resume", resumable, ({ draft, params, ids }) => {
      const { billing_cycle_anchor: given, proration_behavior: proration, payment_behavior: payment } = params;
      const anchor = (typeof given === "object" ? given?.type : given) ?? undefined;
      const resuming = { anchor, proration: proration ?? undefined, payment: payment ?? undefined };
      return draft.render(resumeSubscription(draft, ids.id, resuming));
    }),
    searches("subscription", "/v1/subscriptions", ["canceled_at", "created", "metadata", "status"]),
    route("GET", "/v1/subscriptions", listable, ({ draft, params }) => listSubscriptions(draft, params)),
  ],
};

function renderSubscription(row: SubscriptionRow, draft: Draft): object {
  const items = pageInOrder(draft, itemsOf(draft, row.id), {}, `/v1/subscription_items?subscription=${row.id}`);
  const shown = row.ours.pending?.shown ?? [];
  const pending = row.pending_update && {
    ...row.pending_update,
    subscription_items: shown.map((item) => renderItem(item, draft)),
  };
  return { ...row, items, pending_update: pending, ...planOf(draft, row.id) };
}

// The types lack these fields, and every recorded answer has them: of the only item, or null when there are several.
function planOf(draft: Draft, id: string): Rendered {
  const [only, ...more] = itemsOf(draft, id);
  const shown = only && more.length === 0 ? renderItem(only, draft) : {};
  return { plan: shown["plan"] ?? null, quantity: shown["quantity"] ?? null };
}

function endAll(draft: Draft, customer: string): void {
  for (const row of draft.rows("subscription", { customer })) {
    if (row.status === "incomplete") endIncomplete(draft, row);
    else if (!ENDED.has(row.status)) endSubscription(draft, row.id, { reason: "cancellation_requested" });
  }
}

// What has ended is left out unless it is asked for, and so is what lives under a test clock.
function listSubscriptions(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { customer, price, status, test_clock: clock, collection_method: method } = params;
  const hasStatus = ({ status: own }: SubscriptionRow): boolean => {
    if (status === "all") return true;
    if (status === "ended") return ENDED.has(own);
    return status ? own === status : own !== "canceled";
  };
  return listPage(draft, "subscription", params, {
    url: "/v1/subscriptions",
    by: indexFor(params),
    created: params.created,
    keep: (row) =>
      hasStatus(row) &&
      (customer ? row.customer === customer : true) &&
      (clock ? row.test_clock === clock : customer ? true : row.test_clock === null) &&
      (!price || row.ours.prices.includes(price)) &&
      (!method || row.collection_method === method) &&
      inRange(row.ours.periodEnd, params.current_period_end) &&
      inRange(row.ours.periodStart, params.current_period_start),
  });
}

function indexFor({ customer, test_clock: clock, status }: ParamsOf<typeof listable>): Listing<"subscription">["by"] {
  if (customer) return { customer };
  if (clock) return { test_clock: clock };
  return status && status !== "all" && status !== "ended" ? { status } : undefined;
}
