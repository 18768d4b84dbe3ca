import type { Books } from "./books";
import { judge } from "./oracle";
import { emptyBooks } from "./people";
import type { Order, StripeState, Subscription } from "./read-stripe";

// The oracle is itself held to expectations that were written by hand, from the page "What access means".

const HOUR = 3_600;
const DAY = 24 * HOUR;
const NOW = 2_000_000_000;
const ADA = "ada@example.com";

const subscription: Subscription = {
  id: "sub_1",
  customer: "cus_1",
  status: "active",
  ignored: false,
  trialEnd: null,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  collectionPaused: false,
  createdAt: NOW - 40 * DAY,
  graceFrom: null,
  disputes: [],
  items: [{ id: "si_1", price: "price_1", product: "prod_alpha", periodEnd: NOW + 10 * DAY }],
};

const order: Order = {
  key: "in_1",
  customer: "cus_1",
  email: ADA,
  ignored: false,
  payment: "PAID",
  isBought: true,
  boughtAt: NOW - DAY,
  paidAt: NOW - DAY,
  amount: 5_000,
  refunds: [],
  disputes: [],
  lines: [
    { price: "price_1", product: "prod_alpha", credited: false },
    { price: "price_2", product: "prod_beta", credited: false },
  ],
};

function world(more: Partial<StripeState> = {}): StripeState {
  const customers = new Map([["cus_1", { id: "cus_1", email: ADA, deleted: false }]]);
  return { now: NOW, customers, subscriptions: [], orders: [], ...more };
}

const link = {
  id: "lnk_1",
  product: "alpha",
  stripeProduct: "prod_alpha",
  prices: [],
  days: null,
  endsAt: null,
  keeps: null,
};

function booksWith(more: Partial<Books> = {}, policy: Partial<Books["policy"]> = {}): Books {
  const usual = emptyBooks([{ email: ADA, isUser: true, verified: true }]);
  const links = [link, { ...link, id: "lnk_2", product: "beta", stripeProduct: "prod_beta" }];
  return { ...usual, links, ...more, policy: { ...usual.policy, ...policy } };
}

/** `SUBSCRIPTION`, `SUBSCRIPTION +10d`, or `no`. */
function say(state: StripeState, books: Books, product = "alpha", email = ADA): string {
  const verdict = judge(state, books).get(email)?.get(product);
  if (!verdict?.allowed) return "no";
  if (typeof verdict.endsAt !== "number") return verdict.endsAt === null ? verdict.reason : `${verdict.reason} unsure`;
  return `${verdict.reason} ${verdict.endsAt >= NOW ? "+" : ""}${(verdict.endsAt - NOW) / DAY}d`;
}

test.each<[string, Partial<Subscription>, string]>([
  ["active", {}, "SUBSCRIPTION"],
  ["active, to be cancelled by the portal", { cancelAt: NOW + 4 * DAY }, "SUBSCRIPTION +4d"],
  ["active, to be cancelled at the end of its period", { cancelAtPeriodEnd: true }, "SUBSCRIPTION +10d"],
  ["both: the earlier one", { cancelAt: NOW + 4 * DAY, cancelAtPeriodEnd: true }, "SUBSCRIPTION +4d"],
  ["its end has just come, and Stripe has not spoken", { cancelAt: NOW }, "SUBSCRIPTION +0d"],
  ["in its trial", { status: "trialing", trialEnd: NOW + 2 * DAY }, "TRIAL +2d"],
  [
    "in its trial, cancelled before it ends",
    { status: "trialing", trialEnd: NOW + 5 * DAY, cancelAt: NOW + DAY },
    "TRIAL +1d",
  ],
  ["past due since yesterday", { status: "past_due", graceFrom: NOW - DAY }, "GRACE_PERIOD +6d"],
  ["past due for a week", { status: "past_due", graceFrom: NOW - 7 * DAY }, "no"],
  [
    "past due, and to be cancelled tomorrow",
    { status: "past_due", graceFrom: NOW, cancelAt: NOW + DAY },
    "GRACE_PERIOD +1d",
  ],
  ["never paid", { status: "incomplete" }, "no"],
  ["never paid in time", { status: "incomplete_expired" }, "no"],
  ["unpaid", { status: "unpaid" }, "no"],
  ["paused", { status: "paused" }, "no"],
  ["cancelled", { status: "canceled" }, "no"],
  ["a word that nobody knows", { status: "frozen" }, "no"],
  ["not collected for a while", { collectionPaused: true }, "SUBSCRIPTION"],
  ["marked to be ignored", { ignored: true }, "no"],
  ["its payment is disputed", { disputes: ["needs_response"] }, "no"],
  ["the bank only asks", { disputes: ["warning_needs_response"] }, "SUBSCRIPTION"],
  ["a dispute was lost and is appealed", { disputes: ["appeal_under_review"] }, "no"],
  ["a dispute was won", { disputes: ["won"] }, "SUBSCRIPTION"],
  [
    "of another product",
    { items: [{ ...subscription.items[0], product: "prod_x" } as Subscription["items"][number]] },
    "no",
  ],
])("a subscription: %s", (_title, patch, expected) => {
  expect(say(world({ subscriptions: [{ ...subscription, ...patch }] }), booksWith())).toBe(expected);
});

