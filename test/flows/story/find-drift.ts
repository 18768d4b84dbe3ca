import type { Books } from "./books";
import type { Order, StripeState, Subscription } from "./read-stripe";

/** A row of what Latchkey holds of a subscription or an order, as it stands in the database. */
export interface HeldRow {
  source: string;
  kind: "SUBSCRIPTION" | "ORDER";
  customer: string | null;
  facts: HeldFacts;
}

interface HeldFacts {
  ignored: boolean;
  items: { item: string; price: string; stripeProduct: string; periodEndsAt: string | null; credited: boolean }[];
  state: Record<string, unknown> & {
    refunds?: { amount: number; status: string }[];
    disputes: { status: string }[];
  };
}

/**
 * The purchases of which Latchkey holds something else than Stripe says, or nothing although a link covers them. Read from
 * the rows and from Stripe's lists, without a line of Latchkey's own comparing.
 */
export function findDrift(held: readonly HeldRow[], stripe: StripeState, { links }: Books): Set<string> {
  const rows = new Map(held.map((row) => [row.source, row]));
  const isLinked = ({ product, price }: { product: string; price: string }): boolean =>
    links.some(
      (link) =>
        link.keeps === null &&
        link.stripeProduct === product &&
        (link.prices.length === 0 || link.prices.includes(price)),
    );
  const drift = new Set<string>();
  for (const one of stripe.subscriptions) {
    const row = rows.get(one.id);
    const isOver = OVER.includes(one.status);
    if (row ? sayOfRow(row) !== sayOfSubscription(one) : !isOver && one.items.some(isLinked)) drift.add(one.id);
  }
  for (const one of stripe.orders) {
    const row = rows.get(one.key);
    const isMissing = one.payment === "PAID" && one.lines.some(isLinked);
    if (row ? sayOfRow(row) !== sayOfOrder(one) : isMissing) drift.add(one.key);
  }
  return drift;
}

const OVER = ["canceled", "incomplete_expired"];

function sayOfRow({ kind, customer, facts: { ignored, items, state } }: HeldRow): string {
  if (kind === "ORDER") {
    return say([
      ["customer", customer],
      ["payment", state["payment"]],
      ["refunds", refunds(state.refunds ?? [])],
      ["disputes", state.disputes.map(({ status }) => status).sort()],
      [
        "lines",
        lines(items.map(({ price, stripeProduct, credited }) => ({ price, product: stripeProduct, credited }))),
      ],
    ]);
  }
  const status = String(state["status"]);
  return say([
    ["customer", customer],
    ["status", status],
    // What is over, is over: the rest of it opens nothing any more.
    ...(OVER.includes(status)
      ? []
      : ([
          ["ignored", ignored],
          ["trial", seconds(state["trialEndsAt"])],
          ["end", seconds(state["cancelAt"])],
          ["end of period", state["cancelAtPeriodEnd"]],
          ["paused", state["collectionPaused"]],
          ["items", items.map((each) => [each.item, each.price, seconds(each.periodEndsAt)].join(" ")).sort()],
        ] as const)),
  ]);
}

function sayOfSubscription(one: Subscription): string {
  return say([
    ["customer", one.customer],
    ["status", one.status],
    ...(OVER.includes(one.status)
      ? []
      : ([
          ["ignored", one.ignored],
          ["trial", one.trialEnd],
          ["end", one.cancelAt],
          ["end of period", one.cancelAtPeriodEnd],
          ["paused", one.collectionPaused],
          ["items", one.items.map(({ id, price, periodEnd }) => [id, price, periodEnd].join(" ")).sort()],
        ] as const)),
  ]);
}

function sayOfOrder(one: Order): string {
  return say([
    ["customer", one.customer],
    ["payment", one.payment],
    ["refunds", refunds(one.refunds)],
    ["disputes", [...one.disputes].sort()],
    ["lines", lines(one.lines)],
  ]);
}

/** Money that did not go back is still the shop's. */
function refunds(all: readonly { amount: number; status: string }[]): string[] {
  return all
    .filter(({ status }) => status !== "failed" && status !== "canceled")
    .map(({ amount, status }) => `${amount} ${status}`)
    .sort();
}

/** One for each price, however many lines it stands on. */
function lines(all: readonly { price: string; product: string; credited: boolean }[]): string[] {
  return [...new Set(all.map(({ price, product, credited }) => `${price} ${product} ${credited}`))].sort();
}

function say(said: readonly (readonly [string, unknown])[]): string {
  return JSON.stringify(said);
}

function seconds(moment: unknown): number | null {
  return typeof moment === "string" ? Date.parse(moment) / 1_000 : null;
}
