import { setTimeout as wait } from "node:timers/promises";
import Stripe from "stripe";
import { API_VERSION } from "../../src/local/stripe/stored";
import { openStripe } from "../../src/stripe/open-stripe";
import { idOf } from "./checkout-kit";
import { openClient } from "./simulator-kit";
import { closeWhole, listen, openWhole, type Whole } from "./whole-kit";

afterEach(closeWhole);

interface Attempt {
  method: string;
  key: unknown;
}

/** The client's own transport, and each time that it went to the socket. */
function openWatched({ simulator }: Whole, maxNetworkRetries: number): { stripe: Stripe; attempts: Attempt[] } {
  const httpClient = Stripe.createNodeHttpClient();
  const attempts: Attempt[] = [];
  const ask = httpClient.makeRequest.bind(httpClient);
  httpClient.makeRequest = (...asked) => {
    const [, , , method, headers] = asked;
    attempts.push({ method, key: Object.entries(headers).find(([name]) => /^idempotency-key$/i.test(name))?.[1] });
    return ask(...asked);
  };
  return { stripe: openClient(simulator, { httpClient, maxNetworkRetries }), attempts };
}

test("the client that the server itself opens works unchanged: it lists, makes, reads and is refused", async () => {
  const { simulator } = await openWhole();
  const stripe = openStripe({ secretKey: "sk_test_kit", apiBase: simulator.url });
  const { id } = await stripe.customers.create({ email: "ada@example.com" });
  expect((await stripe.customers.list({ email: "ada@example.com" })).data.map((customer) => customer.id)).toEqual([id]);
  await expect(stripe.customers.retrieve("cus_no")).rejects.toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
});

test("auto-pagination over 1,000 customers gives each once, newest first", async () => {
  const { simulator, stripe } = await openWhole();
  simulator.control.seed({ customers: 1_000 });
  const seen: string[] = [];
  for await (const { id } of stripe.customers.list({ limit: 100 })) seen.push(id);
  const there = simulator.world.shelves.customer.inOrder.map(({ row }) => row.id);
  expect(there).toHaveLength(1_000);
  expect(seen.toSorted()).toEqual(there.toSorted());
});

test("a customer who comes while a list is walked does not make another one come twice or be left out", async () => {
  const { simulator, stripe } = await openWhole();
  simulator.control.seed({ customers: 250 });
  const before = new Set(simulator.world.shelves.customer.inOrder.map(({ row }) => row.id));
  const seen: string[] = [];
  for await (const { id } of stripe.customers.list({ limit: 50 })) {
    if (seen.length % 50 === 10) await stripe.customers.create({ name: "Late" });
    seen.push(id);
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect([...before].filter((id) => !seen.includes(id))).toEqual([]);
});

test("sixty lines of a session come by auto-pagination, each once", async () => {
  const { stripe } = await openWhole();
  const { id: product } = await stripe.products.create({ name: "Pro" });
  const { id: price } = await stripe.prices.create({ product, currency: "usd", unit_amount: 100 });
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    success_url: "https://shop.example",
    line_items: Array.from({ length: 60 }, (_, i) => ({ price, quantity: i + 1 })),
  });
  const quantities: (number | null)[] = [];
  for await (const line of stripe.checkout.sessions.listLineItems(session.id)) quantities.push(line.quantity);
  expect(quantities).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
});

test("constructEvent takes a delivered webhook with the secret of its endpoint, and with no other", async () => {
  const whole = await openWhole();
  const { receiver, secret, endpoint } = await listen(whole);
  const { id } = await whole.stripe.customers.create({ email: "ada@example.com" });
  await whole.simulator.deliveries.settled();
  const got = receiver.got.find(({ body }) => body.includes('"customer.created"'));
  const event = whole.stripe.webhooks.constructEvent(got?.body ?? "", got?.signature ?? "", secret);
  expect(event).toMatchObject({
    object: "event",
    type: "customer.created",
    api_version: API_VERSION,
    data: { object: { id, email: "ada@example.com" } },
  });
  expect(await whole.stripe.events.retrieve(event.id)).toMatchObject({ type: "customer.created", data: event.data });
  expect(endpoint.secret).toMatch(/^whsec_/);
  const wrong = () => whole.stripe.webhooks.constructEvent(got?.body ?? "", got?.signature ?? "", "whsec_other");
  expect(wrong).toThrow(Stripe.errors.StripeSignatureVerificationError);
  const changed = () => whole.stripe.webhooks.constructEvent(`${got?.body ?? ""} `, got?.signature ?? "", secret);
  expect(changed).toThrow(Stripe.errors.StripeSignatureVerificationError);
});

test("after a 500 that came before the effect, the client's own retry makes one object", async () => {
  const whole = await openWhole();
  const { stripe, attempts } = openWatched(whole, 2);
  whole.simulator.control.plan({ fault: { kind: "error-before" }, method: "POST", path: "/v1/customers" });
  const { id } = await stripe.customers.create({ name: "A" });
  expect(attempts).toHaveLength(2);
  expect((await stripe.customers.list()).data.map((customer) => customer.id)).toEqual([id]);
});