test.each<[string, Partial<Order>, string, string]>([
  ["paid", {}, "PURCHASE", "PURCHASE"],
  ["not paid yet", { payment: "PENDING" }, "no", "no"],
  ["void, or its payment failed", { payment: "FAILED" }, "no", "no"],
  ["refunded in full", { refunds: [{ amount: 5_000, status: "succeeded" }] }, "no", "no"],
  [
    "refunded in two parts",
    {
      refunds: [
        { amount: 2_000, status: "succeeded" },
        { amount: 3_000, status: "succeeded" },
      ],
    },
    "no",
    "no",
  ],
  ["refunded in part", { refunds: [{ amount: 2_000, status: "succeeded" }] }, "PURCHASE", "PURCHASE"],
  ["its refund is on its way", { refunds: [{ amount: 5_000, status: "pending" }] }, "PURCHASE", "PURCHASE"],
  ["its refund came back", { refunds: [{ amount: 5_000, status: "failed" }] }, "PURCHASE", "PURCHASE"],
  ["disputed", { disputes: ["under_review"] }, "no", "no"],
  ["a dispute was lost", { disputes: ["lost"] }, "no", "no"],
  ["a dispute was prevented", { disputes: ["prevented"] }, "PURCHASE", "PURCHASE"],
  ["free", { amount: 0 }, "PURCHASE", "PURCHASE"],
  ["marked to be ignored", { ignored: true }, "no", "no"],
  [
    "one line was credited",
    { lines: order.lines.map((line, at) => ({ ...line, credited: at === 0 })) },
    "no",
    "PURCHASE",
  ],
])("an order: %s", (_title, patch, alpha, beta) => {
  const state = world({ orders: [{ ...order, ...patch }] });
  expect([say(state, booksWith()), say(state, booksWith(), "beta")]).toEqual([alpha, beta]);
});

const disputed = world({ orders: [{ ...order, disputes: ["needs_response"] }] });
const lost = world({ orders: [{ ...order, disputes: ["lost"] }] });
const refundedInPart = world({ orders: [{ ...order, refunds: [{ amount: 1, status: "succeeded" }] }] });
const refunded = world({ orders: [{ ...order, refunds: [{ amount: 5_000, status: "succeeded" }] }] });
const credited = world({ orders: [{ ...order, lines: order.lines.map((line) => ({ ...line, credited: true })) }] });
const notCollected = world({ subscriptions: [{ ...subscription, collectionPaused: true }] });
const pastDue = world({ subscriptions: [{ ...subscription, status: "past_due", graceFrom: NOW - 8 * DAY }] });

