import { readEvent } from "../../src/stripe/read-event";

const read = (value: unknown) => readEvent(Buffer.from(JSON.stringify(value)));
const event = (object: object, more: object = {}) => ({
  id: "evt_1",
  object: "event",
  type: "invoice.paid",
  api_version: "2026-10-28.endive",
  created: 1_767_225_600,
  livemode: false,
  data: { object },
  ...more,
});
const thin = (related: unknown, more: object = {}) => ({
  id: "evt_test_1",
  object: "v2.core.event",
  type: "v1.customer.subscription.updated",
  created: "2026-01-01T00:00:00.000Z",
  livemode: false,
  related_object: related,
  ...more,
});

test("a snapshot is read for what it is about, not for what it says", () => {
  expect(read(event({ object: "subscription", id: "sub_1", customer: "cus_1", status: "active" }))).toEqual({
    id: "evt_1",
    type: "invoice.paid",
    shape: "SNAPSHOT",
    objectId: "sub_1",
    ids: { subscription: "sub_1", customer: "cus_1" },
    subject: "cus_1",
    apiVersion: "2026-10-28.endive",
    happenedAt: new Date("2026-01-01T00:00:00.000Z"),
    livemode: false,
    account: null,
  });
});

test("a thin event has the name of its twin, and its object as the subject", () => {
  expect(read(thin({ id: "sub_1", type: "subscription", url: "/v1/subscriptions/sub_1" }))).toEqual({
    id: "evt_test_1",
    type: "customer.subscription.updated",
    shape: "THIN",
    objectId: "sub_1",
    ids: { subscription: "sub_1" },
    subject: "sub_1",
    apiVersion: null,
    happenedAt: new Date("2026-01-01T00:00:00.000Z"),
    livemode: false,
    account: null,
  });
});

// Object, what it names, and under whom it is looked at: the same whatever version of the API rendered it.
const places: [string, object, object, string][] = [
  [
    "an invoice since basil",
    { object: "invoice", id: "in_1", customer: "cus_1", parent: { subscription_details: { subscription: "sub_1" } } },
    { invoice: "in_1", customer: "cus_1", subscription: "sub_1" },
    "cus_1",
  ],
  [
    "an invoice before basil",
    { object: "invoice", id: "in_1", customer: "cus_1", subscription: "sub_1", payment_intent: "pi_1", charge: "ch_1" },
    { invoice: "in_1", customer: "cus_1", subscription: "sub_1", payment: "pi_1", charge: "ch_1" },
    "cus_1",
  ],
  [
    "an invoice whose subscription was expanded",
    { object: "invoice", id: "in_1", customer: { id: "cus_1" }, subscription: { id: "sub_1", object: "subscription" } },
    { invoice: "in_1", customer: "cus_1", subscription: "sub_1" },
    "cus_1",
  ],
  [
    "an invoice without subscription",
    { object: "invoice", id: "in_1", customer: "cus_1", parent: null },
    { invoice: "in_1", customer: "cus_1" },
    "cus_1",
  ],
  [
    "a charge",
    { object: "charge", id: "ch_1", customer: "cus_1", payment_intent: "pi_1" },
    { charge: "ch_1", customer: "cus_1", payment: "pi_1" },
    "cus_1",
  ],
  [
    "a charge of old, with its invoice",
    { object: "charge", id: "ch_1", customer: "cus_1", payment_intent: "pi_1", invoice: "in_1" },
    { charge: "ch_1", customer: "cus_1", payment: "pi_1", invoice: "in_1" },
    "cus_1",
  ],
  [
    "a guest's charge",
    { object: "charge", id: "ch_1", customer: null, payment_intent: "pi_1" },
    { charge: "ch_1", payment: "pi_1" },
    "pi_1",
  ],
  [
    "a refund",
    { object: "refund", id: "re_1", charge: "ch_1", payment_intent: "pi_1" },
    { charge: "ch_1", payment: "pi_1" },
    "pi_1",
  ],
  [
    "a dispute",
    { object: "dispute", id: "dp_1", charge: "ch_1", payment_intent: "pi_1" },
    { charge: "ch_1", payment: "pi_1" },
    "pi_1",
  ],
  [
    "an old dispute, with its charge alone",
    { object: "dispute", id: "dp_1", charge: "ch_1" },
    { charge: "ch_1" },
    "ch_1",
  ],
  [
    "a guest's session",
    { object: "checkout.session", id: "cs_1", customer: null, payment_intent: "pi_1" },
    { session: "cs_1", payment: "pi_1" },
    "pi_1",
  ],
  [
    "a session before it is paid",
    { object: "checkout.session", id: "cs_1", customer: null },
    { session: "cs_1" },
    "cs_1",
  ],
  [
    "a payment of an invoice",
    {
      object: "invoice_payment",
      id: "inpay_1",
      invoice: "in_1",
      payment: { type: "payment_intent", payment_intent: "pi_1" },
    },
    { invoice: "in_1", payment: "pi_1" },
    "pi_1",
  ],
  ["a customer", { object: "customer", id: "cus_1" }, { customer: "cus_1" }, "cus_1"],
  [
    "an account as customer",
    { object: "subscription", id: "sub_1", customer: null, customer_account: "acct_2" },
    { subscription: "sub_1", customerAccount: "acct_2" },
    "acct_2",
  ],
  ["a price", { object: "price", id: "price_1", product: "prod_1" }, { price: "price_1", product: "prod_1" }, "prod_1"],
  [
    "a product with a name of the seller's own",
    { object: "product", id: "gold-plan" },
    { product: "gold-plan" },
    "gold-plan",
  ],
  [
    "a schedule",
    { object: "subscription_schedule", id: "sub_sched_1", customer: "cus_1", subscription: "sub_1" },
    { customer: "cus_1", subscription: "sub_1" },
    "cus_1",
  ],
  [
    "a schedule that was released",
    { object: "subscription_schedule", id: "sub_sched_1", subscription: null, released_subscription: "sub_1" },
    { subscription: "sub_1" },
    "sub_1",
  ],
  ["an object that we know nothing of", { object: "something.new", id: "new_1" }, {}, "new_1"],
  [
    "an object without id",
    { object: "entitlements.active_entitlement_summary", customer: "cus_1" },
    { customer: "cus_1" },
    "cus_1",
  ],
  ["no object to speak of", {}, {}, "evt_1"],
];

