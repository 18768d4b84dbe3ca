import type Stripe from "stripe";
import { CARD, closeStores, idOf, openStore, type Outcome, type Store } from "./checkout-kit";
import { control } from "./whole-kit";

afterEach(closeStores);

type Params = Partial<Stripe.PaymentLinkCreateParams>;

function makeLink({ stripe, once }: Store, more: Params = {}): Promise<Stripe.PaymentLink> {
  return stripe.paymentLinks.create({ line_items: [{ price: once, quantity: 1 }], ...more });
}

function sell({ simulator }: Store, link: { id: string }, typed: object = {}): Promise<Outcome> {
  return control<Outcome>(simulator, "payment-link-sale", { link: link.id, ...typed });
}

/** Somebody opens the address of a link; the session of that visit. */
async function visit({ simulator, stripe }: Store, address: string): Promise<Stripe.Checkout.Session> {
  const response = await fetch(address, { redirect: "manual" });
  expect([302, 303]).toContain(response.status);
  const { pathname } = new URL(response.headers.get("location") ?? "", simulator.url);
  return stripe.checkout.sessions.retrieve(pathname.split("/").at(-1) ?? "");
}

test("a link is made with its event, and each visit opens a session of its own that names the link", async () => {
  const store = await openStore();
  store.told();
  const link = await makeLink(store, { metadata: { campaign: "spring" } });
  expect(store.told()).toEqual(["payment_link.created"]);
  expect(link).toMatchObject({ active: true, currency: "usd", metadata: { campaign: "spring" } });
  expect(link).not.toHaveProperty("line_items");
  const [first, second] = [await visit(store, link.url), await visit(store, link.url)];
  expect(first.id).not.toBe(second.id);
  for (const session of [first, second]) {
    expect(session).toMatchObject({
      status: "open",
      mode: "payment",
      payment_link: link.id,
      amount_total: 1_900,
      metadata: { campaign: "spring" },
    });
  }
  const { data } = await store.stripe.checkout.sessions.list({ payment_link: link.id });
  expect(data.map(({ id }) => id)).toEqual([second.id, first.id]);
});

test.each([
  ["?client_reference_id=user_1-A", "user_1-A"],
  [`?client_reference_id=${"x".repeat(200)}`, "x".repeat(200)],
  [`?client_reference_id=${"x".repeat(201)}`, null],
  ["?client_reference_id=a%20b", null],
  ["?client_reference_id=%3Cscript%3E", null],
  ["?client_reference_id=", null],
  ["?utm_source=news", null],
])("an address that ends in %.40s gives its session the reference %.40s", async (query, reference) => {
  const store = await openStore();
  const link = await makeLink(store);
  expect((await visit(store, `${link.url}${query}`)).client_reference_id).toBe(reference);
});

test("a prefilled address can be changed by the buyer, a locked one cannot", async () => {
  const store = await openStore();
  const link = await makeLink(store);
  const free = await visit(store, `${link.url}?prefilled_email=a%40example.com`);
  const locked = await visit(store, `${link.url}?locked_prefilled_email=a%40example.com`);
  expect([free.customer_email, locked.customer_email]).toEqual([null, "a@example.com"]);
  const bought = [
    await store.buy(free, { email: "b@example.com" }),
    await store.buy(locked, { email: "b@example.com" }),
  ];
  expect(bought.map(({ session }) => session.customer_details?.email)).toEqual(["b@example.com", "a@example.com"]);
});

test("a sale by command is a visit and a purchase: paid, with the reference, the session told last", async () => {
  const store = await openStore();
  const link = await makeLink(store, {
    customer_creation: "always",
    payment_intent_data: { metadata: { from: "link" } },
  });
  store.told();
  const { outcome, session } = await sell(store, link, { client_reference_id: "user-1", email: "ada@example.com" });
  expect(outcome).toBe("complete");
  expect(session).toMatchObject({
    payment_link: link.id,
    payment_status: "paid",
    client_reference_id: "user-1",
    customer: expect.stringMatching(/^cus_/),
    customer_details: { email: "ada@example.com" },
  });
  expect(await store.stripe.paymentIntents.retrieve(idOf(session.payment_intent))).toMatchObject({
    metadata: { from: "link" },
  });
  expect(store.told()).toEqual([
    "customer.created",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
  ]);
});

