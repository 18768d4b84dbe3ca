import type Stripe from "stripe";
import { BEGIN, CARD, closeStores, HOUR_S, idOf, openStore, type Store, SUCCESS } from "./checkout-kit";
import { control } from "./whole-kit";

afterEach(closeStores);

type Params = Stripe.Checkout.SessionCreateParams;

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "accepted",
    (error: unknown) => error,
  );
}

function count(store: Store, ...tables: (keyof Store["simulator"]["world"]["shelves"])[]): number[] {
  return tables.map((table) => store.simulator.world.shelves[table].inOrder.length);
}

test("a guest pays: paid and complete, without customer or invoice, and the session is told last", async () => {
  const store = await openStore();
  const session = await store.open({ client_reference_id: "user-1", metadata: { order: "7" } });
  expect(session).toMatchObject({
    status: "open",
    payment_status: "unpaid",
    amount_total: 1_900,
    payment_intent: null,
    expires_at: BEGIN + 24 * HOUR_S,
    url: expect.stringContaining(session.id),
  });
  expect(store.told()).toEqual([]);
  const { outcome } = await store.buy(session, { email: "ada@example.com", name: "Ada" });
  const paid = await store.stripe.checkout.sessions.retrieve(session.id, { expand: ["payment_intent.latest_charge"] });
  expect(outcome).toBe("complete");
  expect(paid).toMatchObject({
    status: "complete",
    payment_status: "paid",
    customer: null,
    customer_email: null,
    customer_details: { email: "ada@example.com", name: "Ada" },
    client_reference_id: "user-1",
    invoice: null,
    url: null,
    payment_intent: { status: "succeeded", amount: 1_900, metadata: {}, latest_charge: { paid: true, metadata: {} } },
  });
  expect(store.told()).toEqual([
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
  ]);
});

test("a subscription begins after its payment and is paid by it; the session is told last", async () => {
  const store = await openStore();
  const session = await store.open({
    mode: "subscription",
    metadata: { order: "7" },
    subscription_data: { metadata: { plan: "pro" } },
  });
  expect([session.subscription, session.invoice, session.customer]).toEqual([null, null, null]);
  store.told();
  await store.buy(session, { email: "ada@example.com" });
  const done = await store.stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription", "invoice"] });
  expect(done).toMatchObject({
    status: "complete",
    payment_status: "paid",
    payment_intent: null,
    subscription: { status: "active", metadata: { plan: "pro" }, latest_invoice: idOf(done.invoice) },
    invoice: { status: "paid", billing_reason: "subscription_create", amount_paid: done.amount_total },
  });
  const [payment] = (await store.stripe.invoicePayments.list({ invoice: idOf(done.invoice) })).data;
  const intent = await store.stripe.paymentIntents.retrieve(idOf(payment?.payment.payment_intent));
  expect(intent).toMatchObject({ status: "succeeded", customer: done.customer, metadata: {} });
  const told = store.told();
  expect(told.at(-1)).toBe("checkout.session.completed");
  const inOrder = ["customer.created", "payment_intent.succeeded", "customer.subscription.created"];
  const places = inOrder.map((name) => told.indexOf(name));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(told).toEqual(expect.arrayContaining(["invoice.paid", "invoice_payment.paid"]));
  expect(new Set(told).size).toBe(told.length);
});

