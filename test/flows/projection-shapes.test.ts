import type Stripe from "stripe";
import { idOf } from "../../src/projection/read-references";
import { type Stall, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// One story, in whatever shape Stripe tells it, and what belongs to whom when several things are sold at once.

let shop: Shop;
let stall: Stall;
let book: Stall;

beforeAll(async () => {
  shop = await startShop();
  stall = await openStall(shop, "pro");
  book = await openStall(shop, "book");
  await stall.link();
  await book.link();
});
afterAll(() => shop.stop());

let people = 0;
const somebody = () => `buyer-${people++}@shop.example`;

interface Held {
  product: { key: string };
  status: string;
  reason: string;
  quantity: number;
  stripeObject: string | null;
}

async function grantsOf(email: string): Promise<string[]> {
  await shop.settled();
  const query = `query ($email: String!) { userByEmail(email: $email) { grants(first: 100) { nodes {
    product { key } status reason quantity stripeObject } } } }`;
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { grants: { nodes: Held[] } } | null }>(query, {
    email,
  });
  const held = userByEmail?.grants.nodes ?? [];
  return held.map(({ product, status, reason, quantity }) => `${quantity} ${product.key}: ${status} ${reason}`).sort();
}

async function linesOf(email: string): Promise<string[]> {
  await shop.settled();
  return (await stall.journal(email)).map(({ type, product }) => `${type} ${product?.key ?? ""}`.trim()).sort();
}

const CARD = "4242424242424242";

function newCheckout(more: Partial<Stripe.Checkout.SessionCreateParams>): Promise<Stripe.Checkout.Session> {
  return shop.stripe.checkout.sessions.create({ mode: "payment", success_url: "https://shop.example/thanks", ...more });
}

describe("F20: the same story at whatever version the endpoint speaks", () => {
  const versions = [
    "2020-08-27",
    "2024-09-30.acacia",
    "2025-03-31.basil",
    "2025-09-30.clover",
    "2026-03-25.dahlia",
    "2026-10-28.endive",
  ];

  test.each([
    ...versions.map((version) => [version, { apiVersion: version }] as const),
    ["thin events", { thin: true }] as const,
  ])("%s", async (_version, manner) => {
    const { deliveries } = shop.simulator;
    deliveries.instruct({ event: "*", count: 10_000, ...manner });
    const email = somebody();
    const session = await newCheckout({
      mode: "subscription",
      line_items: [
        { price: stall.monthly, quantity: 2 },
        { price: book.once, quantity: 1 },
      ],
    });
    await shop.control("complete-checkout", { session: session.id, email, card: CARD });
    expect(await grantsOf(email)).toEqual(["1 book: ACTIVE PURCHASE", "2 pro: ACTIVE SUBSCRIPTION"]);
    const done = await shop.stripe.checkout.sessions.retrieve(session.id);
    const subscription = idOf(done.subscription) ?? "";
    await shop.control("renew-now", { subscription, ends: "fails" });
    expect(await grantsOf(email)).toEqual(["1 book: ACTIVE PURCHASE", "2 pro: GRACE GRACE_PERIOD"]);
    await shop.control("retry-now", { subscription });
    expect(await grantsOf(email)).toEqual(["1 book: ACTIVE PURCHASE", "2 pro: ACTIVE SUBSCRIPTION"]);
    const [charge] = (await shop.stripe.charges.list({ customer: idOf(done.customer) ?? "", limit: 100 })).data
      .filter(({ status, amount_refunded }) => status === "succeeded" && amount_refunded === 0)
      .toReversed();
    await shop.control("refund", { charge: charge?.id });
    await shop.stripe.subscriptions.cancel(subscription);
    expect(await grantsOf(email)).toEqual(["1 book: ENDED REFUNDED", "2 pro: ENDED CANCELLED"]);
    deliveries.instructions.clear();
  });
});

