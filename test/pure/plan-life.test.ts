import type { Dispute, OrderState, Refund, SubscriptionState } from "../../src/access/fact";
import { type Term, planLife } from "../../src/access/plan-life";
import { type Policy, usualPolicy } from "../../src/access/policy";
import { day, describeLife, monthly, once, order, subscription, unpaidSince } from "../kit/describe-life";

/**
 * When somebody may open what they bought. Read a line as: when Stripe says this, then on day 1 (or the day that is named)
 * the product is open or closed, for that reason. Day 0 is the day of the purchase.
 */

const forever: Term = { accessDurationDays: null, accessEndsAt: null };

function subscriber(said: Partial<SubscriptionState>, on = day(1), rules: Partial<Policy> = {}): string {
  const source = subscription(said);
  return describeLife(planLife(source, monthly, forever, { ...usualPolicy, ...rules }), on);
}

function buyer(said: Partial<OrderState>, on = day(1), rules: Partial<Policy> = {}, term = forever): string {
  const source = order(said);
  return describeLife(planLife(source, once, term, { ...usualPolicy, ...rules }), on);
}

const refund = (amount: number, status = "succeeded", on = 1): Refund => ({
  id: `re_${amount}`,
  amount,
  status,
  createdAt: day(on),
});
const dispute = (status: string): Dispute => ({ id: "du_1", status, createdAt: day(1) });

describe("a subscription, by its status in Stripe", () => {
  const table: [says: string, stripe: Partial<SubscriptionState>, expected: string][] = [
    ["active", { status: "active" }, "open: SUBSCRIPTION"],
    ["on trial", { status: "trialing", trialEndsAt: day(14) }, "open: TRIAL until day 14 and 1 h, then EXPIRED"],
    [
      "a payment failed on day 1",
      { status: "past_due", unpaid: unpaidSince(day(1)) },
      "open: GRACE_PERIOD until day 8, then PAYMENT_FAILED",
    ],
    ["the first payment is not made yet", { status: "incomplete" }, "closed: PAYMENT_PENDING"],
    ["the first payment was never made", { status: "incomplete_expired" }, "closed: PAYMENT_FAILED"],
    ["every try to collect failed", { status: "unpaid" }, "closed: PAYMENT_FAILED"],
    ["paused", { status: "paused" }, "closed: PAUSED"],
    ["over since day 1", { status: "canceled", endedAt: day(1) }, "closed: CANCELLED"],
    ["a status that nobody knows", { status: "hibernating" }, "closed: NO_GRANT"],
    ["collection is paused", { collectionPaused: true }, "open: SUBSCRIPTION"],
  ];
  test.each(table)("%s", (_says, stripe, expected) => expect(subscriber(stripe)).toBe(expected));
});

describe("a cancellation that was made and is not in force yet: RWS-X1, CH-S28", () => {
  const toTheEnd = "open: SUBSCRIPTION until day 30 and 1 h, then CANCELLED";
  const table: [says: string, stripe: Partial<SubscriptionState>, on: Date, expected: string][] = [
    ["in the portal, to the end of the period", { cancelAt: day(30) }, day(1), toTheEnd],
    ["by the API, to the end of the period", { cancelAtPeriodEnd: true }, day(1), toTheEnd],
    ["both shapes at once", { cancelAt: day(30), cancelAtPeriodEnd: true }, day(1), toTheEnd],
    ["Stripe is silent for an hour after the end", { cancelAt: day(30) }, day(30, 0.9), toTheEnd],
    ["Stripe is silent for longer", { cancelAt: day(30) }, day(30, 1), "closed: CANCELLED"],
    [
      "during a trial",
      { status: "trialing", trialEndsAt: day(14), cancelAt: day(14) },
      day(1),
      "open: TRIAL until day 14 and 1 h, then CANCELLED",
    ],
    [
      "while a payment is overdue, later than the grace",
      { status: "past_due", unpaid: unpaidSince(day(1)), cancelAt: day(30) },
      day(2),
      "open: GRACE_PERIOD until day 8, then PAYMENT_FAILED",
    ],
  ];
  test.each(table)("%s", (_says, stripe, on, expected) => expect(subscriber(stripe, on)).toBe(expected));

  test("Stripe still says active after the announced end: Stripe is believed until it says otherwise", () => {
    const source = subscription({ cancelAt: day(30) }, { observedAt: day(31) });
    const life = planLife(source, monthly, forever, usualPolicy);
    expect(describeLife(life, day(31, 0.5))).toBe("open: SUBSCRIPTION until day 31 and 1 h, then CANCELLED");
  });
});

describe("what the shop decides about subscriptions", () => {
  const late = { status: "past_due", unpaid: unpaidSince(day(1)) };
  const table: [says: string, stripe: Partial<SubscriptionState>, rules: Partial<Policy>, expected: string][] = [
    ["three days of grace", late, { pastDueGraceDays: 3 }, "open: GRACE_PERIOD until day 4, then PAYMENT_FAILED"],
    ["no grace at all: CH-X5", late, { pastDueGraceDays: 0 }, "closed: PAYMENT_FAILED"],
    ["paused collection suspends", { collectionPaused: true }, { pausedCollectionSuspends: true }, "closed: PAUSED"],
  ];
  test.each(table)("%s", (_says, stripe, rules, expected) => expect(subscriber(stripe, day(2), rules)).toBe(expected));
});

