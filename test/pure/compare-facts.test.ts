import type { OrderState, SourceFacts, SubscriptionState } from "../../src/access/fact";
import { compareCustomers } from "../../src/reconciliation/compare-customers";
import { compareFacts } from "../../src/reconciliation/compare-facts";
import { type Standing, decideDue } from "../../src/reconciliation/decide-due";
import { decideRelevance } from "../../src/reconciliation/decide-relevance";
import { unpaidSince } from "../kit/describe-life";
import { formatDifferences } from "../../src/reconciliation/format-difference";

const at = (day: number) => new Date(Date.UTC(2026, 2, day));

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
  latestInvoice: { id: "in_1", billingReason: "subscription_create", paidAt: at(1) },
  disputes: [],
  onTestClock: false,
  comingChange: null,
};
const order: OrderState = {
  kind: "ORDER",
  payment: "PAID",
  paidAt: at(1),
  failedAt: null,
  amount: 1_900,
  refunds: [],
  disputes: [],
};
const item = {
  item: "si_1",
  stripeProduct: "prod_1",
  price: "price_1",
  quantity: 1,
  sinceAt: at(1),
  periodEndsAt: at(31),
  credited: false,
};
const facts = (more: Partial<SourceFacts> = {}): SourceFacts => ({
  connectionId: "c",
  mode: "TEST",
  source: "sub_1",
  customer: "cus_1",
  buyer: { email: "ada@a.example", name: "Ada" },
  sessions: [],
  ignored: false,
  boughtAt: at(1),
  state,
  items: [item],
  observation: 1n,
  observedAt: at(1),
  ...more,
});
const subscription = (more: Partial<SubscriptionState>) => facts({ state: { ...state, ...more } });
const bought = (more: Partial<OrderState>) => facts({ source: "in_1", state: { ...order, ...more } });

test("what was only looked at again does not differ", () => {
  const again = facts({ observation: 9n, observedAt: at(9), buyer: { email: "other@a.example", name: null } });
  expect(compareFacts(facts(), again)).toEqual([]);
});

test("a grace that was anchored before does not differ", () => {
  const failed = (day: number) => subscription({ status: "past_due", unpaid: unpaidSince(at(day)) });
  expect(compareFacts(failed(3), failed(5))).toEqual([]);
  expect(compareFacts(failed(5), failed(3)).map(({ what }) => what)).toEqual(["the unpaid invoices"]);
});

test.each<[string, SourceFacts, SourceFacts, string]>([
  ["a status", facts(), subscription({ status: "canceled" }), "the status"],
  ["an announced end", facts(), subscription({ cancelAtPeriodEnd: true }), "the announced end"],
  ["another announced end", subscription({ cancelAt: at(9) }), subscription({ cancelAt: at(8) }), "the announced end"],
  ["an end", facts(), subscription({ endedAt: at(5) }), "the end"],
  ["a trial", facts(), subscription({ trialEndsAt: at(9) }), "the end of the trial"],
  ["a paused collection", facts(), subscription({ collectionPaused: true }), "the collection of payments"],
  ["a failure", facts(), subscription({ unpaid: unpaidSince(at(2)) }), "the unpaid invoices"],
  ["a renewal", facts(), facts({ items: [{ ...item, periodEndsAt: at(30) }] }), "the periods"],
  ["an invoice", facts(), subscription({ latestInvoice: { ...inv("in_2") } }), "the latest invoice"],
  ["a coming change", facts(), subscription({ comingChange: { startsAt: null, prices: ["p"] } }), "the coming change"],
  [
    "a dispute",
    facts(),
    subscription({ disputes: [{ id: "dp_1", status: "lost", createdAt: at(2) }] }),
    "the disputes",
  ],
  ["a quantity", facts(), facts({ items: [{ ...item, quantity: 2 }] }), "the items"],
  ["a customer", facts(), facts({ customer: null }), "the customer"],
  ["a mark", facts(), facts({ ignored: true }), "the mark latchkey_ignore"],
  ["a checkout", facts(), facts({ sessions: ["cs_1"] }), "the checkouts"],
  ["a payment", bought({}), bought({ payment: "FAILED" }), "the payment"],
  [
    "a refund",
    bought({}),
    bought({ refunds: [{ id: "re_1", amount: 1, status: "pending", createdAt: at(2) }] }),
    "the refunds",
  ],
  [
    "a refund that arrived",
    bought({ refunds: [{ id: "re_1", amount: 1, status: "pending", createdAt: at(2) }] }),
    bought({ refunds: [{ id: "re_1", amount: 1, status: "succeeded", createdAt: at(2) }] }),
    "the refunds",
  ],
])("%s is a difference", (_, held, said, what) => {
  expect(compareFacts(held, said).map((difference) => difference.what)).toEqual([what]);
});

function inv(id: string) {
  return { id, billingReason: "subscription_cycle", paidAt: at(2) };
}

test("the report says what we held, what Stripe says and why it matters", () => {
  const differences = compareFacts(facts(), subscription({ status: "canceled", endedAt: at(5) }));
  expect(formatDifferences(differences)).toBe(
    "The status: we held active, Stripe says canceled. It decides whether the subscription opens anything. " +
      "The end: we held none, Stripe says 2026-03-05T00:00:00.000Z. Access ended then.",
  );
});