describe("what is sold once along with a subscription", () => {
  test("CH-S4: is an order of its own, which outlives the subscription", async () => {
    const email = somebody();
    const session = await newCheckout({
      mode: "subscription",
      line_items: [
        { price: stall.monthly, quantity: 1 },
        { price: book.once, quantity: 1 },
      ],
    });
    await shop.control("complete-checkout", { session: session.id, email, card: CARD });
    const { subscription } = await shop.stripe.checkout.sessions.retrieve(session.id);
    await shop.settled();
    await shop.stripe.subscriptions.cancel(idOf(subscription) ?? "");
    expect(await grantsOf(email)).toEqual(["1 book: ACTIVE PURCHASE", "1 pro: ENDED CANCELLED"]);
  });

  test("also when it was added to the first invoice by the API, and when it stands on a later one", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    const { id } = await stall.subscribe(customer, { add_invoice_items: [{ price: book.once, quantity: 1 }] });
    expect(await grantsOf(email)).toEqual(["1 book: ACTIVE PURCHASE", "1 pro: ACTIVE SUBSCRIPTION"]);
    await shop.stripe.invoiceItems.create({ customer, subscription: id, pricing: { price: book.once }, quantity: 3 });
    await shop.control("renew-now", { subscription: id, ends: "succeeds" });
    expect(await grantsOf(email)).toEqual([
      "1 book: ACTIVE PURCHASE",
      "1 pro: ACTIVE SUBSCRIPTION",
      "3 book: ACTIVE PURCHASE",
    ]);
  });

  test("what a change of plan costs or gives back is no order", async () => {
    const email = somebody();
    const { id, items } = await stall.subscribe(await stall.customer(email));
    await shop.settled();
    const item = { id: items.data[0]?.id ?? "", price: book.monthly };
    await shop.stripe.subscriptions.update(id, { items: [item], proration_behavior: "always_invoice" });
    const [gained, ended] = await grantsOf(email);
    expect([gained, ended?.slice(0, 12)]).toEqual(["1 book: ACTIVE SUBSCRIPTION", "1 pro: ENDED"]);
  });
});

describe("one purchase counts once", () => {
  const once = async (more: Partial<Stripe.Checkout.SessionCreateParams>, typed: object = { card: CARD }) => {
    const email = somebody();
    const lines = { line_items: [{ price: stall.once, quantity: 1 }] };
    const session = await newCheckout({ ...lines, ...more });
    await shop.control("complete-checkout", { session: session.id, email, ...typed });
    return { email, session: session.id };
  };

  test("CH-S5: although Stripe shows it as a checkout and a payment", async () => {
    const { email } = await once({});
    expect(await grantsOf(email)).toEqual(["1 pro: ACTIVE PURCHASE"]);
    expect(await linesOf(email)).toEqual(["ACCESS_STARTED pro", "PRODUCT_PURCHASED pro", "USER_CREATED"]);
  });

  test("RWS-X2: or as a checkout, a payment and an invoice", async () => {
    const { email } = await once({ invoice_creation: { enabled: true }, customer_creation: "always" });
    expect(await grantsOf(email)).toEqual(["1 pro: ACTIVE PURCHASE"]);
    expect(await linesOf(email)).toEqual([
      "ACCESS_STARTED pro",
      "CUSTOMER_LINKED",
      "PRODUCT_PURCHASED pro",
      "USER_CREATED",
    ]);
  });

  test("F31: or first as a payment that is under way, and as an invoice when the money has come", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    await shop.latchkey.get("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", {
      input: { email, emailVerified: true, stripeCustomerId: customer },
    });
    const { id: session } = await newCheckout({
      customer,
      line_items: [{ price: stall.once, quantity: 1 }],
      invoice_creation: { enabled: true },
    });
    await shop.control("complete-checkout", { session, email, method: "delayed" });
    expect(await grantsOf(email)).toEqual(["1 pro: SUSPENDED PAYMENT_PENDING"]);
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session);
    await shop.control("payment-arrives", { payment: intent });
    const held = (await grantsOf(email)).filter((grant) => !grant.includes(": ENDED"));
    expect(held).toEqual(["1 pro: ACTIVE PURCHASE"]);
    expect((await linesOf(email)).filter((line) => line.startsWith("PRODUCT_PURCHASED"))).toHaveLength(1);
  });

  test("F31: money that never comes opens nothing, at any moment", async () => {
    const { email, session } = await once({ customer_creation: "always" }, { method: "delayed" });
    expect((await grantsOf(email)).filter((grant) => grant.includes("ACTIVE"))).toEqual([]);
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session);
    await shop.control("payment-fails", { payment: intent });
    expect((await grantsOf(email)).filter((grant) => grant.includes("ACTIVE"))).toEqual([]);
    expect(await stall.allowed(email)).not.toBe(true);
  });

  test("a code that takes the whole price leaves a purchase without a payment", async () => {
    const coupon = await shop.stripe.coupons.create({ percent_off: 100, duration: "once" });
    const { email } = await once({ discounts: [{ coupon: coupon.id }] }, {});
    expect(await grantsOf(email)).toEqual(["1 pro: ACTIVE PURCHASE"]);
  });
});