test.each<[string, StripeState, Partial<Books["policy"]>, string]>([
  ["disputes are waited out", disputed, { disputeOpened: "KEEP" }, "PURCHASE"],
  ["a dispute ends access", disputed, { disputeOpened: "REVOKE" }, "no"],
  ["a lost dispute ends access although disputes are waited out", lost, { disputeOpened: "KEEP" }, "no"],
  ["a part of the money is enough", refundedInPart, { partialRefundEndsAccess: true }, "no"],
  ["a full refund is not a part", refunded, { partialRefundEndsAccess: true, fullRefundEndsAccess: false }, "PURCHASE"],
  ["refunds change nothing", refunded, { fullRefundEndsAccess: false }, "PURCHASE"],
  ["credited lines are as refunds", credited, { fullRefundEndsAccess: false }, "PURCHASE"],
  ["who is not collected is suspended", notCollected, { pausedCollectionSuspends: true }, "no"],
  ["more days of grace", pastDue, { pastDueGraceDays: 10 }, "GRACE_PERIOD +2d"],
  [
    "no day of grace",
    world({ subscriptions: [{ ...subscription, status: "past_due", graceFrom: NOW }] }),
    { pastDueGraceDays: 0 },
    "no",
  ],
])("the policy: %s", (_title, state, policy, expected) => {
  expect(say(state, booksWith({}, policy))).toBe(expected);
});

test("a term whose beginning Stripe does not say is open, until it may be over", () => {
  const state = world({ orders: [{ ...order, paidAt: null }] });
  const verdictOf = (days: number) =>
    judge(state, booksWith({ links: [{ ...link, days }] }))
      .get(ADA)
      ?.get("alpha");
  expect(verdictOf(30)).toMatchObject({ allowed: true, endsAt: "UNSURE", mayBeOver: false });
  expect(verdictOf(0.5)).toMatchObject({ endsAt: "UNSURE", mayBeOver: true });
});

const bought = world({ orders: [order] });
test.each<[string, Partial<Books>, string]>([
  ["none", { links: [] }, "no"],
  ["for another price", { links: [{ ...link, prices: ["price_9"] }] }, "no"],
  ["for this price", { links: [{ ...link, prices: ["price_9", "price_1"] }] }, "PURCHASE"],
  ["for thirty days", { links: [{ ...link, days: 30 }] }, "PURCHASE +29d"],
  ["for half a day", { links: [{ ...link, days: 0.5 }] }, "no"],
  ["until tomorrow", { links: [{ ...link, endsAt: NOW + DAY }] }, "PURCHASE +1d"],
  ["kept for those who had it", { links: [{ ...link, keeps: new Set(["in_1/price_1"]) }] }, "PURCHASE"],
  ["kept, and this one had nothing", { links: [{ ...link, keeps: new Set(["in_2/price_1"]) }] }, "no"],
  ["of a bundle", { links: [{ ...link, product: "bundle" }] }, "PURCHASE"],
])("the link: %s", (_title, more, expected) => {
  expect(say(bought, booksWith(more))).toBe(expected);
});

const BOB = "bob@example.com";
const ada = { email: ADA, isUser: true, verified: true };
const guest = world({ orders: [{ ...order, customer: null }] });
const noAddress = world({
  orders: [order],
  customers: new Map([["cus_1", { id: "cus_1", email: null, deleted: true }]]),
});
const alive = { id: "cus_2", email: null, deleted: false };
const twoCustomers = world({ orders: [order], customers: new Map([...bought.customers, ["cus_2", alive]]) });

