import type Stripe from "stripe";
import type { SimulatorOptions, Simulator } from "../../src/local/stripe/start-simulator";
import { openTypeCheck } from "../kit/worker/stripe-types";
import { ask, closeSimulators, openSimulator } from "./simulator-kit";

export const DAY_S = 86_400;
export const BEGIN = Date.parse("2026-11-02T10:00:00.000Z") / 1000;

export interface Shop {
  simulator: Simulator;
  stripe: Stripe;
  /** Ten dollars a month, and a hundred a year. */
  monthly: string;
  yearly: string;
  product: string;
  /** The names of the events since the last call, oldest first. */
  told: () => Promise<string[]>;
  /** A customer whose card does what its name says, or one without a card. */
  buyer: (card?: string | null, clock?: string) => Promise<string>;
}

/** A shop with one product and two prices; every event it tells is held against Stripe's types at the end. */
export async function openShop(options: SimulatorOptions = {}): Promise<Shop> {
  const { simulator, stripe } = await openSimulator(options);
  const product = (await stripe.products.create({ name: "Pro" })).id;
  const priceOf = async (interval: "month" | "year", unit_amount: number): Promise<string> =>
    (await stripe.prices.create({ product, currency: "usd", unit_amount, recurring: { interval } })).id;
  const [monthly, yearly] = [await priceOf("month", 1_000), await priceOf("year", 10_000)];
  // Events are forgotten after 30 days, so their turns are counted and not their number.
  const lastTurn = (): number => Math.max(-1, ...simulator.world.shelves.event.inOrder.map(({ turn }) => turn));
  let seen = lastTurn();
  const told = (): Promise<string[]> => {
    const fresh = simulator.world.shelves.event.inOrder.filter(({ turn }) => turn > seen);
    seen = lastTurn();
    return Promise.resolve(fresh.toSorted((a, b) => a.turn - b.turn).map(({ row }) => row.type));
  };
  const buyer = async (card: string | null = "pm_card_visa", clock?: string): Promise<string> => {
    const { id } = await stripe.customers.create({ email: "ada@example.com", ...(clock ? { test_clock: clock } : {}) });
    if (card === null) return id;
    const method = await stripe.paymentMethods.attach(card, { customer: id });
    await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
    return id;
  };
  return { simulator, stripe, monthly, yearly, product, told, buyer };
}

export const check = openTypeCheck();

/** The id of what may have been expanded. */
export function idOf(reference: string | { id?: string } | null | undefined): string {
  return (typeof reference === "string" ? reference : reference?.id) ?? "";
}

/** Closes the shop; a test fails when something in its world does not have the shape of Stripe's types. */
export async function closeShop(shop: Shop): Promise<void> {
  try {
    const faults = await faultsOf(shop);
    if (faults.length > 0) throw new Error(faults.join("\n"));
  } finally {
    await closeSimulators();
  }
}

/** What is wrong with everything that the world can show now: each billing object and each event. */
async function faultsOf({ simulator, product }: Shop): Promise<string[]> {
  const faults: string[] = [];
  const holders = simulator.world.shelves["entitlements.active_entitlement"].inOrder.map(
    ({ row }) => row.ours.customer,
  );
  const active = holders.map((id) => `entitlements/active_entitlements?customer=${id}`);
  for (const path of [...LISTS, `products/${product}/features`, ...active]) {
    // oxlint-disable-next-line no-await-in-loop
    const { status, body } = await ask(simulator, "GET", `/v1/${path}`);
    if (status !== 200) faults.push(`${path}: ${JSON.stringify(body)}`);
    else faults.push(...check(body).map((fault) => `${path}: ${fault}`));
  }
  for (const { row } of simulator.world.shelves.event.inOrder) {
    const { ours: _ours, ...event } = row;
    faults.push(...check({ ...event, pending_webhooks: 0 }).map((fault) => `${row.type}: ${fault}`));
  }
  return [...new Set(faults)];
}

const LISTS = [
  "subscriptions?status=all&limit=100",
  "invoices?limit=100",
  "invoiceitems?limit=100",
  "invoice_payments?limit=100",
  "credit_notes?limit=100",
  "subscription_schedules?limit=100",
  "entitlements/features",
];
