import Stripe from "stripe";
import { API_VERSION } from "../../src/local/stripe/stored";
import { ask, closeSimulators, openClient, openSimulator } from "./simulator-kit";

afterEach(closeSimulators);

test("the simulator speaks the version that the client pins", () => {
  expect(Stripe.API_VERSION).toBe(API_VERSION);
});

test("the official client walks 250 customers, newest first, each once", async () => {
  const { simulator, stripe } = await openSimulator();
  simulator.control.seed({ customers: 250 });
  const names: (string | null | undefined)[] = [];
  for await (const customer of stripe.customers.list({ limit: 100 })) names.push(customer.name);
  expect(names).toEqual(Array.from({ length: 250 }, (_, n) => `Customer ${249 - n}`));
});

test("ending_before gives the page just before, and has_more looks in that direction", async () => {
  const { simulator, stripe } = await openSimulator();
  simulator.control.seed({ customers: 10 });
  const all = await stripe.customers.list({ limit: 10 });
  const [, , , , , fifth] = all.data;
  const page = await stripe.customers.list({ limit: 3, ending_before: fifth?.id ?? "" });
  expect(page.data.map(({ id }) => id)).toEqual(all.data.slice(2, 5).map(({ id }) => id));
  expect(page.has_more).toBe(true);
});

test("the e-mail filter is case-sensitive, and a test clock hides its customers from the plain list", async () => {
  const { stripe } = await openSimulator();
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_900_000_000 });
  await stripe.customers.create({ email: "Ada@example.com" });
  const simulated = await stripe.customers.create({ email: "ada@example.com", test_clock: clock.id });
  expect(simulated.created).toBe(1_900_000_000);
  expect((await stripe.customers.list({ email: "ada@example.com" })).data).toEqual([]);
  expect((await stripe.customers.list({ email: "Ada@example.com" })).data).toHaveLength(1);
  expect((await stripe.customers.list({ test_clock: clock.id })).data).toHaveLength(1);
});

test("a deleted customer answers deleted: true, and metadata merges and unsets as documented", async () => {
  const { stripe } = await openSimulator();
  const { id } = await stripe.customers.create({ email: "a@example.com", metadata: { one: "1", two: "2" } });
  const updated = await stripe.customers.update(id, { email: "", metadata: { one: "", three: "3" } });
  expect([updated.email, updated.metadata]).toEqual([null, { two: "2", three: "3" }]);
  await stripe.customers.del(id);
  expect(await stripe.customers.retrieve(id)).toMatchObject({ id, object: "customer", deleted: true });
  await expect(stripe.customers.update(id, { name: "x" })).rejects.toMatchObject({ code: "resource_missing" });
});

test("an update records the old values of what changed, and nothing when nothing did", async () => {
  const { stripe } = await openSimulator();
  const { id } = await stripe.customers.create({ name: "Ada", metadata: { a: "1" } });
  await stripe.customers.update(id, { name: "Ada" });
  await stripe.customers.update(id, { name: "Grace", metadata: { b: "2" } }, { idempotencyKey: "k-1" });
  const { data } = await stripe.events.list({ types: ["customer.updated"] });
  expect(data).toHaveLength(1);
  expect(data[0]?.data.previous_attributes).toEqual({ name: "Ada", metadata: { b: null } });
  expect(data[0]).toMatchObject({ api_version: API_VERSION, livemode: false, request: { idempotency_key: "k-1" } });
});

test("pending_webhooks counts the endpoints that listen, and deliver is told after the commit", async () => {
  const told: string[] = [];
  const { stripe } = await openSimulator({ deliver: (event) => told.push(event.type) });
  await stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/a", enabled_events: ["product.created"] });
  const made = await stripe.webhookEndpoints.create({ url: "http://127.0.0.1:9/b", enabled_events: ["*"] });
  expect(made.secret).toMatch(/^whsec_/);
  expect((await stripe.webhookEndpoints.retrieve(made.id)).secret).toBeUndefined();
  await stripe.products.create({ name: "P", default_price_data: { currency: "usd", unit_amount: 5 } });
  const { data } = await stripe.events.list({ delivery_success: false });
  expect(data.map(({ type, pending_webhooks }) => [type, pending_webhooks])).toEqual([
    ["price.created", 1],
    ["product.created", 2],
  ]);
  expect(told).toEqual(["product.created", "price.created"]);
});

