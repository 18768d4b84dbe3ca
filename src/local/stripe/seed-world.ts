import { blankSubscription, type SubscriptionItemRow, type SubscriptionRow } from "./billing/subscription-row";
import { periodEnd } from "./billing/period";
import type { Draft } from "./draft";
import { blankCustomer } from "./objects/customer";
import { blankProduct } from "./objects/new-product";
import { createPrice } from "./objects/price";
import type { Simulation } from "./simulation";

const BATCH = 1_000;
const APART_S = 10;
const MONTH = { interval: "month", interval_count: 1 } as const;

export interface WorldSize {
  customers: number;
  /** Monthly, one item each, spread over the customers and prices: of a hundred, 3 are past due, 5 canceled. */
  subscriptions?: number;
  products?: number;
  prices?: number;
}

/**
 * Fills a world for imports and benchmarks, without events, payments and invoices: as if all of it had happened before
 * anyone listened, and what was paid had been forgotten. Rows are made from old to new, so that each is simply the
 * newest. What renews does so within the next month.
 */
export function seedWorld(simulation: Simulation, size: WorldSize): void {
  const { customers, subscriptions = 0, products = 5, prices = 10 } = size;
  const begin = simulation.now() - (customers + subscriptions) * APART_S;
  const owners: string[] = [];
  inBatches(simulation, customers, (draft, n) => {
    owners.push(seedCustomer(draft, n, begin + n * APART_S));
  });
  if (subscriptions === 0) return;
  const sold = simulation.act((draft) => seedPrices(draft, products, prices));
  const created = begin + customers * APART_S;
  inBatches(simulation, subscriptions, (draft, n) => {
    const customer = owners[n % owners.length] ?? "";
    seedSubscription(draft, { n, customer, price: sold[n % sold.length] ?? "", created: created + n * APART_S });
  });
}

function inBatches(simulation: Simulation, many: number, make: (draft: Draft, n: number) => void): void {
  for (let made = 0; made < many; made += BATCH) {
    simulation.act((draft) => {
      for (let n = made; n < Math.min(made + BATCH, many); n++) make(draft, n);
    });
  }
}

function seedCustomer(draft: Draft, n: number, created: number): string {
  const row = { ...blankCustomer(draft, created), name: `Customer ${n}`, email: `customer-${n}@example.com` };
  return draft.put(row).id;
}

function seedPrices(draft: Draft, products: number, prices: number): string[] {
  const sold = Array.from({ length: products }, (_, n) =>
    draft.put(blankProduct(draft.newId("product"), `Product ${n}`, draft.now)),
  );
  return Array.from({ length: prices }, (_, n) => {
    const product = sold[n % products]?.id ?? "";
    return createPrice(draft, { product, currency: "usd", unit_amount: 500 + n * 100, recurring: MONTH }).id;
  });
}

interface Seed {
  n: number;
  customer: string;
  price: string;
  created: number;
}

function seedSubscription(draft: Draft, { n, customer, price, created }: Seed): void {
  const status = statusOf(n);
  const blank = blankSubscription(draft.newId("subscription"), customer, created);
  const start = draft.now - ((n * 7_919) % (28 * 86_400));
  const end = periodEnd(start, start, MONTH);
  const ended = status === "canceled" ? { canceled_at: start, ended_at: start } : {};
  const row = draft.put<SubscriptionRow>({
    ...blank,
    ...ended,
    status,
    billing_cycle_anchor: start,
    ours: { ...blank.ours, told: true, prices: [price], periodStart: start, periodEnd: end },
  });
  draft.put<SubscriptionItemRow>({
    id: draft.newId("subscription_item"),
    object: "subscription_item",
    billing_thresholds: null,
    created,
    current_period_end: end,
    current_period_start: start,
    current_trial: null,
    discounts: [],
    metadata: {},
    price,
    quantity: 1,
    subscription: row.id,
    tax_rates: [],
  });
  if (status === "canceled") return;
  draft.setTimer({ kind: "subscription", id: row.id, what: "renew", at: end, clock: null });
}

function statusOf(n: number): "active" | "past_due" | "canceled" {
  const place = n % 100;
  if (place < 5) return "canceled";
  return place < 8 ? "past_due" : "active";
}