test("a link over a monthly price sells a subscription, with the trial and the metadata that it says", async () => {
  const store = await openStore();
  const link = await makeLink(store, {
    line_items: [{ price: store.monthly, quantity: 2 }],
    metadata: { campaign: "spring" },
    subscription_data: { trial_period_days: 7, metadata: { plan: "pro" } },
  });
  const { session } = await sell(store, link);
  expect(session).toMatchObject({ mode: "subscription", amount_total: 0, payment_status: "no_payment_required" });
  expect(await store.stripe.subscriptions.retrieve(idOf(session.subscription))).toMatchObject({
    status: "trialing",
    metadata: { plan: "pro" },
    items: { data: [{ quantity: 2, price: { id: store.monthly } }] },
  });
});

test("a card that declines at a link leaves an open session, and no customer or subscription", async () => {
  const store = await openStore();
  const link = await makeLink(store, { line_items: [{ price: store.monthly, quantity: 1 }] });
  expect(await sell(store, link, { card: CARD.declined })).toMatchObject({
    outcome: "declined",
    session: { status: "open" },
  });
  const { customer, subscription } = store.simulator.world.shelves;
  expect([customer.inOrder, subscription.inOrder]).toEqual([[], []]);
});

test("an update changes what it names and tells the old values; nothing changed is not told", async () => {
  const store = await openStore();
  const link = await makeLink(store, { metadata: { a: "1", b: "2" } });
  store.told();
  const changed = await store.stripe.paymentLinks.update(link.id, {
    metadata: { a: "", c: "3" },
    allow_promotion_codes: true,
    after_completion: { type: "redirect", redirect: { url: "https://shop.example/t?s={CHECKOUT_SESSION_ID}" } },
  });
  expect(changed).toEqual(
    expect.objectContaining({ metadata: { b: "2", c: "3" }, allow_promotion_codes: true, url: link.url }),
  );
  expect(store.told()).toEqual(["payment_link.updated"]);
  const [event] = (await store.stripe.events.list({ type: "payment_link.updated" })).data;
  expect(event?.data.previous_attributes).toMatchObject({ allow_promotion_codes: false, metadata: { a: "1" } });
  await store.stripe.paymentLinks.update(link.id, { allow_promotion_codes: true });
  expect(store.told()).toEqual([]);
  const session = await visit(store, link.url);
  expect(session).toMatchObject({
    allow_promotion_codes: true,
    success_url: "https://shop.example/t?s={CHECKOUT_SESSION_ID}",
    metadata: { b: "2", c: "3" },
  });
});

test("the quantity of a line is changed by its id; a line that is not the link's is refused", async () => {
  const store = await openStore();
  const link = await makeLink(store);
  const [line] = (await store.stripe.paymentLinks.listLineItems(link.id)).data;
  await store.stripe.paymentLinks.update(link.id, { line_items: [{ id: line?.id ?? "", quantity: 3 }] });
  expect((await store.stripe.paymentLinks.listLineItems(link.id)).data).toMatchObject([
    { id: line?.id, quantity: 3, amount_total: 5_700 },
  ]);
  expect((await visit(store, link.url)).amount_total).toBe(5_700);
  const stranger = store.stripe.paymentLinks.update(link.id, { line_items: [{ id: "li_no", quantity: 3 }] });
  await expect(stranger).rejects.toMatchObject({ statusCode: 400, code: "resource_missing" });
});

