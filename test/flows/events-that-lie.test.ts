import type Stripe from "stripe";
import { type Shop, startShop } from "../kit/start-shop";

// Events that come late, in the same second, twice, or from something that is over: what Stripe says now decides.

let shop: Shop;
let monthly: string;
let once: string;

beforeAll(async () => {
  shop = await startShop();
  const { stripe, latchkey } = shop;
  const { id: product } = await stripe.products.create({ name: "pro" });
  const terms = { product, currency: "usd", unit_amount: 900 };
  monthly = (await stripe.prices.create({ ...terms, recurring: { interval: "month" } })).id;
  once = (await stripe.prices.create(terms)).id;
  await latchkey.get("mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }", {
    input: { key: "pro", name: "Pro", status: "LIVE" },
  });
  await latchkey.get("mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }", {
    input: { product: "pro", stripeProductId: product, importExisting: false },
  });
});
afterAll(() => shop.stop());

let people = 0;

/** Somebody new, with a card that pays. */
async function openBuyer(): Promise<{ email: string; customer: string }> {
  const { stripe, latchkey } = shop;
  const email = `buyer-${people++}@example.com`;
  await latchkey.get("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", {
    input: { externalId: email, email, emailVerified: true },
  });
  const { id: customer } = await stripe.customers.create({ email });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  return { email, customer };
}

async function subscribe(customer: string): Promise<Stripe.Subscription> {
  return shop.stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
}

/** Everything that happened has arrived and was worked. */
async function settle(): Promise<void> {
  await shop.settled();
}

async function access(user: string): Promise<{ allowed: boolean; reason: string }> {
  const query = 'query ($user: ID!) { accessMany(user: $user, products: ["pro"]) { allowed reason } }';
  const data = await shop.latchkey.get<{ accessMany: { allowed: boolean; reason: string }[] }>(query, { user });
  return data.accessMany[0] ?? { allowed: false, reason: "no answer" };
}

function eventsOf(object: string, type?: string): string[] {
  return shop.simulator.world.shelves.event.inOrder
    .filter(({ row }) => JSON.stringify(row.data.object).includes(object) && (!type || row.type === type))
    .toSorted((a, b) => a.turn - b.turn)
    .map(({ row }) => row.id);
}

async function resend(event: string | undefined, copies = 1): Promise<void> {
  await shop.simulator.deliveries.resend(event ?? "", { copies });
  await shop.settled();
}

function linesOf(user: string): Promise<{ type: string; at: Date }[]> {
  const sql = `select a.type, a.at, a.product_id, a.stripe_object, a.message from activities a join users u on u.id = a.user_id
    where u.external_id = $1 order by a.id`;
  return shop.latchkey.server.deps.db.rows(sql, [user]);
}

test("F2: an event from when it was active, with a fresh signature, does not bring back what is over", async () => {
  const { email, customer } = await openBuyer();
  const { id } = await subscribe(customer);
  await shop.stripe.subscriptions.update(id, { metadata: { note: "still active" } });
  await settle();
  expect(await access(email)).toEqual({ allowed: true, reason: "SUBSCRIPTION" });
  await shop.stripe.subscriptions.cancel(id);
  await settle();
  expect(await access(email)).toEqual({ allowed: false, reason: "CANCELLED" });
  const before = await linesOf(email);
  for (const event of eventsOf(id, "customer.subscription.updated")) await resend(event);
  await resend(eventsOf(id, "customer.subscription.created")[0]);
  expect(await access(email)).toEqual({ allowed: false, reason: "CANCELLED" });
  expect(await linesOf(email)).toEqual(before);
});

test.each([["as they happened"], ["the other way round"]])(
  "F3: of two changes in the same second the later one counts, when they come %s",
  async (order) => {
    const { email, customer } = await openBuyer();
    const { id } = await subscribe(customer);
    await settle();
    shop.simulator.deliveries.holdAll();
    await shop.stripe.subscriptions.update(id, { metadata: { latchkey_ignore: "true" } });
    await shop.stripe.subscriptions.update(id, { metadata: { latchkey_ignore: "" }, cancel_at_period_end: true });
    const events = eventsOf(id, "customer.subscription.updated").slice(-2);
    for (const event of order === "as they happened" ? events : events.toReversed()) await resend(event);
    expect(await access(email)).toEqual({ allowed: true, reason: "SUBSCRIPTION" });
    await shop.simulator.deliveries.release();
    await settle();
    expect(await access(email)).toEqual({ allowed: true, reason: "SUBSCRIPTION" });
  },
);

test("F13: the end of an old subscription does not take what a new one of the same product gives", async () => {
  const { email, customer } = await openBuyer();
  const old = await subscribe(customer);
  await shop.stripe.subscriptions.update(old.id, { cancel_at_period_end: true });
  const next = await subscribe(customer);
  await settle();
  await shop.stripe.subscriptions.cancel(old.id);
  await settle();
  expect(await access(email)).toEqual({ allowed: true, reason: "SUBSCRIPTION" });
  await resend(eventsOf(old.id, "customer.subscription.deleted")[0], 3);
  expect(await access(email)).toEqual({ allowed: true, reason: "SUBSCRIPTION" });
  await shop.stripe.subscriptions.cancel(next.id);
  await settle();
  expect(await access(email)).toEqual({ allowed: false, reason: "CANCELLED" });
});

