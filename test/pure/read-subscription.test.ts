import type { SubscriptionState } from "../../src/access/fact";
import { readSubscription } from "../../src/projection/read-subscription";
import { day } from "../kit/describe-life";
import {
  SIGHT,
  aPrice,
  aSession,
  anInvoice,
  anItem,
  aPayment,
  dayOf,
  listOf,
  second,
  subscriptionPapers,
  transitions,
} from "../kit/stripe-papers";

type Said = Parameters<typeof subscriptionPapers>[0];

function stateOf(said: Said, more: Parameters<typeof subscriptionPapers>[1] = {}): SubscriptionState {
  const { state } = readSubscription(subscriptionPapers(said, more), SIGHT);
  if (state.kind !== "SUBSCRIPTION") throw new Error("a subscription was expected");
  return state;
}

describe("what a subscription in Stripe says", () => {
  const word = (state: SubscriptionState) =>
    [
      state.status,
      state.trialEndsAt && `trial until ${dayOf(state.trialEndsAt)}`,
      state.cancelAt && `ends on ${dayOf(state.cancelAt)}`,
      state.cancelAtPeriodEnd && "ends with its period",
      state.canceledAt && `asked on ${dayOf(state.canceledAt)}`,
      state.endedAt && `over since ${dayOf(state.endedAt)}`,
      state.collectionPaused && "not collected",
      state.onTestClock && "by a test clock",
    ]
      .filter(Boolean)
      .join(", ");

  const rows: [string, Said, string][] = [
    ["active", {}, "active"],
    ["in its trial", { status: "trialing", trial_end: second(7) }, "trialing, trial until day 7"],
    [
      "cancelled in the portal: an end is set",
      { cancel_at: second(30), canceled_at: second(4) },
      "active, ends on day 30, asked on day 4",
    ],
    [
      "cancelled by a server: a mark is set",
      { cancel_at_period_end: true, canceled_at: second(4) },
      "active, ends with its period, asked on day 4",
    ],
    [
      "both at once, as some replies show it",
      { cancel_at: second(30), cancel_at_period_end: true, canceled_at: second(4) },
      "active, ends on day 30, ends with its period, asked on day 4",
    ],
    ["an end that has passed is still what Stripe says", { cancel_at: second(-1) }, "active, ends on day -1"],
    [
      "over",
      { status: "canceled", canceled_at: second(4), ended_at: second(9) },
      "canceled, asked on day 4, over since day 9",
    ],
    ["past due", { status: "past_due" }, "past_due"],
    ["paused", { status: "paused" }, "paused"],
    ["collection paused", { pause_collection: { behavior: "void" } }, "active, not collected"],
    ["a word that nobody knows", { status: "hibernating" }, "hibernating"],
    ["under a test clock", { test_clock: "clock_1" }, "active, by a test clock"],
  ];
  test.each(rows)("%s", (_title, said, wanted) => {
    expect(word(stateOf(said))).toBe(wanted);
  });
});

describe("who bought, and when", () => {
  const rows: [string, Said, string][] = [
    ["a customer by their id", {}, "cus_1, no address, on day 0"],
    [
      "a customer whole",
      { customer: { id: "cus_1", object: "customer", email: "ada@example.com", name: "Ada" } },
      "cus_1, ada@example.com, on day 0",
    ],
    [
      "a customer who was deleted",
      { customer: { id: "cus_1", object: "customer", deleted: true } },
      "cus_1, no address, on day 0",
    ],
    [
      "an account in place of a customer belongs to nobody",
      { customer: null, customer_account: "acct_1" },
      "nobody, no address, on day 0",
    ],
  ];
  test.each(rows)("%s", (_title, said, wanted) => {
    const { customer, buyer, boughtAt } = readSubscription(subscriptionPapers(said), SIGHT);
    expect(`${customer ?? "nobody"}, ${buyer.email ?? "no address"}, on ${dayOf(boughtAt)}`).toBe(wanted);
  });
});

describe("TA-X21: each item is a fact of its own", () => {
  const items = [
    anItem({ id: "si_month", quantity: 3 }),
    anItem({ id: "si_year", price: aPrice("price_yearly", "prod_book"), current_period_end: second(365) }),
    anItem({ id: "si_metered", quantity: undefined, created: second(5) }),
  ];
  const { items: facts } = readSubscription(subscriptionPapers({}, { items }), SIGHT);

  test("with a quantity, a period and a beginning of its own", () => {
    const words = facts.map(
      ({ item, price, stripeProduct, quantity, periodEndsAt, sinceAt }) =>
        `${item}: ${quantity} ${price} of ${stripeProduct} since ${dayOf(sinceAt)} until ${dayOf(periodEndsAt)}`,
    );
    expect(words).toEqual([
      "si_month: 3 price_monthly of prod_course since day 0 until day 30",
      "si_year: 1 price_yearly of prod_book since day 0 until day 365",
      "si_metered: 1 price_monthly of prod_course since day 5 until day 30",
    ]);
  });

  test("a price whose product stands there whole is the same", () => {
    const price = { ...aPrice("price_monthly"), product: { id: "prod_course", object: "product" } };
    const [fact] = readSubscription(subscriptionPapers({}, { items: [anItem({ price })] }), SIGHT).items;
    expect(fact?.stripeProduct).toBe("prod_course");
  });
});

