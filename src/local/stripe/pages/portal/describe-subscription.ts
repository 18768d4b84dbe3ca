import { itemsOf, type SubscriptionItemRow, type SubscriptionRow } from "../../billing/subscription-row";
import type { Draft } from "../../draft";
import { money } from "../money";
import { day, rhythm } from "../say-time";

export interface Described {
  name: string;
  price: string;
  status: string;
  mood: "good" | "bad" | "";
  /** What happens next, and when. */
  next: string;
}

/** A subscription in the words of its owner. */
export function describeSubscription(draft: Draft, row: SubscriptionRow): Described {
  const items = itemsOf(draft, row.id);
  const names = items.map(({ price, quantity }) => {
    const name = draft.find("product", draft.get("price", price).product)?.name ?? "A product";
    return quantity && quantity > 1 ? `${name} × ${quantity}` : name;
  });
  const [status, mood] = STATUSES[row.status] ?? [row.status, ""];
  return { name: names.join(", "), price: totalOf(draft, items), status, mood, next: nextOf(row, endOf(items)) };
}

/** When the last of its items ends its period. */
export function endOf(items: readonly SubscriptionItemRow[]): number {
  return Math.max(0, ...items.map(({ current_period_end: end }) => end));
}

function totalOf(draft: Draft, items: SubscriptionItemRow[]): string {
  const prices = items.map((item) => ({ price: draft.get("price", item.price), quantity: item.quantity ?? 1 }));
  const [first] = prices;
  if (!first) return "";
  const sum = prices.reduce(
    (total, { price, quantity }) => total + Number(price.unit_amount_decimal ?? 0) * quantity,
    0,
  );
  const often = first.price.recurring ? ` ${rhythm(first.price.recurring)}` : "";
  return `${money(Math.round(sum), first.price.currency)}${often}`;
}

/** For good: nothing renews, and nothing can be changed. */
export function hasEnded({ status }: Pick<SubscriptionRow, "status">): boolean {
  return status === "canceled" || status === "incomplete_expired";
}

const STATUSES: Record<string, [string, Described["mood"]]> = {
  active: ["Active", "good"],
  trialing: ["Trial", "good"],
  past_due: ["Past due", "bad"],
  unpaid: ["Unpaid", "bad"],
  paused: ["Paused", ""],
  canceled: ["Canceled", ""],
  incomplete: ["Incomplete", "bad"],
  incomplete_expired: ["Expired", ""],
};

function nextOf(row: SubscriptionRow, end: number): string {
  if (row.status === "incomplete_expired") return "It was never paid, and did not begin";
  if (row.status === "canceled") return row.ended_at ? `Ended on ${day(row.ended_at)}` : "Ended";
  if (row.status === "incomplete") return "Begins when the first payment arrives";
  if (row.cancel_at) return `Ends on ${day(row.cancel_at)}`;
  if (row.cancel_at_period_end) return `Ends on ${day(end)}`;
  if (row.status === "paused") return "No payments until it is resumed";
  if (row.status === "unpaid") return "No payments until the open invoice is paid";
  if (row.status === "trialing" && row.trial_end) return `Trial until ${day(row.trial_end)}`;
  return `Renews on ${day(end)}`;
}