test("F15: what was bought for ever outlives a subscription, and a gift outlives both", async () => {
  const { email, customer } = await openBuyer();
  const { id } = await subscribe(customer);
  const session = await shop.stripe.checkout.sessions.create({
    mode: "payment",
    customer,
    success_url: "https://shop.example",
    line_items: [{ price: once, quantity: 1 }],
  });
  await shop.control("complete-checkout", { session: session.id, card: "4242424242424242" });
  const gift = { user: email, product: "pro", note: "thanks", source: "test", externalRef: email, gift: true };
  await shop.latchkey.get("mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }", {
    input: gift,
  });
  await settle();
  await shop.stripe.subscriptions.cancel(id);
  await settle();
  expect(await access(email)).toEqual({ allowed: true, reason: "PURCHASE" });
  const [charge] = (await shop.stripe.charges.list({ customer, limit: 1 })).data;
  await shop.stripe.refunds.create({ charge: charge?.id ?? "" });
  await settle();
  expect(await access(email)).toEqual({ allowed: true, reason: "GIFT" });
  await shop.latchkey.get("mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) { id } }", {
    input: { source: "test", externalRef: email, note: "enough" },
  });
  expect((await access(email)).allowed).toBe(false);
});

test.each([["by a moment, as the portal does it"], ["by the flag, as the API does it"], ["by both"]])(
  "F16: a cancellation %s is shown at once and takes nothing yet",
  async (shape) => {
    const { email, customer } = await openBuyer();
    const { id, items } = await subscribe(customer);
    const end = items.data[0]?.current_period_end ?? 0;
    const byMoment = shape === "by the flag, as the API does it" ? {} : { cancel_at: end - 3_600 };
    const byFlag = shape === "by a moment, as the portal does it" ? {} : { cancel_at_period_end: true };
    // Asked for both, Stripe takes the end of the period.
    const { cancel_at: announced } = await shop.stripe.subscriptions.update(id, { ...byMoment, ...byFlag });
    await settle();
    const query = 'query ($user: ID!) { accessMany(user: $user, products: ["pro"]) { allowed endsAt } }';
    const { accessMany } = await shop.latchkey.get<{ accessMany: object[] }>(query, { user: email });
    const endsAt = new Date((announced ?? 0) * 1_000).toISOString();
    expect(accessMany).toEqual([{ allowed: true, endsAt }]);
  },
);

test("F21: the thirteenth item of a subscription and the thirteenth line of an order open what they are linked to", async () => {
  const { stripe } = shop;
  const fillers: { monthly: string; once: string }[] = [];
  for (let at = 0; at < 12; at++) {
    const { id: product } = await stripe.products.create({ name: `filler ${at}` });
    const terms = { product, currency: "usd", unit_amount: 100 };
    const { id: once } = await stripe.prices.create(terms);
    fillers.push({ monthly: (await stripe.prices.create({ ...terms, recurring: { interval: "month" } })).id, once });
  }
  const [subscriber, buyer] = [await openBuyer(), await openBuyer()];
  const items = [...fillers.map((each) => each.monthly), monthly].map((price) => ({ price }));
  await stripe.subscriptions.create({ customer: subscriber.customer, items });
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    customer: buyer.customer,
    success_url: "https://shop.example",
    line_items: [...fillers.map((each) => each.once), once].map((price) => ({ price, quantity: 1 })),
  });
  await shop.control("complete-checkout", { session: session.id, card: "4242424242424242" });
  await settle();
  expect(await access(subscriber.email)).toEqual({ allowed: true, reason: "SUBSCRIPTION" });
  expect(await access(buyer.email)).toEqual({ allowed: true, reason: "PURCHASE" });
});

test("F33: every event of a long life, twice in a row, ends as if each had come once", async () => {
  const ends: object[] = [];
  for (const copies of [1, 2]) {
    const { email, customer } = await openBuyer();
    shop.simulator.deliveries.planDeliveries(copies === 2 ? { seed: 1, repeat: 1 } : null);
    const { id } = await subscribe(customer);
    const life: (() => Promise<unknown>)[] = [
      () => shop.control("renew-now", { subscription: id, ends: "fails" }),
      () => shop.control("retry-now", { subscription: id }),
      () => shop.stripe.subscriptions.update(id, { cancel_at_period_end: true }),
      () => shop.stripe.subscriptions.update(id, { cancel_at_period_end: false }),
      () => shop.stripe.subscriptions.pause(id, { type: "subscription" }),
      () => shop.stripe.subscriptions.resume(id),
      () => shop.stripe.subscriptions.cancel(id),
    ];
    for (const step of life) {
      await step();
      await settle();
    }
    shop.simulator.deliveries.planDeliveries(null);
    const lines = await linesOf(email);
    ends.push({ access: await access(email), lines: lines.map(({ type }) => type) });
  }
  expect(ends[1]).toEqual(ends[0]);
});