test("what decides nothing is told as a detail, by its place, and only when nothing else differs", () => {
  const changed = subscription({ canceledAt: at(4) });
  expect(compareFacts(facts(), changed)).toEqual([
    { what: "the detail canceledAt", held: "none", said: at(4).toISOString(), matters: expect.any(String) },
  ]);
  const also = subscription({ canceledAt: at(4), status: "canceled" });
  expect(compareFacts(facts(), also).map(({ what }) => what)).toEqual(["the status"]);
  const bought = facts({ boughtAt: at(2), buyer: { email: null, name: null } });
  expect(compareFacts(facts(), bought).map(({ what }) => what)).toEqual(["the detail boughtAt"]);
});

describe("of a customer", () => {
  const held = { connectionId: "c", customer: "cus_1", email: "ada@a.example", name: "Ada", deleted: false };
  const seen = { ...held, observation: 1n, observedAt: at(1) };
  const known = { isForgotten: false };

  test("it is told that the address or the name changed, and never what they are", () => {
    expect(compareCustomers(seen, { ...seen, deleted: true, email: null, name: null }, known)).toHaveLength(1);
    const changed = compareCustomers(seen, { ...seen, email: "new@a.example", name: "Bea" }, known);
    expect(changed.map(({ what }) => what)).toEqual(["the customer's address", "the customer's name"]);
    expect(formatDifferences(changed)).not.toMatch(/@|Ada|Bea/);
  });

  test("who was unlinked is not kept, so only that they were deleted is a difference", () => {
    const forgotten = { ...seen, email: null, name: null };
    expect(compareCustomers(forgotten, seen, { isForgotten: true })).toEqual([]);
    expect(compareCustomers(forgotten, { ...seen, deleted: true }, { isForgotten: true })).toHaveLength(1);
  });
});

describe("what Stripe lists and we do not hold is missing", () => {
  const listed = (boughtAt: Date, overAt: Date | null = null) => ({
    target: { kind: "SUBSCRIPTION" as const, id: "sub_1" },
    source: "sub_1",
    items: [{ stripeProduct: "prod_1", price: "price_1" }],
    boughtAt,
    overAt,
  });
  const link = { stripeProduct: "prod_1", priceIds: [], linkedAt: at(10), isImported: true };

  test.each([
    ["when an import should have found it", listed(at(1)), link, true],
    ["but not when nobody wanted an import", listed(at(1)), { ...link, isImported: false }, false],
    ["when it was bought after the link was made", listed(at(11)), { ...link, isImported: false }, true],
    ["but not when it was over before the link was made", listed(at(1), at(9)), link, false],
    ["when it ended since then", listed(at(1), at(11)), link, true],
    ["but not when another Stripe product is linked", listed(at(11)), { ...link, stripeProduct: "prod_2" }, false],
    ["but not when other prices are linked", listed(at(11)), { ...link, priceIds: ["price_2"] }, false],
  ])("%s", (_, found, reach, isMissing) => {
    expect(decideRelevance(found, [reach])).toBe(isMissing);
  });
});

describe("a reconciliation is due by itself", () => {
  const now = at(20);
  const hours = (count: number) => new Date(now.getTime() - count * 3_600_000);
  const last = (createdAt: Date, status: NonNullable<Standing["last"]>["status"] = "SUCCEEDED") => ({
    createdAt,
    status,
  });
  const standing: Standing = {
    connectedAt: at(1),
    disconnectedAt: null,
    last: last(hours(2)),
    lastEventAt: hours(1),
    secretWrongAt: null,
    lastMissedAt: null,
  };

  test.each<[string, Partial<Standing>, string | null]>([
    ["not when the last one is two hours old", {}, null],
    ["a day after the last one", { last: last(hours(24)) }, "DAILY"],
    ["a day after the account was connected", { last: null }, "DAILY"],
    ["not on the first day", { last: null, connectedAt: hours(3) }, null],
    ["not while one is running, however old", { last: last(hours(99), "RUNNING") }, null],
    ["after the account was connected again", { disconnectedAt: hours(1) }, "RECONNECTED"],
    ["but not again when that was reconciled", { disconnectedAt: hours(3) }, null],
    ["after events were turned away, once they come in again", { secretWrongAt: hours(1.5) }, "REJECTED"],
    ["not while events are still turned away", { secretWrongAt: hours(0.5) }, null],
    ["not for what was turned away before the last one", { secretWrongAt: hours(3) }, null],
    ["after something happened that never came in", { lastMissedAt: hours(1) }, "MISSED"],
    ["but not for what happened before the last one", { lastMissedAt: hours(3) }, null],
    ["nor at once after one that failed", { lastMissedAt: hours(0.2), last: last(hours(0.5), "FAILED") }, null],
    [
      "not within an hour of the last one, whatever was refused",
      { last: last(hours(0.9)), secretWrongAt: hours(0.5), lastEventAt: hours(0.1) },
      null,
    ],
    ["nor whatever was missed", { last: last(hours(0.9)), lastMissedAt: hours(0.5) }, null],
    ["an hour after one that failed", { last: last(hours(1), "FAILED") }, "FAILED"],
    ["not at once after one that failed", { last: last(hours(0.5), "FAILED") }, null],
  ])("%s", (_, more, reason) => {
    expect(decideDue({ ...standing, ...more }, now)).toBe(reason);
  });
});