test("after a 500 that came after the effect, each retry has the same key and makes nothing: there is one object", async () => {
  const whole = await openWhole();
  const { stripe, attempts } = openWatched(whole, 2);
  whole.simulator.control.plan({ fault: { kind: "error-after" }, method: "POST", path: "/v1/customers" });
  await expect(stripe.customers.create({ name: "A" })).rejects.toMatchObject({ statusCode: 500 });
  expect(attempts).toHaveLength(3);
  expect(new Set(attempts.map(({ key }) => key))).toEqual(new Set([expect.stringContaining("stripe-node-retry")]));
  expect((await stripe.customers.list()).data).toHaveLength(1);
});

test("an answer that was lost on the wire is replayed to the client's own retry: one object, and its id", async () => {
  const whole = await openWhole();
  const { stripe, attempts } = openWatched(whole, 2);
  const fault = { kind: "reset", when: "after" } as const;
  whole.simulator.control.plan({ fault, method: "POST", path: "/v1/customers" });
  const made = await stripe.customers.create({ name: "A" });
  expect(attempts).toHaveLength(2);
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([made.id]);
  expect(made.lastResponse.headers["idempotent-replayed"]).toBe("true");
});

test("a 429 is told at once: the client does not try again, and nothing was made", async () => {
  const whole = await openWhole();
  const { stripe, attempts } = openWatched(whole, 3);
  whole.simulator.control.plan({ fault: { kind: "rate-limit" }, method: "POST", path: "/v1/customers" });
  await expect(stripe.customers.create({ name: "A" })).rejects.toBeInstanceOf(Stripe.errors.StripeRateLimitError);
  expect(attempts).toHaveLength(1);
  expect((await stripe.customers.list()).data).toEqual([]);
});

test("what is expanded is an object, four steps deep at most, and an id when it is not asked for", async () => {
  const { stripe } = await openWhole();
  const { id: product } = await stripe.products.create({ name: "Pro" });
  const recurring = { interval: "month" } as const;
  const { id: price } = await stripe.prices.create({ product, currency: "usd", unit_amount: 900, recurring });
  const { id: customer } = await stripe.customers.create({ email: "ada@example.com" });
  const { id: card } = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const terms = { customer, items: [{ price }], default_payment_method: card };
  const flat = await stripe.subscriptions.create(terms);
  expect([flat.customer, typeof flat.latest_invoice, flat.items.data[0]?.price.product]).toEqual([
    customer,
    "string",
    product,
  ]);
  const deep = await stripe.subscriptions.retrieve(flat.id, {
    expand: ["customer", "latest_invoice.customer", "items.data.price.product"],
  });
  expect(deep).toMatchObject({
    customer: { id: customer },
    latest_invoice: { status: "paid", customer: { id: customer } },
    items: { data: [{ price: { product: { name: "Pro" } } }] },
  });
  const invoice = await stripe.invoices.retrieve(idOf(flat.latest_invoice), {
    expand: ["payments.data.payment.payment_intent"],
  });
  expect(invoice.payments?.data).toMatchObject([{ payment: { payment_intent: { status: "succeeded" } } }]);
  const listed = await stripe.subscriptions.list({ expand: ["data.customer"] });
  expect(listed.data).toMatchObject([{ customer: { email: "ada@example.com" } }]);
});

test("an exact amount is a Decimal in the client and a plain string on the wire", async () => {
  const whole = await openWhole();
  const { receiver } = await listen(whole);
  const { id: product } = await whole.stripe.products.create({ name: "Pro" });
  const price = await whole.stripe.prices.create({
    product,
    currency: "usd",
    unit_amount_decimal: Stripe.Decimal.from("0.125"),
  });
  expect(price.unit_amount_decimal?.constructor).toBe(Stripe.Decimal.zero.constructor);
  expect(String(price.unit_amount_decimal)).toBe("0.125");
  await whole.simulator.deliveries.settled();
  const got = receiver.got.find(({ body }) => body.includes('"price.created"'));
  expect(JSON.parse(got?.body ?? "{}")).toMatchObject({ data: { object: { unit_amount_decimal: "0.125" } } });
});

test("the version that the client pins is the one of answers and events; another one that is asked for is echoed", async () => {
  const { simulator, stripe } = await openWhole();
  const made = await stripe.customers.create({ name: "A" });
  expect(made.lastResponse).toMatchObject({
    apiVersion: Stripe.API_VERSION,
    requestId: expect.stringMatching(/^req_/),
  });
  expect(Stripe.API_VERSION).toBe(API_VERSION);
  const [event] = (await stripe.events.list()).data;
  expect(event).toMatchObject({ api_version: API_VERSION, request: { id: made.lastResponse.requestId } });
  const older = await stripe.customers.retrieve(made.id, {}, { apiVersion: "2025-03-31.basil" });
  expect(older.lastResponse.apiVersion).toBe("2025-03-31.basil");
  expect(simulator.world.shelves.customer.inOrder).toHaveLength(1);
});

test("a client with too little patience gives up with a connection error, and its retry finds the work done", async () => {
  const { simulator } = await openWhole();
  simulator.control.plan({ fault: { kind: "slow", ms: 400 }, method: "POST", path: "/v1/customers" });
  const stripe = openClient(simulator, { timeout: 100, maxNetworkRetries: 0 });
  const create = () => stripe.customers.create({ name: "A" }, { idempotencyKey: "patience" });
  await expect(create()).rejects.toBeInstanceOf(Stripe.errors.StripeConnectionError);
  await wait(600);
  const { id } = await create();
  expect((await stripe.customers.list()).data.map((customer) => customer.id)).toEqual([id]);
});