describe("something that was bought once", () => {
  const table: [says: string, stripe: Partial<OrderState>, expected: string][] = [
    ["paid: RWS-X2", {}, "open: PURCHASE"],
    ["begun with a delayed method", { payment: "PENDING", paidAt: null }, "closed: PAYMENT_PENDING"],
    ["the delayed payment failed", { payment: "FAILED", paidAt: null, failedAt: day(1) }, "closed: PAYMENT_FAILED"],
    ["free of charge", { amount: 0 }, "open: PURCHASE"],
  ];
  test.each(table)("%s", (_says, stripe, expected) => expect(buyer(stripe)).toBe(expected));

  test("a link that gives thirty days: TA-X32", () => {
    const term = { ...forever, accessDurationDays: 30 };
    expect(buyer({}, day(1), {}, term)).toBe("open: PURCHASE until day 30, then EXPIRED");
    expect(buyer({}, day(30), {}, term)).toBe("closed: EXPIRED");
  });

  test("a link that ends on a date: TA-X32", () => {
    const term = { ...forever, accessEndsAt: day(90) };
    expect(buyer({}, day(89), {}, term)).toBe("open: PURCHASE until day 90, then EXPIRED");
  });
});

describe("money that goes back: RWS-X5, TA-X22, TA-X23", () => {
  const keep = { fullRefundEndsAccess: false };
  const strict = { partialRefundEndsAccess: true };
  const table: [says: string, stripe: Partial<OrderState>, rules: Partial<Policy>, expected: string][] = [
    ["all of it", { refunds: [refund(5_000)] }, {}, "closed: REFUNDED"],
    ["in two parts that are all of it", { refunds: [refund(2_000), refund(3_000)] }, {}, "closed: REFUNDED"],
    ["a part of it", { refunds: [refund(4_999)] }, {}, "open: PURCHASE"],
    ["a part, and the shop is strict", { refunds: [refund(1)] }, strict, "closed: REFUNDED"],
    ["all of it, and the shop is generous", { refunds: [refund(5_000)] }, keep, "open: PURCHASE"],
    ["a refund that is on its way", { refunds: [refund(5_000, "pending")] }, {}, "open: PURCHASE"],
    ["a refund that failed", { refunds: [refund(5_000, "failed")] }, {}, "open: PURCHASE"],
    ["a refund that was called off", { refunds: [refund(5_000, "canceled")] }, {}, "open: PURCHASE"],
  ];
  test.each(table)("%s", (_says, stripe, rules, expected) => expect(buyer(stripe, day(2), rules)).toBe(expected));

  test("a credit note over the whole line is a full refund of that line", () => {
    const source = order();
    const life = planLife(source, { ...once, credited: true }, forever, usualPolicy);
    expect(describeLife(life, day(2))).toBe("closed: REFUNDED");
  });

  test("a line ends when it was credited, however often and however late Stripe is asked", () => {
    const ends = [day(3), day(9)].map((observedAt) => {
      const source = order({}, { observedAt });
      return planLife(source, { ...once, credited: true, creditedAt: day(2) }, forever, usualPolicy).endedAt;
    });
    expect(ends).toEqual([day(2), day(2)]);
  });
});

describe("a payment that is disputed", () => {
  const table: [status: string, usual: string, keeping: string, revoking: string][] = [
    ["needs_response", "closed: DISPUTED", "open: PURCHASE", "closed: DISPUTED"],
    ["under_review", "closed: DISPUTED", "open: PURCHASE", "closed: DISPUTED"],
    ["appeal_needs_response", "closed: DISPUTED", "open: PURCHASE", "closed: DISPUTED"],
    ["appeal_under_review", "closed: DISPUTED", "open: PURCHASE", "closed: DISPUTED"],
    ["won", "open: PURCHASE", "open: PURCHASE", "open: PURCHASE"],
    ["lost", "closed: DISPUTED", "closed: DISPUTED", "closed: DISPUTED"],
    ["prevented", "open: PURCHASE", "open: PURCHASE", "open: PURCHASE"],
    ["warning_needs_response", "open: PURCHASE", "open: PURCHASE", "open: PURCHASE"],
    ["warning_under_review", "open: PURCHASE", "open: PURCHASE", "open: PURCHASE"],
    ["warning_closed", "open: PURCHASE", "open: PURCHASE", "open: PURCHASE"],
    ["a word that nobody knows", "closed: DISPUTED", "open: PURCHASE", "closed: DISPUTED"],
  ];
  test.each(table)("%s", (status, usual, keeping, revoking) => {
    const said = { disputes: [dispute(status)] };
    expect(buyer(said, day(2))).toBe(usual);
    expect(buyer(said, day(2), { disputeOpened: "KEEP" })).toBe(keeping);
    expect(buyer(said, day(2), { disputeOpened: "REVOKE" })).toBe(revoking);
  });

  test("the same holds for the last payment of a subscription", () => {
    expect(subscriber({ disputes: [dispute("needs_response")] }, day(2))).toBe("closed: DISPUTED");
    expect(subscriber({ disputes: [dispute("won")] }, day(2))).toBe("open: SUBSCRIPTION");
  });
});

test("times of a test clock are not compared with ours", () => {
  expect(subscriber({ status: "trialing", trialEndsAt: day(-500), onTestClock: true })).toBe("open: TRIAL");
  expect(subscriber({ cancelAt: day(-500), onTestClock: true })).toBe("open: SUBSCRIPTION");
});
