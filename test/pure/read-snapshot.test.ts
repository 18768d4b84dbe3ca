import { PINNED_VERSION } from "../../src/connections/pinned-version";
import { readGone, readReplaced } from "../../src/projection/read-gone";
import { readAsSnapshot, readSnapshot } from "../../src/projection/read-snapshot";
import { day, order, subscription, unpaidSince } from "../kit/describe-life";
import { SIGHT, aSubscription, anItem, listOf, second } from "../kit/stripe-papers";

const body = (object: unknown, said: object = {}) =>
  JSON.stringify({ api_version: PINNED_VERSION, created: second(2), data: { object }, ...said });

describe("an event shows enough to stand in for an answer of Stripe", () => {
  const rows: [string, string, boolean][] = [
    ["a subscription, whole, at our version", body(aSubscription()), true],
    ["of another version", body(aSubscription(), { api_version: "2024-09-30.acacia" }), false],
    ["with more items than it shows", body(aSubscription({ items: listOf([anItem()], true) })), false],
    ["under a test clock", body(aSubscription({ test_clock: "clock_1" })), false],
    ["of something else", body({ object: "invoice" }), false],
    ["no object", body(null), false],
    ["no JSON", "{", false],
    ["null", "null", false],
  ];
  test.each(rows)("%s", (_title, text, wanted) => {
    expect(readSnapshot(text) !== null).toBe(wanted);
  });
});

describe("what an event shows is used", () => {
  const snapshot = readSnapshot(body(aSubscription({ status: "past_due" })));
  const sight = { connectionId: SIGHT.connectionId, mode: SIGHT.mode, observation: 9n };
  const use = (held: Parameters<typeof readAsSnapshot>[1]) => snapshot && readAsSnapshot(snapshot, held, sight);

  test("when nothing is held, or something older", () => {
    expect(use(null)).toMatchObject({ observation: 9n, observedAt: day(2), state: { status: "past_due" } });
    expect(use(subscription({}, { observedAt: day(1) }))?.state).toMatchObject({ status: "past_due" });
  });

  test("the first event that tells of a failure begins the grace, until Stripe can be asked", () => {
    const told = { sinceAt: day(2), paidAt: null, invoices: [] };
    expect(use(null)?.state).toMatchObject({ unpaid: told });
    expect(use(subscription({}, { observedAt: day(1) }))?.state).toMatchObject({ unpaid: told });
  });

  test("never when what is held was seen later, or at the same moment", () => {
    expect(use(subscription({}, { observedAt: day(3) }))).toBeNull();
    expect(use(subscription({}, { observedAt: day(2) }))).toBeNull();
  });

  test("together with what was known and it does not tell", () => {
    const dispute = { id: "du_1", status: "lost", createdAt: day(1) };
    const latestInvoice = { id: "in_1", billingReason: "subscription_cycle", paidAt: day(0) };
    const known = { disputes: [dispute], unpaid: unpaidSince(day(1)), latestInvoice };
    const held = subscription(known, { sessions: ["cs_1"], buyer: { email: "ada@example.com", name: "Ada" } });
    expect(use(held)).toMatchObject({
      sessions: ["cs_1"],
      buyer: { email: "ada@example.com" },
      state: { disputes: [dispute], unpaid: unpaidSince(day(1)), latestInvoice: null },
    });
  });
});

describe("what Stripe no longer knows is over", () => {
  test("a subscription ends when that was seen, unless it had ended before", () => {
    expect(readGone(subscription(), SIGHT)).toMatchObject({
      observation: 7n,
      state: { status: "canceled", endedAt: SIGHT.observedAt },
    });
    const ended = subscription({ status: "canceled", endedAt: day(-3) });
    expect(readGone(ended, SIGHT).state).toMatchObject({ status: "canceled", endedAt: day(-3) });
    const never = subscription({ status: "incomplete_expired" });
    expect(readGone(never, SIGHT).state).toMatchObject({ status: "incomplete_expired" });
  });

  test("an order is not paid for any more", () => {
    expect(readGone(order(), SIGHT).state).toMatchObject({ payment: "FAILED", failedAt: SIGHT.observedAt });
    expect(readGone(order({ payment: "FAILED", failedAt: day(0) }), SIGHT).state).toMatchObject({ failedAt: day(0) });
  });

  test("what stands under its invoice now stands nowhere else", () => {
    expect(readReplaced(order(), SIGHT)).toMatchObject({ source: "pi_1", observation: 7n, items: [] });
  });
});
