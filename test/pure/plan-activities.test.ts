import type { SourceFacts } from "../../src/access/fact";
import { planActivities } from "../../src/access/plan-activities";
import { type RuleOfLink, planGrants } from "../../src/access/plan-grants";
import { day, monthly, once, order, subscription } from "../kit/describe-life";

const link = { id: "link_1", priceIds: [], state: "ACTIVE" as const, accessDurationDays: null, accessEndsAt: null };
const links: RuleOfLink[] = [
  { ...link, productId: "course", stripeProduct: "prod_course" },
  { ...link, id: "link_2", productId: "book", stripeProduct: "prod_book" },
];
const policy = {
  pastDueGraceDays: 7,
  disputeOpened: "SUSPEND",
  fullRefundEndsAccess: true,
  partialRefundEndsAccess: false,
  pausedCollectionSuspends: false,
  autoCreateUsers: "ON_PURCHASE",
  trialsPerUser: null,
} as const;

/** What the journal says of a source, with its sources as they were held and as they are read now. */
function tell(after: SourceFacts, before: SourceFacts | null = null) {
  const question = { source: after, before, ownerId: "ada", links, policy, current: [], now: day(2) };
  return planActivities({ before, after, userId: "ada", grants: planGrants(question), origin: "WEBHOOK" });
}

const two = [once, { ...once, item: "price_book", price: "price_book", stripeProduct: "prod_book" }];
const refund = (id: string, amount: number, at: number, status = "succeeded") => {
  return { id, amount, status, createdAt: day(at) };
};

describe("an order with two products has a line for each", () => {
  const dispute = (status: string) => [{ id: "du_1", status, createdAt: day(1) }];
  const cases: [string, SourceFacts, string][] = [
    ["a refund", order({ refunds: [refund("re_1", 100, 1)] }, { items: two }), "PURCHASE_REFUNDED"],
    ["a dispute", order({ disputes: dispute("needs_response") }, { items: two }), "DISPUTE_OPENED"],
    ["a dispute that was won", order({ disputes: dispute("won") }, { items: two }), "DISPUTE_CLOSED"],
    ["a dispute that was lost", order({ disputes: dispute("lost") }, { items: two }), "DISPUTE_CLOSED"],
    [
      "a refund that failed",
      order({ refunds: [{ ...refund("re_1", 100, 1), status: "failed" }] }, { items: two }),
      "CUSTOM",
    ],
    ["a payment under way", order({ payment: "PENDING", paidAt: null }, { items: two }), "PAYMENT_PENDING"],
    ["a payment that failed", order({ payment: "FAILED", paidAt: null }, { items: two }), "PAYMENT_FAILED"],
  ];

  test.each(cases)("%s", (_, facts, type) => {
    const lines = tell(facts).filter((line) => line.type === type);
    expect(lines.map(({ productId }) => productId).sort()).toEqual(["book", "course"]);
    expect(new Set(lines.map(({ onceKey }) => onceKey)).size).toBe(2);
  });

  test("two prices of one product have one line together", () => {
    const items = [once, { ...once, item: "price_2", price: "price_2" }];
    const lines = tell(order({ refunds: [refund("re_1", 100, 1)] }, { items }));
    expect(lines.filter(({ type }) => type === "PURCHASE_REFUNDED")).toHaveLength(1);
  });
});

test("the refund that completes the sum says so, in whatever order they are listed", () => {
  const refunds = [refund("re_3", 2_500, 3), refund("re_1", 1_000, 1), refund("re_2", 1_500, 2)];
  const failed = refund("re_0", 5_000, 0, "failed");
  const told = tell(order({ refunds: [failed, ...refunds] })).filter(({ type }) => type === "PURCHASE_REFUNDED");
  expect(told.map(({ message, data }) => [data?.["refund"], message, data?.["isComplete"]])).toEqual([
    ["re_1", "A part of the purchase was refunded.", false],
    ["re_2", "A part of the purchase was refunded.", false],
    ["re_3", "The rest of the purchase was refunded.", true],
  ]);
  const [whole] = tell(order({ refunds: [refund("re_1", 5_000, 1)] })).filter(({ data }) => data?.["refund"]);
  expect(whole).toMatchObject({
    message: "The purchase was refunded.",
    data: { amount: 5_000, refundedTotal: 5_000, isComplete: true },
  });
});