test.each<[string, StripeState, Partial<Books>, Partial<Books["policy"]>, string, string]>([
  ["a verified address", bought, {}, {}, ADA, "PURCHASE"],
  ["an address that nobody verified", bought, { people: [{ ...ada, verified: false }] }, {}, ADA, "no"],
  ["nobody has the address yet", bought, { people: [] }, {}, ADA, "PURCHASE"],
  ["nobody has the address, and nobody is made", bought, { people: [] }, { autoCreateUsers: "NEVER" }, ADA, "no"],
  ["a link beats the address", bought, { customerLinks: [{ customer: "cus_1", email: BOB }] }, {}, BOB, "PURCHASE"],
  ["and then the address is nobody", bought, { customerLinks: [{ customer: "cus_1", email: BOB }] }, {}, ADA, "no"],
  [
    "they have another customer too, which does not matter",
    twoCustomers,
    { customerLinks: [{ customer: "cus_2", email: ADA }] },
    {},
    ADA,
    "PURCHASE",
  ],
  ["a person removed afterwards", bought, { people: [], removals: [{ email: ADA, at: NOW - DAY }] }, {}, ADA, "no"],
  [
    "a person removed before, who bought again",
    bought,
    { people: [], removals: [{ email: ADA, at: NOW - DAY - 1 }] },
    {},
    ADA,
    "PURCHASE",
  ],
  ["a removed guest", guest, { people: [], removals: [{ email: ADA, at: NOW }] }, {}, ADA, "no"],
  ["a removed person who came back", bought, { removals: [{ email: ADA, at: NOW }] }, {}, ADA, "no"],
  ["their other customer is gone", bought, { customerLinks: [{ customer: "cus_2", email: ADA }] }, {}, ADA, "PURCHASE"],
  ["unlinked by hand", bought, { unlinked: new Set(["cus_1"]) }, {}, ADA, "no"],
  ["deleted, and it was theirs", noAddress, { buried: new Map([["cus_1", ADA]]) }, {}, ADA, "PURCHASE"],
  ["deleted, and it was nobody's", noAddress, { buried: new Map([["cus_1", null]]) }, {}, ADA, "no"],
  ["a guest with a verified address", guest, {}, {}, ADA, "PURCHASE"],
  ["a guest whom nobody knows", guest, { people: [] }, {}, ADA, "PURCHASE"],
])("whose it is: %s", (_title, state, more, policy, email, expected) => {
  const people = [ada, { email: BOB, isUser: true, verified: true }];
  expect(say(state, booksWith({ people, ...more }, policy), "alpha", email)).toBe(expected);
});

const gift = {
  ref: "1",
  email: ADA,
  product: "alpha",
  startsAt: NOW - DAY,
  endsAt: null,
  isGift: false,
  revoked: false,
};
const cancelled = world({ subscriptions: [{ ...subscription, cancelAt: NOW + DAY }] });

test.each<[string, StripeState, Partial<Books>, string, string]>([
  ["by hand", world(), { gifts: [gift] }, "alpha", "MANUAL"],
  [
    "as a gift, until tomorrow",
    world(),
    { gifts: [{ ...gift, isGift: true, endsAt: NOW + DAY }] },
    "alpha",
    "GIFT +1d",
  ],
  ["not yet", world(), { gifts: [{ ...gift, startsAt: NOW + 1 }] }, "alpha", "no"],
  ["no longer", world(), { gifts: [{ ...gift, endsAt: NOW }] }, "alpha", "no"],
  ["taken back", world(), { gifts: [{ ...gift, revoked: true }] }, "alpha", "no"],
  ["nothing of another product", world(), { gifts: [gift] }, "beta", "no"],
  ["a bundle opens what it includes", world(), { gifts: [{ ...gift, product: "bundle" }] }, "gamma", "MANUAL"],
  ["what lasts longest decides", cancelled, { gifts: [{ ...gift, endsAt: NOW + 2 * DAY }] }, "alpha", "MANUAL +2d"],
  ["among equals a purchase comes first", bought, { gifts: [gift] }, "alpha", "PURCHASE"],
  ["no end is later than any", cancelled, { gifts: [gift] }, "alpha", "MANUAL"],
  [
    "what follows without a gap counts as one",
    cancelled,
    { gifts: [{ ...gift, startsAt: NOW + DAY, endsAt: NOW + 3 * DAY }] },
    "alpha",
    "SUBSCRIPTION +3d",
  ],
  ["a gap is an end", cancelled, { gifts: [{ ...gift, startsAt: NOW + 2 * DAY }] }, "alpha", "SUBSCRIPTION +1d"],
])("given: %s", (_title, state, more, product, expected) => {
  expect(say(state, booksWith(more), product)).toBe(expected);
});