test("an idempotency key replays its answer, refuses other parameters, and is free again after a refusal", async () => {
  const { simulator } = await openSimulator();
  const headers = { "Idempotency-Key": "once" };
  const bad = await ask(simulator, "POST", "/v1/customers", { form: "bogus=1", headers });
  expect(bad.body.error).toMatchObject({ code: "parameter_unknown", param: "bogus" });
  const first = await ask(simulator, "POST", "/v1/customers", { form: "name=A", headers });
  const again = await ask(simulator, "POST", "/v1/customers", { form: "name=A", headers });
  expect(again.body).toEqual(first.body);
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  const other = await ask(simulator, "POST", "/v1/customers", { form: "name=B", headers });
  expect([other.status, other.body.error?.type]).toEqual([400, "idempotency_error"]);
  simulator.control.moveBy(86_401);
  const nextDay = await ask(simulator, "POST", "/v1/customers", { form: "name=B", headers });
  expect(nextDay.status).toBe(200);
});

test("two requests with one key at the same time: the second is turned away", async () => {
  const { simulator } = await openSimulator();
  simulator.control.plan({ fault: { kind: "slow", ms: 150 }, path: "/v1/customers" });
  const headers = { "Idempotency-Key": "held" };
  const both = await Promise.all([
    ask(simulator, "POST", "/v1/customers", { form: "name=A", headers }),
    ask(simulator, "POST", "/v1/customers", { form: "name=A", headers }),
  ]);
  expect(both.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 409]));
});