test("of two refunds of one second, the one that Stripe lists later was made earlier", () => {
  const refunds = [refund("re_a", 4_000, 1), refund("re_b", 1_000, 1)];
  const told = tell(order({ refunds })).filter(({ type }) => type === "PURCHASE_REFUNDED");
  expect(told.map(({ message, data }) => [data?.["refund"], message])).toEqual([
    ["re_b", "A part of the purchase was refunded."],
    ["re_a", "The rest of the purchase was refunded."],
  ]);
});

describe("a cancellation carries its end and who made it", () => {
  const cases: [string, SourceFacts, Date, string][] = [
    ["by the flag", subscription({ cancelAtPeriodEnd: true, canceledAt: day(1) }), day(30), "ADMIN"],
    [
      "by the flag with a date",
      subscription({ cancelAtPeriodEnd: true, cancelAt: day(30), canceledAt: day(1) }),
      day(30),
      "ADMIN",
    ],
    ["in the portal", subscription({ cancelAt: day(30), canceledAt: day(1) }), day(30), "CUSTOMER"],
    ["by a key to another date", subscription({ cancelAt: day(12), canceledAt: day(1) }), day(12), "ADMIN"],
    [
      "in the portal at once",
      subscription({
        status: "canceled",
        endedAt: day(1),
        cancellation: { reason: "cancellation_requested", feedback: "unused" },
      }),
      day(1),
      "CUSTOMER",
    ],
    ["at once, without a moment of its own", subscription({ status: "canceled", canceledAt: day(1) }), day(1), "ADMIN"],
    ["by Stripe, without any moment", subscription({ status: "canceled" }), day(1), "ADMIN"],
    [
      "of items with periods of their own",
      subscription(
        { cancelAtPeriodEnd: true, canceledAt: day(1) },
        { items: [monthly, { ...monthly, item: "si_2", periodEndsAt: day(60) }] },
      ),
      day(60),
      "ADMIN",
    ],
  ];

  test.each(cases)("%s", (_, facts, endsAt, actor) => {
    const lines = tell(facts).filter(({ type }) => type === "SUBSCRIPTION_CANCELLED");
    expect(lines).toMatchObject([{ actor, data: { endsAt } }]);
  });
});

describe("a change by a key or in the dashboard is an administrator's", () => {
  const actors = (before: SourceFacts, after: SourceFacts) =>
    tell({ ...after, observation: 2n }, before)
      .filter(({ type }) => type === "SUBSCRIPTION_CHANGED" || type === "SUBSCRIPTION_RESUMED")
      .map(({ type, actor }) => `${type} ${actor}`);

  test.each<[string, SourceFacts, SourceFacts, string]>([
    [
      "another plan",
      subscription(),
      subscription({}, { items: [{ ...monthly, price: "price_2" }] }),
      "SUBSCRIPTION_CHANGED ADMIN",
    ],
    ["the flag taken back", subscription({ cancelAtPeriodEnd: true }), subscription(), "SUBSCRIPTION_RESUMED ADMIN"],
    ["collection goes on", subscription({ collectionPaused: true }), subscription(), "SUBSCRIPTION_RESUMED ADMIN"],
    ["resumed after a pause", subscription({ status: "paused" }), subscription(), "SUBSCRIPTION_RESUMED ADMIN"],
    [
      "the portal's cancellation taken back",
      subscription({ cancelAt: day(30) }),
      subscription(),
      "SUBSCRIPTION_RESUMED CUSTOMER",
    ],
  ])("%s", (_, before, after, told) => {
    expect(actors(before, after)).toEqual([told]);
  });
});

test("a purchase carries what it cost and in which currency", () => {
  const items = [{ ...once, amount: 1_900, currency: "usd" }];
  const [line] = tell(order({}, { items }));
  expect(line).toMatchObject({
    type: "PRODUCT_PURCHASED",
    data: { price: "price_once", amount: 1_900, currency: "usd" },
  });
});