test.each(places)("F20: %s", (_, object, ids, subject) => {
  expect(read(event(object))).toMatchObject({ ids, subject });
  expect(Object.keys(read(event(object))?.ids ?? {}).toSorted()).toEqual(Object.keys(ids).toSorted());
});

const nothing: [string, string][] = [
  ["nothing", ""],
  ["no JSON", "{"],
  ["a list", "[]"],
  ["null", "null"],
  ["a number", "1"],
  ["a text", '"evt_1"'],
  ["an empty object", "{}"],
  ["a byte order mark before a good event", `\uFEFF${JSON.stringify(event({}))}`],
  ["an event without id", JSON.stringify({ ...event({}), id: undefined })],
  ["an id that is a number", JSON.stringify({ ...event({}), id: 1 })],
  ["an id that is empty", JSON.stringify({ ...event({}), id: "" })],
  ["an id with a NUL", JSON.stringify({ ...event({}), id: "evt_\u0000" })],
  ["an id of half a character", '{"id":"\\ud800","object":"event","type":"invoice.paid"}'],
  ["an id as long as a book", JSON.stringify({ ...event({}), id: "e".repeat(256) })],
  ["no type", JSON.stringify({ ...event({}), type: null })],
  ["an object that is no event", JSON.stringify({ id: "cus_1", object: "customer", type: "x" })],
  ["a deep nest", "[".repeat(200_000)],
];

test.each(nothing)("%s is no event", (_, body) => {
  expect(readEvent(Buffer.from(body))).toBeNull();
});

test("bytes that are no text are no event", () => {
  expect(readEvent(Buffer.from([0xff, 0xfe, 0x00]))).toBeNull();
});

const odd: [string, object, object][] = [
  ["a time that is none", { created: "soon" }, { happenedAt: null }],
  ["a time beyond all times", { created: 1e300 }, { happenedAt: null }],
  ["a negative time", { created: -1 }, { happenedAt: null }],
  ["no mode", { livemode: undefined }, { livemode: null }],
  ["a mode that is a text", { livemode: "false" }, { livemode: null }],
  ["another account", { account: "acct_2" }, { account: "acct_2" }],
  ["a context", { context: "org_1/acct_2" }, { account: "acct_2" }],
  ["a version that is no text", { api_version: {} }, { apiVersion: null }],
  ["no data", { data: null }, { objectId: null, ids: {}, subject: "evt_1" }],
  ["a list as data", { data: [] }, { objectId: null, subject: "evt_1" }],
  ["a list as object", { data: { object: [] } }, { objectId: null, subject: "evt_1" }],
  ["inherited names as kinds", { data: { object: { object: "constructor", id: "x" } } }, { objectId: "x", ids: {} }],
  [
    "inherited names as fields",
    { data: JSON.parse('{"object":{"__proto__":{"customer":"cus_1"},"id":"x"}}') as object },
    { subject: "x" },
  ],
  ["a customer that is a list", { data: { object: { customer: ["cus_1"], id: "x" } } }, { subject: "x" }],
  ["a customer with a NUL", { data: { object: { customer: "cus_\u0000", id: "x" } } }, { subject: "x" }],
];

test.each(odd)("%s is left out", (_, more, expected) => {
  expect(read(event({}, more))).toMatchObject(expected);
});

test.each([
  ["no related object", null, { objectId: null, subject: "evt_test_1" }],
  ["a kind that we do not know", { id: "x_1", type: "new.kind" }, { objectId: "x_1", ids: {}, subject: "x_1" }],
  ["a related object that is a text", "sub_1", { objectId: null, subject: "evt_test_1" }],
])("a thin event with %s", (_, related, expected) => {
  expect(read(thin(related))).toMatchObject(expected);
});