test("a link that is switched off sells nothing, says so in its own words, and sells again when it is on", async () => {
  const store = await openStore();
  const link = await makeLink(store);
  const off = await store.stripe.paymentLinks.update(link.id, { active: false, inactive_message: "Come back in May." });
  expect(off.active).toBe(false);
  const page = await fetch(link.url, { redirect: "manual" });
  expect([302, 303]).not.toContain(page.status);
  expect(await page.text()).toContain("Come back in May.");
  await expect(sell(store, link)).rejects.toThrow("Come back in May.");
  expect(store.simulator.world.shelves["checkout.session"].inOrder).toEqual([]);
  const active = async (wanted: boolean): Promise<string[]> =>
    (await store.stripe.paymentLinks.list({ active: wanted })).data.map(({ id }) => id);
  expect([await active(true), await active(false)]).toEqual([[], [link.id]]);
  await store.stripe.paymentLinks.update(link.id, { active: true });
  expect((await sell(store, link)).outcome).toBe("complete");
});

test("a session that was opened before its link was switched off can still be paid", async () => {
  const store = await openStore();
  const link = await makeLink(store);
  const session = await visit(store, link.url);
  await store.stripe.paymentLinks.update(link.id, { active: false });
  expect((await store.buy(session)).session.payment_status).toBe("paid");
});

test("lines are shown when they are asked for, and come page by page in their order", async () => {
  const store = await openStore();
  const line_items = Array.from({ length: 20 }, (_, i) => ({ price: store.once, quantity: i + 1 }));
  const link = await makeLink(store, { line_items, expand: ["line_items"] });
  expect(link.line_items?.data).toHaveLength(10);
  const lines = await store.stripe.paymentLinks.listLineItems(link.id, { limit: 7 }).autoPagingToArray({ limit: 100 });
  expect(lines.map(({ quantity }) => quantity)).toEqual(line_items.map(({ quantity }) => quantity));
  await expect(makeLink(store, { line_items: [...line_items, ...line_items.slice(0, 1)] })).rejects.toMatchObject({
    param: "line_items",
  });
});

test("a price that was made for a link is sold at every visit", async () => {
  const store = await openStore();
  const price_data = { currency: "usd", unit_amount: 700, product_data: { name: "Inline" } };
  const link = await makeLink(store, { line_items: [{ price_data, quantity: 1 }] });
  expect((await sell(store, link)).session.amount_total).toBe(700);
  expect((await sell(store, link)).session).toMatchObject({ amount_total: 700, payment_status: "paid" });
});

const refusals: [why: string, params: (store: Store) => Params, param: string][] = [
  ["no lines", () => ({ line_items: [] }), "line_items"],
  ["a price that is not there", () => ({ line_items: [{ price: "price_no", quantity: 1 }] }), "line_items[0][price]"],
  ["a redirect without an address", () => ({ after_completion: { type: "redirect" } }), "after_completion"],
  [
    "a relative address",
    () => ({ after_completion: { type: "redirect", redirect: { url: "/thanks" } } }),
    "after_completion[redirect][url]",
  ],
  [
    "customer_creation for a subscription",
    ({ monthly }) => ({ line_items: [{ price: monthly, quantity: 1 }], customer_creation: "always" }),
    "customer_creation",
  ],
  [
    "invoice_creation for a subscription",
    ({ monthly }) => ({ line_items: [{ price: monthly, quantity: 1 }], invoice_creation: { enabled: true } }),
    "invoice_creation",
  ],
  ["subscription_data for a sale", () => ({ subscription_data: { trial_period_days: 3 } }), "subscription_data"],
];

test("what Stripe refuses is refused by name, and leaves nothing behind", async () => {
  const store = await openStore();
  store.told();
  for (const [why, params, param] of refusals) {
    const error = await makeLink(store, params(store)).catch((thrown: unknown) => thrown);
    expect([why, error]).toMatchObject([why, { statusCode: 400, param }]);
  }
  await expect(store.stripe.paymentLinks.retrieve("plink_no")).rejects.toMatchObject({ statusCode: 404 });
  expect(store.told()).toEqual([]);
});