test("a card that declines leaves no customer, subscription or invoice, and the next card pays the same intent", async () => {
  const store = await openStore();
  const session = await store.open({ mode: "subscription" });
  store.told();
  const declined = await store.buy(session, { card: CARD.declined });
  expect(declined).toMatchObject({ outcome: "declined", decline_code: "generic_decline" });
  expect(await store.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: "open",
    payment_status: "unpaid",
    subscription: null,
    customer: null,
  });
  expect(count(store, "customer", "subscription", "invoice")).toEqual([0, 0, 0]);
  expect(store.told()).toEqual(["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]);
  expect((await store.buy(session)).outcome).toBe("complete");
  expect(count(store, "customer", "subscription", "invoice", "payment_intent")).toEqual([1, 1, 1, 1]);
  expect(store.told()).not.toContain("payment_intent.created");
});

test("a card that asks its owner waits: a refusal leaves the session open, an agreement completes it", async () => {
  const store = await openStore();
  const session = await store.open({ mode: "subscription" });
  expect((await store.buy(session, { card: CARD.asks })).outcome).toBe("requires_action");
  const answer = (agrees: boolean) => control(store.simulator, "answer-checkout", { session: session.id, agrees });
  expect(await answer(false)).toMatchObject({ outcome: "declined", session: { status: "open" } });
  expect(count(store, "subscription", "customer")).toEqual([0, 0]);
  await store.buy(session, { card: CARD.asks });
  expect(await answer(true)).toMatchObject({ outcome: "complete", session: { payment_status: "paid" } });
  expect(count(store, "subscription", "customer")).toEqual([1, 1]);
});

test("setup mode stores a card for its customer and takes no money", async () => {
  const store = await openStore();
  const customer = (await store.stripe.customers.create({ email: "ada@example.com" })).id;
  const session = await store.open({ mode: "setup", customer, setup_intent_data: { metadata: { why: "later" } } });
  expect(session).toMatchObject({ payment_status: "no_payment_required", amount_total: null, total_details: null });
  store.told();
  await store.buy(session);
  const done = await store.stripe.checkout.sessions.retrieve(session.id, { expand: ["setup_intent"] });
  expect(done).toMatchObject({
    status: "complete",
    payment_status: "no_payment_required",
    payment_intent: null,
    setup_intent: { status: "succeeded", customer, metadata: { why: "later" } },
  });
  expect((await store.stripe.paymentMethods.list({ customer })).data).toHaveLength(1);
  expect(count(store, "charge")).toEqual([0]);
  const told = store.told();
  expect(told).toEqual(expect.arrayContaining(["setup_intent.succeeded", "payment_method.attached"]));
  expect(told.at(-1)).toBe("checkout.session.completed");
});

test("a declined card stores nothing in setup mode", async () => {
  const store = await openStore();
  const session = await store.open({ mode: "setup" });
  expect((await store.buy(session, { card: CARD.declined })).outcome).toBe("declined");
  expect(count(store, "customer")).toEqual([0]);
  expect((await store.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
});

const subscription = { mode: "subscription" } as const;
const refusals: [why: string, make: (store: Store) => Partial<Params>, param: string, code?: string][] = [
  ["no mode", () => ({ mode: undefined as unknown as "payment" }), "mode", "parameter_missing"],
  ["a recurring price in payment mode", ({ monthly }) => ({ line_items: [{ price: monthly, quantity: 1 }] }), "mode"],
  [
    "only one-time prices in subscription mode",
    ({ once }) => ({ ...subscription, line_items: [{ price: once, quantity: 1 }] }),
    "mode",
  ],
  ["no lines", () => ({ line_items: [] }), "line_items", "parameter_missing"],
  ["lines in setup mode", ({ once }) => ({ mode: "setup", line_items: [{ price: once, quantity: 1 }] }), "line_items"],
  ["setup mode without a currency", () => ({ mode: "setup", currency: undefined as never }), "currency"],
  [
    "a price that is not there",
    () => ({ line_items: [{ price: "price_no", quantity: 1 }] }),
    "line_items[0][price]",
    "resource_missing",
  ],
  ["a line without quantity", ({ once }) => ({ line_items: [{ price: once }] }), "line_items[0][quantity]"],
  ["a customer that is not there", () => ({ customer: "cus_no" }), "customer", "resource_missing"],
  ["an address that is none", () => ({ customer_email: "ada" }), "customer_email", "email_invalid"],
  [
    "payment_method_types",
    () => ({ payment_method_types: ["card"] }) as Partial<Params>,
    "payment_method_types",
    "parameter_unknown",
  ],
  ["no address to come back to", () => ({ success_url: undefined as never }), "success_url", "parameter_missing"],
  ["a relative address", () => ({ success_url: "/thanks" }), "success_url", "url_invalid"],
  ["an address of another sort", () => ({ cancel_url: "javascript:alert(1)" }), "cancel_url", "url_invalid"],
  ["success_url when embedded", () => ({ ui_mode: "embedded_page" }), "success_url"],
  [
    "cancel_url when embedded",
    () => ({
      ui_mode: "embedded_page",
      success_url: undefined as never,
      return_url: "https://shop.example",
      cancel_url: "https://shop.example",
    }),
    "cancel_url",
  ],
  ["return_url when hosted", () => ({ return_url: "https://shop.example" }), "return_url"],
  ["an end in 29 minutes", () => ({ expires_at: BEGIN + 29 * 60 }), "expires_at"],
  ["an end after 24 hours", () => ({ expires_at: BEGIN + 24 * HOUR_S + 1 }), "expires_at"],
  [
    "a trial that ends in 47 hours",
    () => ({ ...subscription, subscription_data: { trial_end: BEGIN + 47 * HOUR_S } }),
    "subscription_data[trial_end]",
  ],
  [
    "two ends of a trial",
    () => ({ ...subscription, subscription_data: { trial_end: BEGIN + 49 * HOUR_S, trial_period_days: 3 } }),
    "subscription_data[trial_end]",
  ],
  [
    "a trial of no days",
    () => ({ ...subscription, subscription_data: { trial_period_days: 0 } }),
    "subscription_data[trial_period_days]",
  ],
  [
    "customer_creation in subscription mode",
    () => ({ ...subscription, customer_creation: "always" }),
    "customer_creation",
  ],
  [
    "invoice_creation in subscription mode",
    () => ({ ...subscription, invoice_creation: { enabled: true } }),
    "invoice_creation",
  ],
  [
    "subscription_data in payment mode",
    () => ({ subscription_data: { metadata: {}, description: "x" } }),
    "subscription_data",
  ],
  [
    "payment_intent_data in subscription mode",
    () => ({ ...subscription, payment_intent_data: { description: "x" } }),
    "payment_intent_data",
  ],
  ["two discounts", () => ({ discounts: [{ coupon: "a" }, { coupon: "b" }] }), "discounts"],
  ["a coupon that is not there", () => ({ discounts: [{ coupon: "no" }] }), "discounts", "resource_missing"],
  ["a parameter that does not exist", () => ({ colour: "red" }) as Partial<Params>, "colour", "parameter_unknown"],
  [
    "more than 100 lines in payment mode",
    ({ once }) => ({ line_items: Array.from({ length: 101 }, () => ({ price: once, quantity: 1 })) }),
    "line_items",
  ],
  [
    "more than 20 recurring lines",
    ({ monthly }) => ({
      ...subscription,
      line_items: Array.from({ length: 21 }, () => ({ price: monthly, quantity: 1 })),
    }),
    "line_items",
  ],
  [
    "more than 20 one-time lines in subscription mode",
    ({ monthly, once }) => ({
      ...subscription,
      line_items: [
        { price: monthly, quantity: 1 },
        ...Array.from({ length: 21 }, () => ({ price: once, quantity: 1 })),
      ],
    }),
    "line_items",
  ],
];

test("what Stripe refuses is refused by name, and leaves nothing behind", async () => {
  const store = await openStore();
  store.told();
  for (const [why, make, param, code] of refusals) {
    const error = await refusalOf(store.open(make(store)));
    const expected = { statusCode: 400, type: "StripeInvalidRequestError", param, ...(code ? { code } : {}) };
    expect([why, error]).toMatchObject([why, expected]);
  }
  expect(count(store, "checkout.session")).toEqual([0]);
  expect(store.told()).toEqual([]);
});

test("customer goes with neither customer_email nor customer_creation, and promotion codes not with discounts", async () => {
  const store = await openStore();
  const customer = (await store.stripe.customers.create({ email: "ada@example.com" })).id;
  const coupon = (await store.stripe.coupons.create({ percent_off: 10 })).id;
  const pairs: Partial<Params>[] = [
    { customer, customer_email: "ada@example.com" },
    { customer, customer_creation: "always" },
    { allow_promotion_codes: true, discounts: [{ coupon }] },
  ];
  for (const pair of pairs) {
    expect(await refusalOf(store.open(pair))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining("only specify one of these"),
    });
  }
});

test("prices and products that are not sold any more are refused", async () => {
  const store = await openStore();
  await store.stripe.prices.update(store.once, { active: false });
  expect(await refusalOf(store.open())).toMatchObject({ param: "line_items[0][price]" });
  await store.stripe.prices.update(store.once, { active: true });
  await store.stripe.products.update(store.product, { active: false });
  expect(await refusalOf(store.open())).toMatchObject({ param: "line_items[0][price]" });
});

test("the ends of the allowed times and numbers are allowed", async () => {
  const store = await openStore();
  const line = (price: string, times: number) => Array.from({ length: times }, () => ({ price, quantity: 1 }));
  const subscriptions = await Promise.all(
    Array.from({ length: 20 }, () =>
      store.stripe.prices.create({
        product: store.product,
        currency: "usd",
        unit_amount: 100,
        recurring: { interval: "month" },
      }),
    ),
  );
  const allowed: Partial<Params>[] = [
    { expires_at: BEGIN + 30 * 60 },
    { expires_at: BEGIN + 24 * HOUR_S },
    { ...subscription, subscription_data: { trial_end: BEGIN + 48 * HOUR_S } },
    { line_items: line(store.once, 100) },
    {
      ...subscription,
      line_items: [...subscriptions.flatMap(({ id }) => line(id, 1)), ...line(store.once, 20)],
    },
    { ui_mode: "embedded_page", success_url: undefined as never, return_url: SUCCESS },
    { ui_mode: "elements", success_url: undefined as never, return_url: SUCCESS },
  ];
  for (const params of allowed) expect((await store.open(params)).status).toBe("open");
});

test("addresses are kept byte for byte, with the place for the id in them", async () => {
  const store = await openStore();
  const success_url = "https://shop.example/a b/%7Bx%7D?s={CHECKOUT_SESSION_ID}&t=ü#{CHECKOUT_SESSION_ID}";
  const cancel_url = "HTTP://localhost:3000";
  const { id } = await store.open({ success_url, cancel_url });
  const { success_url: kept, cancel_url: keptToo } = await store.stripe.checkout.sessions.retrieve(id);
  expect([kept, keptToo]).toEqual([success_url, cancel_url]);
});

test("lines are shown only when they are asked for, ten at a time, and never in an event", async () => {
  const store = await openStore();
  const line_items = Array.from({ length: 12 }, (_, i) => ({ price: store.once, quantity: i + 1 }));
  const session = await store.open({ line_items });
  expect(session).not.toHaveProperty("line_items");
  const shown = await store.open({ line_items, expand: ["line_items"] });
  expect(shown.line_items).toMatchObject({ has_more: true });
  expect(shown.line_items?.data.map(({ quantity }) => quantity)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  await store.buy(session);
  const [event] = (await store.stripe.events.list({ type: "checkout.session.completed" })).data;
  expect(event?.data.object).not.toHaveProperty("line_items");
  const [listed] = (await store.stripe.checkout.sessions.list({ expand: ["data.line_items"], limit: 1 })).data;
  expect(listed?.line_items?.data).toHaveLength(10);
});

test("sixty lines come by auto-pagination, each once and in order, with price and product", async () => {
  const store = await openStore();
  const line_items = Array.from({ length: 60 }, (_, i) => ({ price: store.once, quantity: i + 1 }));
  const { id } = await store.open({ line_items });
  const lines = await store.stripe.checkout.sessions
    .listLineItems(id, { limit: 25 })
    .autoPagingToArray({ limit: 1_000 });
  expect(lines.map(({ quantity }) => quantity)).toEqual(line_items.map(({ quantity }) => quantity));
  expect(new Set(lines.map((line) => line.id)).size).toBe(60);
  expect(lines[4]).toMatchObject({ amount_total: 5 * 1_900, price: { id: store.once, product: store.product } });
});

test("a buyer stays a guest, or becomes a customer when the session, an invoice or later use asks for one", async () => {
  const cases: [more: Partial<Params>, customers: number][] = [
    [{}, 0],
    [{ customer_creation: "if_required" }, 0],
    [{ customer_creation: "always" }, 1],
    [{ invoice_creation: { enabled: true } }, 1],
    [{ payment_intent_data: { setup_future_usage: "off_session" } }, 1],
  ];
  for (const [more, customers] of cases) {
    const store = await openStore();
    const { session } = await store.buy(await store.open(more), { email: "ada@example.com", name: "Ada" });
    expect([more, count(store, "customer")]).toEqual([more, [customers]]);
    if (customers === 0) expect([session.customer, session.customer_details?.email]).toEqual([null, "ada@example.com"]);
    else {
      const customer = await store.stripe.customers.retrieve(idOf(session.customer));
      expect(customer).toMatchObject({ email: "ada@example.com", name: "Ada" });
    }
  }
});

test("the address that the seller sent cannot be changed by the buyer, and a customer keeps its own", async () => {
  const store = await openStore();
  const customer = (await store.stripe.customers.create({ email: "own@example.com" })).id;
  const sent = await store.buy(await store.open({ customer_email: "sent@example.com" }), {
    email: "typed@example.com",
  });
  expect(sent.session.customer_details?.email).toBe("sent@example.com");
  const known = await store.buy(await store.open({ customer }), { email: "typed@example.com" });
  expect(known.session).toMatchObject({ customer, customer_details: { email: "own@example.com" } });
});

test("an invoice of a sale is paid by the payment of the session, and carries only the metadata it was given", async () => {
  const store = await openStore();
  const session = await store.open({
    metadata: { order: "7" },
    line_items: [{ price: store.once, quantity: 3 }],
    invoice_creation: { enabled: true, invoice_data: { description: "Thanks", metadata: { book: "a" } } },
  });
  store.told();
  await store.buy(session);
  const done = await store.stripe.checkout.sessions.retrieve(session.id, { expand: ["invoice"] });
  expect(done.invoice).toMatchObject({
    status: "paid",
    amount_paid: 5_700,
    billing_reason: "manual",
    description: "Thanks",
    metadata: { book: "a" },
    lines: { data: [{ quantity: 3, pricing: { price_details: { price: store.once, product: store.product } } }] },
  });
  const payments = await store.stripe.invoicePayments.list({ invoice: idOf(done.invoice) });
  expect(payments.data[0]?.payment.payment_intent).toBe(done.payment_intent);
  const told = store.told();
  expect(told).toEqual(expect.arrayContaining(["invoice.paid", "invoice_payment.paid"]));
  expect(told.at(-1)).toBe("checkout.session.completed");
});

test("metadata of a session stays on it, and may be changed there without an event", async () => {
  const store = await openStore();
  const session = await store.open({ metadata: { order: "7" }, customer_creation: "always" });
  const { payment_intent, customer } = (await store.buy(session)).session;
  const intent = await store.stripe.paymentIntents.retrieve(idOf(payment_intent), { expand: ["latest_charge"] });
  expect([intent.metadata, intent.latest_charge]).toMatchObject([{}, { metadata: {} }]);
  expect(intent.metadata).toEqual({});
  expect(await store.stripe.customers.retrieve(idOf(customer))).toMatchObject({ metadata: {} });
  store.told();
  const changed = await store.stripe.checkout.sessions.update(session.id, { metadata: { order: "", more: "x" } });
  expect(changed.metadata).toEqual({ more: "x" });
  expect(store.told()).toEqual([]);
});

test("what costs nothing needs no payment: a free price, a whole discount, a trial without a card", async () => {
  const store = await openStore();
  const free = await store.stripe.prices.create({ product: store.product, currency: "usd", unit_amount: 0 });
  const coupon = (await store.stripe.coupons.create({ percent_off: 100, duration: "once" })).id;
  const trial = {
    trial_period_days: 14,
    trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
  } as const;
  const cases: Partial<Params>[] = [
    { line_items: [{ price: free.id, quantity: 1 }] },
    { discounts: [{ coupon }] },
    { ...subscription, payment_method_collection: "if_required", subscription_data: trial },
    { ...subscription, payment_method_collection: "if_required", discounts: [{ coupon }] },
  ];
  for (const more of cases) {
    const session = await store.open(more);
    expect(session).toMatchObject({ amount_total: 0, payment_status: "no_payment_required" });
    const done = (await store.buy(session)).session;
    expect(done).toMatchObject({ status: "complete", payment_status: "no_payment_required", payment_intent: null });
  }
  expect(count(store, "charge", "payment_intent", "payment_method", "subscription")).toEqual([0, 0, 0, 2]);
  const statuses = (await store.stripe.subscriptions.list()).data.map(({ status }) => status);
  expect(statuses.toSorted()).toEqual(["active", "trialing"]);
});

test("a trial stores the card, takes only what is sold once, and charges when it ends", async () => {
  const store = await openStore();
  const trial_end = BEGIN + 72 * HOUR_S;
  const line_items = [
    { price: store.monthly, quantity: 1 },
    { price: store.once, quantity: 1 },
  ];
  const mixed = await store.open({ ...subscription, line_items, subscription_data: { trial_end } });
  expect(mixed.amount_total).toBe(1_900);
  expect((await store.buy(mixed)).session.payment_status).toBe("paid");
  const plain = await store.open({ ...subscription, subscription_data: { trial_end } });
  expect((await store.buy(plain)).session.payment_status).toBe("no_payment_required");
  const begun = await store.stripe.subscriptions.list({ expand: ["data.latest_invoice"] });
  expect(begun.data).toMatchObject([
    { status: "trialing", trial_end, latest_invoice: { amount_paid: 0 } },
    { status: "trialing", trial_end, latest_invoice: { amount_paid: 1_900 } },
  ]);
  store.simulator.control.moveTo(trial_end + 2 * HOUR_S);
  const later = await store.stripe.subscriptions.list({ expand: ["data.latest_invoice"] });
  expect(later.data).toMatchObject([
    { status: "active", latest_invoice: { status: "paid", amount_paid: 1_000 } },
    { status: "active", latest_invoice: { status: "paid", amount_paid: 1_000 } },
  ]);
});

test("prices made for one session are sold by it, once or by the month, and by no other", async () => {
  const store = await openStore();
  const price_data = { currency: "usd", unit_amount: 700, product_data: { name: "Inline" } };
  const recurring = { interval: "month" } as const;
  const sale = await store.open({ line_items: [{ price_data, quantity: 2 }], expand: ["line_items"] });
  expect(sale.amount_total).toBe(1_400);
  expect((await store.buy(sale)).session.payment_status).toBe("paid");
  const plan = await store.open({
    ...subscription,
    line_items: [{ price_data: { ...price_data, recurring }, quantity: 1 }],
  });
  const { session } = await store.buy(plan);
  const begun = await store.stripe.subscriptions.retrieve(idOf(session.subscription));
  expect(begun.items.data[0]?.price).toMatchObject({ unit_amount: 700, active: false });
  const price = sale.line_items?.data[0]?.price?.id ?? "";
  expect(await refusalOf(store.open({ line_items: [{ price, quantity: 1 }] }))).toMatchObject({ statusCode: 400 });
});

test("a buyer changes quantities only where they may, and chooses an amount only where the price lets them", async () => {
  const store = await openStore();
  const tip = await store.stripe.prices.create({
    product: store.product,
    currency: "usd",
    custom_unit_amount: { enabled: true, minimum: 200, maximum: 5_000 },
  });
  const adjustable_quantity = { enabled: true, minimum: 1, maximum: 5 };
  const line_items = [
    { price: store.once, quantity: 1, adjustable_quantity },
    { price: tip.id, quantity: 1 },
  ];
  const session = await store.open({ line_items });
  const bad = [{ quantities: { [store.once]: 6 } }, { quantities: { [tip.id]: 2 } }, { amounts: { [tip.id]: 199 } }];
  for (const typed of [...bad, { amounts: { [store.once]: 1 } }]) {
    await expect(store.buy(session, typed)).rejects.toThrow("cannot be");
  }
  const { session: done } = await store.buy(session, { quantities: { [store.once]: 4 }, amounts: { [tip.id]: 300 } });
  expect(done.amount_total).toBe(4 * 1_900 + 300);
  const lines = await store.stripe.checkout.sessions.listLineItems(session.id);
  expect(lines.data.map((line) => [line.quantity, line.amount_total])).toEqual([
    [4, 7_600],
    [1, 300],
  ]);
  expect(await store.stripe.paymentIntents.retrieve(idOf(done.payment_intent))).toMatchObject({ amount: 7_900 });
});

test("a promotion code is taken off what is paid, counted once, and refused by a page that takes none", async () => {
  const store = await openStore();
  const coupon = (await store.stripe.coupons.create({ percent_off: 50, duration: "once" })).id;
  const code = await store.stripe.promotionCodes.create({
    promotion: { type: "coupon", coupon },
    code: "HALF",
    max_redemptions: 2,
  });
  const closed = await store.open();
  await expect(store.buy(closed, { code: "HALF" })).rejects.toThrow("takes no promotion codes");
  const session = await store.open({ allow_promotion_codes: true });
  await expect(store.buy(session, { code: "WRONG" })).rejects.toThrow("invalid");
  const { session: done } = await store.buy(session, { code: " half " });
  expect(done).toMatchObject({
    amount_subtotal: 1_900,
    amount_total: 950,
    total_details: { amount_discount: 950 },
    discounts: [{ coupon: null, promotion_code: code.id }],
  });
  expect(await store.stripe.paymentIntents.retrieve(idOf(done.payment_intent))).toMatchObject({ amount: 950 });
  const monthly = await store.open({ ...subscription, allow_promotion_codes: true });
  const { session: begun } = await store.buy(monthly, { code: "HALF" });
  const invoice = await store.stripe.invoices.retrieve(idOf(begun.invoice));
  expect([begun.amount_total, invoice.amount_paid]).toEqual([500, 500]);
  expect(await store.stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 2, active: false });
  expect(await store.stripe.coupons.retrieve(coupon)).toMatchObject({ times_redeemed: 2 });
  const third = await store.open({ allow_promotion_codes: true });
  await expect(store.buy(third, { code: "HALF" })).rejects.toThrow("invalid");
});

test("a declined card redeems no code, and the session keeps it for the next try", async () => {
  const store = await openStore();
  const coupon = (await store.stripe.coupons.create({ amount_off: 400, currency: "usd", duration: "once" })).id;
  const promotion = { type: "coupon", coupon } as const;
  const code = await store.stripe.promotionCodes.create({ promotion, code: "FOUR", max_redemptions: 1 });
  const session = await store.open({
    allow_promotion_codes: true,
    customer_creation: "always",
    invoice_creation: { enabled: true },
  });
  await store.buy(session, { code: "FOUR", card: CARD.declined });
  expect(await store.stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 0 });
  const { session: done } = await store.buy(session, { code: "FOUR" });
  const invoice = await store.stripe.invoices.retrieve(idOf(done.invoice));
  expect([done.amount_total, invoice.amount_paid, invoice.total]).toEqual([1_500, 1_500, 1_500]);
  expect(await store.stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1 });
});