test("a 500 after the effect is stored with its key: the customer exists, and the client cannot get past it", async () => {
  const { simulator, stripe } = await openSimulator();
  simulator.control.plan({ fault: { kind: "error-after" }, method: "POST", path: "/v1/customers" });
  const create = () => stripe.customers.create({ name: "A" }, { idempotencyKey: "k" });
  await expect(create()).rejects.toMatchObject({ statusCode: 500 });
  await expect(create()).rejects.toMatchObject({ statusCode: 500 });
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

test("a 500 before the effect, a reset, half a body and a page of HTML are what the client says they are", async () => {
  const { simulator } = await openSimulator();
  const stripe = openClient(simulator);
  const troubles = [
    [{ kind: "error-before" }, "StripeAPIError", 0],
    [{ kind: "rate-limit" }, "StripeRateLimitError", 0],
    [{ kind: "truncated" }, "StripeConnectionError", 1],
    [{ kind: "html" }, "StripeAPIError", 2],
  ] as const;
  for (const [fault, type, customers] of troubles) {
    simulator.control.plan({ fault, method: "POST", path: "/v1/cust*" });
    await expect(stripe.customers.create({ name: "A" })).rejects.toMatchObject({ type });
    expect((await stripe.customers.list()).data).toHaveLength(customers);
  }
  simulator.control.plan({ fault: { kind: "reset", when: "before" }, method: "POST", count: 5 });
  await expect(stripe.customers.create({ name: "A" })).rejects.toMatchObject({ type: "StripeConnectionError" });
});

test("with retries on, the client's own key makes one customer out of a lost answer", async () => {
  const { simulator } = await openSimulator();
  const stripe = openClient(simulator, { maxNetworkRetries: 2 });
  simulator.control.plan({ fault: { kind: "reset", when: "after" }, method: "POST" });
  await stripe.customers.create({ name: "A" });
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

test("rate limits answer 429 without asking for a retry", async () => {
  const { simulator } = await openSimulator();
  simulator.control.limitRates({ read: 1 });
  await ask(simulator, "GET", "/v1/customers");
  const second = await ask(simulator, "GET", "/v1/customers");
  expect([second.status, second.body.error?.code]).toEqual([429, "rate_limit"]);
  expect(second.headers.get("stripe-should-retry")).toBeNull();
});

test.each([
  ["GET", "/v1/no_such_thing", undefined, 404, { type: "invalid_request_error" }],
  ["GET", "/v1/customers/cus_no", undefined, 404, { code: "resource_missing", param: "id" }],
  ["GET", "/v1/customers?starting_after=cus_no", undefined, 400, { code: "resource_missing", param: "starting_after" }],
  ["GET", "/v1/customers?limit=101", undefined, 400, { code: "parameter_invalid_integer", param: "limit" }],
  ["GET", "/v1/customers?expand[]=total_count", undefined, 400, { code: "property_forbidden" }],
  ["GET", "/v1/customers?expand[]=data.a.b.c.d", undefined, 400, { param: "expand" }],
  ["POST", "/v1/products", "name=P&expand[]=nothing", 400, { param: "expand" }],
  ["POST", "/v1/products", "", 400, { code: "parameter_missing", param: "name" }],
  ["POST", "/v1/products", "name=", 400, { code: "parameter_invalid_empty", param: "name" }],
  ["POST", "/v1/prices", "currency=usd&unit_amount=x&product=p", 400, { code: "parameter_invalid_integer" }],
  [
    "POST",
    "/v1/prices",
    "currency=usd&unit_amount=1&product=prod_no",
    400,
    { code: "resource_missing", param: "product" },
  ],
  ["POST", "/v1/prices", "currency=usd&unit_amount=1&recurring[foo]=1", 400, { param: "recurring[foo]" }],
])("%s %s %s is refused as Stripe does", async (method, path, form, status, error) => {
  const { simulator, stripe } = await openSimulator();
  const answer = await ask(simulator, method, path, form === undefined ? {} : { form });
  expect(answer.status).toBe(status);
  expect(answer.body.error).toMatchObject(error);
  expect(answer.headers.get("request-id")).toMatch(/^req_/);
  expect((await stripe.events.list()).data).toEqual([]);
});

test("live keys, wrong keys and odd versions are refused; a restricted key lacks what was taken from it", async () => {
  const { simulator } = await openSimulator();
  const withKey = (key: string) => ask(simulator, "GET", "/v1/customers", { key });
  expect((await withKey("sk_live_abc")).status).toBe(401);
  expect((await withKey("nonsense")).status).toBe(401);
  expect((await withKey("rk_test_abc")).status).toBe(200);
  simulator.control.restrictKey("rk_test_abc", ["customer_read"]);
  await expect(openClient(simulator, {}, "rk_test_abc").customers.list()).rejects.toMatchObject({
    type: "StripePermissionError",
  });
  const odd = await ask(simulator, "GET", "/v1/customers", { headers: { "Stripe-Version": "newest" } });
  expect(odd.status).toBe(400);
});

test("a product with prices cannot be deleted; a lookup key belongs to one price", async () => {
  const { stripe } = await openSimulator();
  const { id: product } = await stripe.products.create({ name: "P" });
  const terms = { currency: "usd", unit_amount: 100, product, lookup_key: "k" };
  const first = await stripe.prices.create(terms);
  await expect(stripe.products.del(product)).rejects.toMatchObject({ statusCode: 400 });
  await expect(stripe.prices.create(terms)).rejects.toMatchObject({ param: "lookup_key" });
  await stripe.prices.create({ ...terms, transfer_lookup_key: true });
  expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull();
  expect((await stripe.prices.list({ product, lookup_keys: ["k"] })).data).toHaveLength(1);
});

test("a test clock goes forward only, and is ready when it is asked for", async () => {
  const { stripe } = await openSimulator();
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_900_000_000 });
  const moving = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_900_000_100 });
  expect(moving.status).toBe("advancing");
  const ready = await stripe.testHelpers.testClocks.retrieve(clock.id);
  expect([ready.status, ready.frozen_time]).toEqual(["ready", 1_900_000_100]);
  await expect(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_900_000_000 })).rejects.toMatchObject({
    param: "frozen_time",
  });
});

test("the same seed makes the same ids", async () => {
  const one = await openSimulator({ seed: 7 });
  const two = await openSimulator({ seed: 7 });
  const ids = await Promise.all([one, two].map(async ({ stripe }) => (await stripe.customers.create({})).id));
  expect(ids[0]).toBe(ids[1]);
  expect(ids[0]).toMatch(/^cus_\w{14}$/);
});
