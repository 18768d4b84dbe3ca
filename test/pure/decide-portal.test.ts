import { type Door, decidePortal } from "../../src/portal/decide-portal";

type TestDoor = Door<{ portal: { enabled?: boolean }; portalConfiguration: string | null }>;

const door = (customer: string, more: Partial<TestDoor> = {}): TestDoor => ({
  connection: { portal: {}, portalConfiguration: "bpc_1" },
  customer,
  isOwn: true,
  hasSameAddress: false,
  subscriptions: [],
  known: more.subscriptions ?? [],
  ...more,
});
const joined = (customer: string, more: Partial<TestDoor> = {}) =>
  door(customer, { isOwn: false, hasSameAddress: true, ...more });
const closed = { portal: { enabled: false }, portalConfiguration: "bpc_1" };

const cases: [string, TestDoor[], string | null, string][] = [
  ["nobody's customer", [], null, "NO_STRIPE_CUSTOMER"],
  ["the only customer", [door("a")], null, "a"],
  ["the one that holds the named subscription", [door("a"), joined("b", { subscriptions: ["s"] })], "s", "b"],
  ["also one that is over", [door("a", { subscriptions: ["r"] }), door("b", { known: ["s"] })], "s", "b"],
  ["an unknown subscription of the only customer: Stripe says", [door("a")], "s", "a"],
  ["an unknown subscription, and several customers", [door("a"), door("b")], "s", "NOT_FOUND"],
  ["our own before one joined by address", [joined("a", { subscriptions: ["s"] }), door("b")], null, "b"],
  ["of joined ones the one with a subscription", [joined("a"), joined("b", { subscriptions: ["s"] })], null, "b"],
  ["of our own the one with a subscription", [door("a"), door("b", { subscriptions: ["s"] })], null, "b"],
  ["several equal ones", [door("a"), door("b")], null, "AMBIGUOUS_CUSTOMER"],
  ["several joined ones", [joined("a"), joined("b")], null, "AMBIGUOUS_CUSTOMER"],
  ["a join whose addresses differ", [joined("a", { hasSameAddress: false })], null, "NO_STRIPE_CUSTOMER"],
  [
    "the same, also for its own subscription",
    [joined("a", { hasSameAddress: false, subscriptions: ["s"] }), door("b"), door("c")],
    "s",
    "NOT_FOUND",
  ],
  ["a portal that is off", [door("a", { connection: closed })], null, "PORTAL_DISABLED"],
  ["one that is on before one that is off", [door("a", { connection: closed }), door("b")], null, "b"],
  [
    "no configuration",
    [door("a", { connection: { portal: {}, portalConfiguration: null } })],
    null,
    "PORTAL_NOT_CONFIGURED",
  ],
];

test.each(cases)("which portal opens: %s", (_, doors, subscription, expected) => {
  const decision = decidePortal(true, doors, subscription);
  expect(decision.door?.customer ?? decision.blocker).toBe(expected);
});

test("which portal opens: without a connected account none", () => {
  expect(decidePortal(false, [door("a")])).toEqual({ door: null, blocker: "STRIPE_NOT_CONNECTED" });
});