test("a code for first purchases is refused to guests and to those who have paid before", async () => {
  const store = await openStore();
  const coupon = (await store.stripe.coupons.create({ percent_off: 50 })).id;
  const code = await store.stripe.promotionCodes.create({
    promotion: { type: "coupon", coupon },
    code: "FIRST",
    restrictions: { first_time_transaction: true },
  });
  const guest = await store.open({ allow_promotion_codes: true });
  await expect(store.buy(guest, { code: "FIRST" })).rejects.toThrow("guest");
  const customer = (await store.stripe.customers.create({ email: "ada@example.com" })).id;
  expect(await refusalOf(store.open({ discounts: [{ promotion_code: code.id }] }))).toMatchObject({
    param: "discounts",
  });
  const first = await store.open({ customer, discounts: [{ promotion_code: code.id }] });
  expect((await store.buy(first)).session.amount_total).toBe(950);
  const second = await store.open({ customer, allow_promotion_codes: true });
  await expect(store.buy(second, { code: "FIRST" })).rejects.toThrow("first purchases");
});

test.each([
  ["payment-arrives", "paid", "checkout.session.async_payment_succeeded"],
  ["payment-fails", "unpaid", "checkout.session.async_payment_failed"],
])("delayed money completes the session unpaid; after %s it is %s, and that is told", async (command, ends, name) => {
  const store = await openStore();
  const session = await store.open({ invoice_creation: { enabled: true } });
  store.told();
  const { session: done } = await store.buy(session, { method: "delayed" });
  expect(done).toMatchObject({ status: "complete", payment_status: "unpaid", invoice: null });
  expect(store.told().slice(-2)).toEqual(["payment_intent.processing", "checkout.session.completed"]);
  await control(store.simulator, command, { payment: idOf(done.payment_intent) });
  const after = await store.stripe.checkout.sessions.retrieve(session.id, { expand: ["invoice"] });
  expect(after).toMatchObject({ status: "complete", payment_status: ends });
  expect(after.invoice).toEqual(ends === "paid" ? expect.objectContaining({ status: "paid" }) : null);
  const told = store.told();
  expect(told.filter((type) => type.startsWith("checkout."))).toEqual([name]);
  expect(told.at(-1)).toBe(name);
});