describe("RWS-X4: what somebody marked in Stripe gives nothing", () => {
  const marked = { latchkey_ignore: "true" };

  test("a subscription, from the moment on, and again when the mark is taken away", async () => {
    const email = somebody();
    const { id } = await stall.subscribe(await stall.customer(email));
    await shop.settled();
    await shop.stripe.subscriptions.update(id, { metadata: marked });
    await shop.settled();
    expect(await stall.allowed(email)).toBe(false);
    await shop.stripe.subscriptions.update(id, { metadata: { latchkey_ignore: "" } });
    await shop.settled();
    expect(await stall.allowed(email)).toBe(true);
  });

  test.each([
    ["a checkout", { metadata: marked }],
    ["its payment", { payment_intent_data: { metadata: marked } }],
    [
      "its invoice",
      { invoice_creation: { enabled: true, invoice_data: { metadata: marked } }, customer_creation: "always" },
    ],
  ] satisfies [string, Partial<Stripe.Checkout.SessionCreateParams>][])("%s", async (_title, more) => {
    const email = somebody();
    await stall.buyOnce({ email }, more);
    expect(await grantsOf(email)).toEqual([]);
  });
});

describe("F29: a failure that is told late", () => {
  test("does not undo what was paid since", async () => {
    const email = somebody();
    const { id } = await stall.subscribe(await stall.customer(email));
    await shop.settled();
    const { deliveries } = shop.simulator;
    deliveries.instruct({ event: "invoice.payment_failed", count: 1, hold: true });
    await shop.control("renew-now", { subscription: id, ends: "fails" });
    const [open] = (await shop.stripe.invoices.list({ subscription: id, status: "open" })).data;
    await shop.stripe.invoices.pay(open?.id ?? "");
    expect(await grantsOf(email)).toEqual(["1 pro: ACTIVE SUBSCRIPTION"]);
    await deliveries.release();
    expect(await grantsOf(email)).toEqual(["1 pro: ACTIVE SUBSCRIPTION"]);
  });
});

describe("F14: what is not linked", () => {
  test("gives nothing and fails nowhere; linked later, it opens at once from what is known", async () => {
    const email = somebody();
    const { id: product } = await shop.stripe.products.create({ name: "Later" });
    const terms = { product, currency: "usd", unit_amount: 500 };
    const monthly = (await shop.stripe.prices.create({ ...terms, recurring: { interval: "month" } })).id;
    const { id } = await stall.subscribe(await stall.customer(email), { items: [{ price: monthly }] });
    await shop.control("renew-now", { subscription: id, ends: "succeeds" });
    await shop.settled();
    expect(await grantsOf(email)).toEqual([]);
    const { rows } = shop.latchkey.server.deps.db;
    expect(await rows(`/* test.failed */ select type, error from stripe_inbox where state <> 'DONE'`)).toEqual([]);
    await shop.latchkey.get("mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }", {
      input: { key: "later", name: "Later", status: "LIVE" },
    });
    await shop.latchkey.get("mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }", {
      input: { product: "later", stripeProductId: product, importExisting: false },
    });
    expect(await grantsOf(email)).toEqual(["1 later: ACTIVE SUBSCRIPTION"]);
  });
});

describe("F19: a customer who is deleted in Stripe", () => {
  test("loses the subscriptions and keeps what was bought once or given; every old event of theirs is harmless", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    await stall.subscribe(customer);
    await book.buyOnce({ customer });
    await shop.settled();
    expect(await grantsOf(email)).toEqual(["1 book: ACTIVE PURCHASE", "1 pro: ACTIVE SUBSCRIPTION"]);
    await shop.control("delete-customer", { customer });
    const after = ["1 book: ACTIVE PURCHASE", "1 pro: ENDED CANCELLED"];
    expect(await grantsOf(email)).toEqual(after);
    const { inOrder } = shop.simulator.world.shelves.event;
    const events = inOrder
      .filter(({ row }) => JSON.stringify(row.data.object).includes(customer))
      .map(({ row }) => row);
    const db = shop.latchkey.server.deps.db;
    // As if each of them had come for the first time.
    await db.rows(`/* test.forget */ delete from stripe_inbox where event_id = any($1)`, [events.map(({ id }) => id)]);
    for (const { id } of events) await shop.simulator.deliveries.resend(id);
    expect(await grantsOf(email)).toEqual(after);
    const states = await db.rows(`/* test.states */ select distinct state from stripe_inbox where event_id = any($1)`, [
      events.map(({ id }) => id),
    ]);
    expect(states).toEqual([{ state: "DONE" }]);
  });

  test("also when the event of the deletion is the only one that arrives", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    await stall.subscribe(customer);
    await shop.settled();
    const { deliveries } = shop.simulator;
    deliveries.instruct({ event: "customer.subscription.*", count: 10, drop: true });
    await shop.control("delete-customer", { customer });
    expect(await grantsOf(email)).toEqual(["1 pro: ENDED CANCELLED"]);
    deliveries.instructions.clear();
  });
});
