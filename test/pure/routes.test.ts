import { subscribedEvents } from "../../src/connections/needed-events";
import { routeEvent, routes } from "../../src/projection/routes";

describe("what an event makes us look at", () => {
  const rows: [string, Parameters<typeof routeEvent>[0], string][] = [
    [
      "a subscription changed",
      hint("customer.subscription.updated", "sub_1", { customer: "cus_1" }),
      "SUBSCRIPTION sub_1",
    ],
    [
      "an invoice of a subscription",
      hint("invoice.paid", "in_1", { subscription: "sub_1", invoice: "in_1" }),
      "SUBSCRIPTION sub_1, INVOICE in_1",
    ],
    ["an invoice of its own", hint("invoice.paid", "in_1", { invoice: "in_1" }), "INVOICE in_1"],
    ["a checkout", hint("checkout.session.completed", "cs_1", { payment: "pi_1" }), "SESSION cs_1"],
    [
      "a checkout of a subscription",
      hint("checkout.session.completed", "cs_1", { subscription: "sub_1", invoice: "in_1" }),
      "SUBSCRIPTION sub_1, INVOICE in_1, SESSION cs_1",
    ],
    ["a refund of a payment", hint("refund.created", "re_1", { charge: "ch_1", payment: "pi_1" }), "PAYMENT pi_1"],
    ["a refund of an old charge", hint("refund.created", "re_1", { charge: "ch_1" }), "CHARGE ch_1"],
    ["a refund that names nothing, as short events do", hint("refund.created", "re_1"), "REFUND re_1"],
    ["a dispute that names nothing", hint("charge.dispute.closed", "du_1"), "DISPUTE du_1"],
    ["a credit note", hint("credit_note.created", "cn_1", { invoice: "in_1" }), "INVOICE in_1"],
    [
      "a schedule",
      hint("subscription_schedule.updated", "sub_sched_1", { subscription: "sub_1" }),
      "SUBSCRIPTION sub_1",
    ],
    ["a schedule in short", hint("subscription_schedule.updated", "sub_sched_1"), "SCHEDULE sub_sched_1"],
    ["a customer", hint("customer.deleted", "cus_1", { customer: "cus_1" }), "CUSTOMER cus_1"],
    ["a draft", hint("invoice.created", "in_1", { invoice: "in_1", subscription: "sub_1" }), ""],
    ["a type that nobody knows", hint("quantum.flux.updated", "qf_1", { customer: "cus_1" }), ""],
    ["a type with a name from elsewhere", hint("constructor", "x_1"), ""],
    ["an event that names nothing", hint("customer.subscription.updated", null), ""],
  ];
  test.each(rows)("%s", (_title, given, wanted) => {
    const { targets, products, prices } = routeEvent(given);
    expect(targets.map(({ kind, id }) => `${kind} ${id}`).join(", ")).toBe(wanted);
    expect([...products, ...prices]).toEqual([]);
  });

  test("products and prices refresh the catalogue and nothing else", () => {
    expect(routeEvent(hint("product.updated", "prod_1", { product: "prod_1" }))).toEqual({
      targets: [],
      products: ["prod_1"],
      prices: [],
      portal: false,
    });
    expect(routeEvent(hint("price.updated", "price_1", { product: "prod_1", price: "price_1" }))).toEqual({
      targets: [],
      products: ["prod_1"],
      prices: ["price_1"],
      portal: false,
    });
  });

  test("a portal configuration refreshes what is held of the portal, whichever it is", () => {
    expect(routeEvent(hint("billing_portal.configuration.updated", "bpc_1"))).toEqual({
      targets: [],
      products: [],
      prices: [],
      portal: true,
    });
  });
});

function hint(type: string, objectId: string | null, ids: Parameters<typeof routeEvent>[0]["ids"] = {}) {
  return { type, objectId, ids };
}

test("every event that an endpoint is subscribed to has its line", () => {
  expect(subscribedEvents.filter((type) => !Object.hasOwn(routes, type))).toEqual([]);
});

test("an endpoint is subscribed to every event that makes us look, but for those that say the same as another", () => {
  const twice = new Set([
    "invoice.payment_attempt_required",
    "credit_note.updated",
    "subscription_schedule.created",
    "subscription_schedule.completed",
    "subscription_schedule.aborted",
  ]);
  const looks = Object.entries(routes).filter(
    ([, { look, because }]) => look !== "NOTHING" && !because.includes("thin only"),
  );
  const missing = looks.map(([type]) => type).filter((type) => !subscribedEvents.some((one) => one === type));
  expect(missing.filter((type) => !twice.has(type))).toEqual([]);
});

test("each line of the table says why, in a sentence", () => {
  const wrong = Object.entries(routes).filter(([, { because }]) => !/^[A-Z].+\.$/.test(because));
  expect(wrong).toEqual([]);
});