test.each([
  ["payment-arrives", "paid", "active", "checkout.session.async_payment_succeeded"],
  ["payment-fails", "unpaid", "past_due", "checkout.session.async_payment_failed"],
])(
  "a subscription by delayed money: after %s the session is %s and the subscription %s",
  async (command, ends, status, name) => {
    const store = await openStore();
    const { session } = await store.buy(await store.open(subscription), { method: "delayed" });
    expect(session).toMatchObject({ status: "complete", payment_status: "unpaid", payment_intent: null });
    expect(await store.stripe.subscriptions.retrieve(idOf(session.subscription))).toMatchObject({ status: "active" });
    const [intent] = (await store.stripe.paymentIntents.list({ customer: idOf(session.customer) })).data;
    store.told();
    await control(store.simulator, command, { payment: intent?.id });
    const after = await store.stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
    expect(after).toMatchObject({ payment_status: ends, subscription: { status } });
    expect(store.told().filter((type) => type.startsWith("checkout."))).toEqual([name]);
  },
);

test("delayed money that nobody decides about arrives by itself, and is told once", async () => {
  const store = await openStore();
  const { session } = await store.buy(await store.open(), { method: "delayed" });
  store.told();
  store.simulator.control.moveBy(30 * 24 * HOUR_S);
  expect((await store.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  expect(store.told().filter((type) => type.startsWith("checkout."))).toEqual([
    "checkout.session.async_payment_succeeded",
  ]);
});

test("a session that nobody completes expires by the clock, with its event, and what was tried is canceled", async () => {
  const store = await openStore();
  const session = await store.open({
    expires_at: BEGIN + HOUR_S,
    after_expiration: { recovery: { enabled: true, allow_promotion_codes: true } },
  });
  await store.buy(session, { card: CARD.declined });
  store.told();
  store.simulator.control.moveTo(BEGIN + HOUR_S - 1);
  expect(store.told()).toEqual([]);
  store.simulator.control.moveTo(BEGIN + HOUR_S);
  expect(store.told()).toEqual(["payment_intent.canceled", "checkout.session.expired"]);
  const expired = await store.stripe.checkout.sessions.retrieve(session.id, { expand: ["payment_intent"] });
  expect(expired).toMatchObject({
    status: "expired",
    payment_status: "unpaid",
    url: null,
    payment_intent: { status: "canceled" },
    after_expiration: { recovery: { enabled: true, expires_at: BEGIN + HOUR_S + 30 * 24 * HOUR_S } },
  });
  const [event] = (await store.stripe.events.list({ type: "checkout.session.expired" })).data;
  expect(event).toMatchObject({ created: BEGIN + HOUR_S, request: { id: null }, data: { object: { id: session.id } } });
  await expect(store.buy(session)).rejects.toThrow("no longer open");
});

test("what an expired session leaves behind begins it anew, with the price that was made for it", async () => {
  const store = await openStore();
  const price_data = { currency: "usd", unit_amount: 700, product_data: { name: "Inline" } };
  const { id } = await store.open({
    line_items: [{ price_data, quantity: 2 }],
    metadata: { order: "7" },
    after_expiration: { recovery: { enabled: true } },
  });
  const { after_expiration: after } = await store.stripe.checkout.sessions.expire(id);
  const visit = await fetch(after?.recovery?.url ?? "", { redirect: "manual" });
  const again = visit.headers.get("location")?.split("/").at(-1) ?? "";
  expect(await store.stripe.checkout.sessions.retrieve(again)).toMatchObject({
    status: "open",
    recovered_from: id,
    amount_total: 1_400,
    metadata: { order: "7" },
  });
});

test("a session is expired by its owner once, and only while it is open; a complete one never expires", async () => {
  const store = await openStore();
  const [left, bought] = [await store.open(), await store.open()];
  await store.buy(bought);
  expect(await store.stripe.checkout.sessions.expire(left.id)).toMatchObject({ status: "expired", url: null });
  for (const { id } of [left, bought]) {
    expect(await refusalOf(store.stripe.checkout.sessions.expire(id))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('Only Checkout Sessions with a status in ["open"] can be expired'),
    });
  }
  store.told();
  store.simulator.control.moveBy(48 * HOUR_S);
  expect(store.told()).toEqual([]);
  expect((await store.stripe.checkout.sessions.retrieve(bought.id)).status).toBe("complete");
});

test("sessions are found by every filter that Stripe has", async () => {
  const store = await openStore();
  const { stripe, simulator } = store;
  const customer = (await stripe.customers.create({ email: "ada@example.com" })).id;
  const paid = await store.buy(await store.open({ customer }));
  const begun = await store.buy(await store.open({ ...subscription, customer }));
  simulator.control.moveBy(HOUR_S);
  const guest = await store.buy(await store.open(), { email: "guest@example.com" });
  const link = await stripe.paymentLinks.create({ line_items: [{ price: store.once, quantity: 1 }] });
  const linked = (
    await control<{ session: Stripe.Checkout.Session }>(simulator, "payment-link-sale", { link: link.id })
  ).session.id;
  const left = await store.open();
  const expired = await stripe.checkout.sessions.expire((await store.open()).id);
  const [one, two, three] = [paid.session.id, begun.session.id, guest.session.id];
  const cases: [Stripe.Checkout.SessionListParams, string[]][] = [
    [{}, [expired.id, left.id, linked, three, two, one]],
    [{ limit: 2 }, [expired.id, left.id]],
    [{ starting_after: three }, [two, one]],
    [{ customer }, [two, one]],
    [{ customer, status: "open" }, []],
    [{ customer_details: { email: "guest@example.com" } }, [three]],
    [{ payment_intent: idOf(paid.session.payment_intent) }, [one]],
    [{ subscription: idOf(begun.session.subscription) }, [two]],
    [{ payment_link: link.id }, [linked]],
    [{ status: "open" }, [left.id]],
    [{ status: "expired" }, [expired.id]],
    [{ status: "complete" }, [linked, three, two, one]],
    [{ created: { lt: BEGIN + HOUR_S } }, [two, one]],
    [{ created: { gte: BEGIN + HOUR_S }, status: "complete" }, [linked, three]],
  ];
  for (const [filter, ids] of cases) {
    const { data } = await stripe.checkout.sessions.list(filter);
    expect([filter, data.map(({ id }) => id)]).toEqual([filter, ids]);
  }
});

test("under a test clock a session is of that clock's time, and expires with it", async () => {
  const store = await openStore();
  const frozen_time = BEGIN + 100 * 24 * HOUR_S;
  const clock = await store.stripe.testHelpers.testClocks.create({ frozen_time });
  const customer = (await store.stripe.customers.create({ email: "ada@example.com", test_clock: clock.id })).id;
  const session = await store.open({ customer });
  expect(session).toMatchObject({ created: frozen_time, expires_at: frozen_time + 24 * HOUR_S });
  const short = await store.open({ customer, expires_at: frozen_time + HOUR_S });
  expect(short.expires_at).toBe(frozen_time + HOUR_S);
  await store.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: frozen_time + 2 * HOUR_S });
  expect((await store.stripe.checkout.sessions.retrieve(short.id)).status).toBe("expired");
  expect((await store.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
});
