import { keepKnown } from "../access/keep-known";
import type { Fact, OrderState, SourceFacts, SubscriptionState } from "../access/fact";

/** Where what we hold and what Stripe says are not the same, in words. */
export interface Difference {
  what: string;
  held: string;
  said: string;
  /** Who says it, if it is not Stripe. */
  saidBy?: string;
  /** Why it matters. */
  matters: string;
}

interface Aspect<State> {
  what: string;
  matters: string;
  of(state: State, facts: SourceFacts): string;
}

const ofAll: readonly Aspect<unknown>[] = [
  {
    what: "the customer",
    matters: "It decides whose purchase it is.",
    of: (_, { customer }) => customer ?? "a guest",
  },
  {
    what: "the checkouts",
    matters: "Our own checkout says whose purchase it is.",
    of: (_, { sessions }) => list([...sessions].sort()),
  },
  {
    what: "the mark latchkey_ignore",
    matters: "What is marked opens nothing.",
    of: (_, { ignored }) => (ignored ? "set" : "not set"),
  },
  {
    what: "the items",
    matters: "They decide which products are open.",
    of: (_, { items }) => list(items.map(itemText).sort()),
  },
];

const ofSubscription: readonly Aspect<SubscriptionState>[] = [
  {
    what: "the status",
    matters: "It decides whether the subscription opens anything.",
    of: ({ status }) => status,
  },
  {
    what: "the announced end",
    matters: "Access ends then.",
    of: ({ cancelAt, cancelAtPeriodEnd }) =>
      cancelAt ? moment(cancelAt) : cancelAtPeriodEnd ? "the end of the period" : "none",
  },
  { what: "the end", matters: "Access ended then.", of: ({ endedAt }) => moment(endedAt) },
  { what: "the end of the trial", matters: "A trial opens until then.", of: ({ trialEndsAt }) => moment(trialEndsAt) },
  {
    what: "the collection of payments",
    matters: "The policy may suspend access while it is paused.",
    of: ({ collectionPaused }) => (collectionPaused ? "paused" : "going on"),
  },
  {
    what: "the unpaid invoices",
    matters: "The days of grace are counted from the first of them.",
    of: ({ unpaid }) =>
      unpaid ? `since ${moment(unpaid.sinceAt)}: ${list(unpaid.invoices.map(({ id }) => id))}` : "none",
  },
  {
    what: "the periods",
    matters: "A cancelled subscription opens until the end of its period.",
    of: (_, { items }) => list(items.map(({ periodEndsAt }) => moment(periodEndsAt)).sort()),
  },
  {
    what: "the latest invoice",
    matters: "Without it a renewal is missing in the journal.",
    of: ({ latestInvoice }) => (latestInvoice ? `${latestInvoice.id}${latestInvoice.paidAt ? " (paid)" : ""}` : "none"),
  },
  {
    what: "the coming change",
    matters: "It is shown before it happens.",
    of: ({ comingChange }) =>
      comingChange ? `${list(comingChange.prices)} from ${moment(comingChange.startsAt)}` : "none",
  },
  { what: "the disputes", matters: "The policy says what a dispute does to access.", of: disputesOf },
];

const ofOrder: readonly Aspect<OrderState>[] = [
  { what: "the amount", matters: "A refund of all of it ends access.", of: ({ amount }) => String(amount) },
  {
    what: "the day of the payment",
    matters: "What is sold for some days is counted from it.",
    of: ({ paidAt }) => moment(paidAt),
  },
  { what: "the payment", matters: "Only what is paid opens anything.", of: ({ payment }) => payment.toLowerCase() },
  {
    what: "the refunds",
    matters: "A purchase that was refunded in full opens nothing, unless the policy says otherwise.",
    of: ({ refunds }) => list(refunds.map(({ id, amount, status }) => `${id} ${amount} ${status}`).sort()),
  },
  { what: "the disputes", matters: "The policy says what a dispute does to access.", of: disputesOf },
];

/** What differs between what we hold of a source and what Stripe says of it. Empty: nothing does. */
export function compareFacts(held: SourceFacts, read: SourceFacts): Difference[] {
  const said = keepKnown(held, read);
  const told = [...ofState(held, said), ...differences(ofAll, [null, held], [null, said])];
  return told.length > 0 ? told : compareRest(held, said);
}

/** Dates and words that decide nothing by themselves; with something that does, they are mended unsaid. */
function compareRest(held: SourceFacts, said: SourceFacts): Difference[] {
  const [before, after] = [restOf(held), restOf(said)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [one, other] = [before.get(name) ?? "none", after.get(name) ?? "none"];
    const matters = "It decides nothing by itself; what we tell of the purchase follows it.";
    return one === other ? [] : [{ what: `the detail ${name}`, held: one, said: other, matters }];
  });
}

/** Each value by where it stands. The buyer is compared as a customer. */
function restOf({ boughtAt, state, items }: SourceFacts): Map<string, string> {
  const told = state.kind === "SUBSCRIPTION" ? { ...state, latestInvoice: withoutAmount(state.latestInvoice) } : state;
  const found = new Map<string, string>();
  const put = (name: string, value: unknown): void => {
    if (value instanceof Date) found.set(name, value.toISOString());
    else if (Array.isArray(value)) for (const each of value) put(`${name} ${nameIn(each)}`, each);
    else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value)) put(name === "" ? key : `${name}.${key}`, inner);
    else if (value !== null && value !== undefined) found.set(name, `${value as string | number | boolean}`);
  };
  put("", { boughtAt, ...told, items: items.map(withoutCost) });
  return found;
}

/** Facts of older versions do not have it, and by itself it changes nothing. */
function withoutAmount(latest: SubscriptionState["latestInvoice"]): SubscriptionState["latestInvoice"] {
  if (latest === null) return null;
  const { isAboveZero: _, ...told } = latest;
  return told;
}

/** Facts of older versions do not have it, and it is told once, with the purchase. */
function withoutCost({ amount: _amount, currency: _currency, ...item }: Fact): Fact {
  return item;
}

function nameIn(each: unknown): string {
  if (typeof each !== "object" || each === null) return String(each);
  const { id, item } = each as { id?: string; item?: string };
  return id ?? item ?? "";
}

function ofState(held: SourceFacts, said: SourceFacts): Difference[] {
  const [before, after] = [held.state, said.state];
  if (before.kind === "SUBSCRIPTION" && after.kind === "SUBSCRIPTION") {
    return differences(ofSubscription, [before, held], [after, said]);
  }
  if (before.kind === "ORDER" && after.kind === "ORDER") return differences(ofOrder, [before, held], [after, said]);
  return [{ what: "the kind", held: before.kind, said: after.kind, matters: "They are read by other rules." }];
}

function differences<State>(
  aspects: readonly Aspect<State>[],
  held: [State, SourceFacts],
  said: [State, SourceFacts],
): Difference[] {
  return aspects.flatMap(({ what, matters, of }) => {
    const [before, after] = [of(...held), of(...said)];
    return before === after ? [] : [{ what, held: before, said: after, matters }];
  });
}

function itemText({ item, price, quantity, credited }: Fact): string {
  const named = item === price ? price : `${item} at ${price}`;
  return `${named} × ${quantity}${credited ? " (credited)" : ""}`;
}

function disputesOf({ disputes }: { disputes: SubscriptionState["disputes"] }): string {
  return list(disputes.map(({ id, status }) => `${id} ${status}`).sort());
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? "none" : texts.join(", ");
}

function moment(at: Date | null): string {
  return at?.toISOString() ?? "none";
}
