import { SECOND } from "../base/durations";
import type { Fact, SourceFacts, SubscriptionState, UnpaidRun } from "./fact";

/**
 * Adds to new facts what only earlier ones can tell. Stripe forgets the first due date of an invoice that was given another
 * one, and since when an item has its price. What was found out about both once does not move.
 */
export function keepKnown(before: SourceFacts, after: SourceFacts): SourceFacts {
  const [old, state] = [before.state, after.state];
  if (old.kind !== "SUBSCRIPTION" || state.kind !== "SUBSCRIPTION") return after;
  const items = after.items.map((item) => keepSince(item, before, after));
  return { ...after, items, state: { ...state, unpaid: keepRun(old.unpaid, state) } };
}

/** A payment ends a run. Until then it is the same one, and its earliest failure counts. */
function keepRun(old: UnpaidRun | null, { unpaid: said, latestInvoice }: SubscriptionState): UnpaidRun | null {
  if (old === null) return said;
  if (said === null) return isPaidSince(old, latestInvoice) ? null : old;
  if (old.paidAt?.getTime() !== said.paidAt?.getTime()) return said;
  const failures = new Map(said.invoices.map(({ id, failedAt }) => [id, failedAt]));
  for (const { id, failedAt } of old.invoices) failures.set(id, earlier(failedAt, failures.get(id) ?? failedAt));
  const invoices = [...failures].map(([id, failedAt]) => ({ id, failedAt }));
  invoices.sort((a, b) => a.failedAt.getTime() - b.failedAt.getTime() || (a.id < b.id ? -1 : 1));
  return { sinceAt: earlier(old.sinceAt, said.sinceAt), paidAt: said.paidAt, invoices };
}

function isPaidSince({ sinceAt }: UnpaidRun, latest: SubscriptionState["latestInvoice"]): boolean {
  return latest !== null && latest.paidAt !== null && latest.isAboveZero !== false && latest.paidAt >= sinceAt;
}

/** A price that was seen before keeps its beginning. One that replaced another began after that was seen last. */
function keepSince(item: Fact, before: SourceFacts, { observedAt }: SourceFacts): Fact {
  const old = before.items.find((each) => each.item === item.item);
  if (!old) return item;
  if (old.price === item.price) return { ...item, sinceAt: old.sinceAt };
  // Stripe's moments have no fractions of a second.
  const isAfter = item.sinceAt.getTime() + SECOND > before.observedAt.getTime();
  return isAfter ? item : { ...item, sinceAt: observedAt };
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