describe("a payment that is missing, and Stripe shows no invoice", () => {
  test("it is one of the present period, whenever that is read", () => {
    const none = { invoices: [], charges: new Map() };
    const items = listOf([anItem({ current_period_start: second(30) })]);
    expect(stateOf({ status: "past_due", items }, { unpaid: none }).unpaid?.sinceAt).toEqual(day(30));
    expect(stateOf({}).unpaid).toBeNull();
  });
});

describe("what is scheduled is shown and gives nothing", () => {
  const word = ({ comingChange }: SubscriptionState) =>
    comingChange ? `${comingChange.prices.join(" and ")} from ${dayOf(comingChange.startsAt)}` : "nothing";
  const phases = [
    { start_date: second(0), end_date: second(30), items: [{ price: "price_monthly" }] },
    { start_date: second(30), end_date: second(60), items: [{ price: aPrice("price_yearly") }] },
    { start_date: second(60), end_date: second(90), items: [{ price: "price_other" }] },
  ];
  const schedule = (phase: number) => ({
    id: "sub_sched_1",
    object: "subscription_schedule",
    current_phase: phases[phase] ?? null,
    phases,
  });
  const rows: [string, Said, string][] = [
    ["nothing is", {}, "nothing"],
    [
      "a change that waits for its payment",
      { pending_update: { subscription_items: [anItem({ price: aPrice("price_yearly") })] } },
      "price_yearly from never",
    ],
    ["a change that waits, of something else", { pending_update: { subscription_items: null } }, "nothing"],
    ["the next phase", { schedule: schedule(0) }, "price_yearly from day 30"],
    ["the last phase runs", { schedule: schedule(2) }, "nothing"],
    ["a schedule that has not begun, or is over", { schedule: schedule(9) }, "nothing"],
    ["a schedule that was not read", { schedule: "sub_sched_1" }, "nothing"],
  ];
  test.each(rows)("%s", (_title, said, wanted) => {
    expect(word(stateOf(said))).toBe(wanted);
    expect(readSubscription(subscriptionPapers(said), SIGHT).items.map(({ price }) => price)).toEqual([
      "price_monthly",
    ]);
  });
});

describe("what belongs to it", () => {
  test.each([
    ["marked itself", { metadata: { latchkey_ignore: "true" } }, [], true],
    ["bought by a marked checkout", {}, [aSession({ metadata: { latchkey_ignore: "true" } })], true],
    ["marked with another word", { metadata: { latchkey_ignore: "yes" } }, [], false],
    ["marked with nothing", { metadata: null }, [], false],
  ])("RWS-X4: it is ignored or not: %s", (_title, said, sessions, wanted) => {
    expect(readSubscription(subscriptionPapers(said, { sessions }), SIGHT).ignored).toBe(wanted);
  });

  test("the checkouts that it came from, in a fixed order", () => {
    const sessions = [aSession({ id: "cs_b" }), aSession({ id: "cs_a" })];
    expect(readSubscription(subscriptionPapers({}, { sessions }), SIGHT).sessions).toEqual(["cs_a", "cs_b"]);
  });

  test("its latest invoice, and when that was paid", () => {
    const whole = stateOf({ latest_invoice: anInvoice({ billing_reason: "subscription_cycle" }) }).latestInvoice;
    expect(whole).toEqual({ id: "in_1", billingReason: "subscription_cycle", paidAt: day(0), isAboveZero: true });
    const open = stateOf({ latest_invoice: anInvoice({ status: "open", status_transitions: transitions({}) }) });
    expect(open.latestInvoice?.paidAt).toBeNull();
    expect(stateOf({ latest_invoice: "in_9" }).latestInvoice).toEqual({
      id: "in_9",
      billingReason: null,
      paidAt: null,
    });
  });

  test("the disputes of its payment, as Stripe words them", () => {
    const { disputes } = aPayment({ disputes: ["warning_needs_response", "something new"] });
    expect(stateOf({}, { disputes }).disputes.map(({ status }) => status)).toEqual([
      "warning_needs_response",
      "something new",
    ]);
  });

  test("why it was cancelled; old subscriptions do not say", () => {
    const details = { reason: "cancellation_requested", feedback: "too_expensive", comment: "private" };
    expect(stateOf({ cancellation_details: details }).cancellation).toEqual({
      reason: "cancellation_requested",
      feedback: "too_expensive",
    });
    expect(stateOf({ cancellation_details: null }).cancellation).toEqual({ reason: null, feedback: null });
  });

  test("the number of the look goes with it", () => {
    expect(readSubscription(subscriptionPapers({ items: listOf([]) }), SIGHT)).toMatchObject(SIGHT);
  });
});
