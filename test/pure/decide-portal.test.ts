import { type Door, decidePortal, decidePortalBlocker } from "../../src/portal/decide-portal";

type TestDoor = Door<{
  portal: { enabled?: boolean };
  portalConfiguration: string | null;
  portalDeactivatedAt: Date | null;
}>;
const connection = { portal: {}, portalConfiguration: "bpc_1", portalDeactivatedAt: null };

const door = (customer: string, more: Partial<TestDoor> = {}): TestDoor => ({
  connection,
  customer,
  isOwn: true,
  hasSameAddress: false,
  isEmpty: false,
  subscriptions: [],
  known: more.subscriptions ?? [],
  ...more,
});
const joined = (customer: string, more: Partial<TestDoor> = {}) =>
  door(customer, { isOwn: false, hasSameAddress: true, ...more });
const closed = { ...connection, portal: { enabled: false } };
const empty = (customer: string) => door(customer, { isEmpty: true });

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
    [door("a", { connection: { ...connection, portalConfiguration: null } })],
    null,
    "PORTAL_NOT_CONFIGURED",
  ],
  [
    "a configuration that was deactivated",
    [door("a", { connection: { ...connection, portalDeactivatedAt: new Date("2026-03-01T12:00:00Z") } })],
    null,
    "PORTAL_NOT_CONFIGURED",
  ],
  ["a customer of an unpaid checkout alone", [empty("a")], null, "a"],
  ["one joined by address before a customer of an unpaid checkout", [empty("a"), joined("b")], null, "b"],
];

test.each(cases)("which portal opens: %s", (_, doors, subscription, expected) => {
  const decision = decidePortal(true, doors, subscription);
  expect(decision.door?.customer ?? decision.blocker).toBe(expected);
});

test("which portal opens: without a connected account none", () => {
  expect(decidePortal(false, [door("a")])).toEqual({ door: null, blocker: "STRIPE_NOT_CONNECTED" });
});

test("a page shows no way to a customer with nothing in it, and the way to every other one", () => {
  expect(decidePortalBlocker(decidePortal(true, [empty("a")]))).toBe("NO_STRIPE_CUSTOMER");
  expect(decidePortalBlocker(decidePortal(true, [empty("a"), door("b")]))).toBeNull();
  expect(decidePortalBlocker(decidePortal(true, [door("b")]))).toBeNull();
  expect(decidePortalBlocker(decidePortal(true, []))).toBe("NO_STRIPE_CUSTOMER");
  expect(decidePortalBlocker(decidePortal(false, []))).toBe("STRIPE_NOT_CONNECTED");
});
