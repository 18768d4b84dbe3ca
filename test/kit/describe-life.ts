import type { Fact, OrderState, SourceFacts, SubscriptionState, UnpaidRun } from "../../src/access/fact";
import { type GrantLife, endOf, statusOf } from "../../src/access/grant";

/** Day 0 is the day of the purchase; tables of tests say "day 10" and mean ten days later. */
export function day(count: number, hours = 0): Date {
  return new Date(Date.UTC(2026, 2, 1, 12) + count * 86_400_000 + hours * 3_600_000);
}

export const monthly: Fact = {
  item: "si_1",
  stripeProduct: "prod_course",
  price: "price_monthly",
  quantity: 1,
  sinceAt: day(0),
  periodEndsAt: day(30),
  credited: false,
};

export const once: Fact = { ...monthly, item: "price_once", price: "price_once", periodEndsAt: null };

/** A run of one unpaid invoice. */
export function unpaidSince(sinceAt: Date, invoice = "in_2"): UnpaidRun {
  return { sinceAt, paidAt: null, invoices: [{ id: invoice, failedAt: sinceAt }] };
}

export function subscription(said: Partial<SubscriptionState> = {}, more: Partial<SourceFacts> = {}): SourceFacts {
  const state: SubscriptionState = {
    kind: "SUBSCRIPTION",
    status: "active",
    trialEndsAt: null,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    cancellation: { reason: null, feedback: null },
    collectionPaused: false,
    unpaid: null,
    latestInvoice: null,
    disputes: [],
    onTestClock: false,
    comingChange: null,
    ...said,
  };
  return source("sub_1", state, [monthly], more);
}

export function order(said: Partial<OrderState> = {}, more: Partial<SourceFacts> = {}): SourceFacts {
  const state: OrderState = {
    kind: "ORDER",
    payment: "PAID",
    paidAt: day(0),
    failedAt: null,
    amount: 5_000,
    refunds: [],
    disputes: [],
    ...said,
  };
  return source("pi_1", state, [once], more);
}

function source(
  id: string,
  state: SourceFacts["state"],
  items: readonly Fact[],
  more: Partial<SourceFacts>,
): SourceFacts {
  return {
    connectionId: "00000000-0000-7000-8000-00000000000c",
    mode: "TEST",
    source: id,
    customer: "cus_1",
    buyer: { email: null, name: null },
    sessions: [],
    ignored: false,
    boughtAt: day(0),
    state,
    items,
    observation: 1n,
    observedAt: day(1),
    ...more,
  };
}

/** In words that a shop owner reads: what it opens on a day, until when, and what it says afterwards. */
export function describeLife(life: Omit<GrantLife, "startsAt"> & { startsAt?: Date }, at: Date): string {
  const grant = { startsAt: day(0), ...life };
  const status = statusOf(grant, at);
  if (status === "ENDED") return `closed: ${grant.endReason ?? "EXPIRED"}`;
  if (status === "SUSPENDED") return `closed: ${grant.reason}`;
  if (status === "SCHEDULED") return "closed: NOT_STARTED";
  const end = endOf(grant);
  if (end === null) return `open: ${grant.reason}`;
  return `open: ${grant.reason} until ${nameOf(end)}, then ${grant.endReason ?? "EXPIRED"}`;
}

function nameOf(moment: Date): string {
  const hours = Math.round((moment.getTime() - day(0).getTime()) / 3_600_000);
  const rest = hours % 24;
  return `day ${Math.floor(hours / 24)}${rest === 0 ? "" : ` and ${rest} h`}`;
}
