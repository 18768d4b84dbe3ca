import { BEGIN, DAY_S, closeShop, idOf, openShop, type Shop } from "./billing-kit";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => closeShop(shop));

test("a card that pays makes an active subscription with a paid invoice, and the events of both", async () => {
  const { stripe, monthly, buyer, told } = shop;
  const customer = await buyer();
  await told();
  const items = [{ price: monthly }];
  const sub = await stripe.subscriptions.create({ customer, items, expand: ["latest_invoice.payments"] });
  expect(sub).toMatchObject({ status: "active", billing_mode: { type: "flexible" }, cancel_at: null });
  expect(sub.items.data[0]).toMatchObject({ current_period_start: BEGIN, current_period_end: BEGIN + 30 * DAY_S });
  expect(sub.latest_invoice).toMatchObject({
    status: "paid",
    amount_paid: 1_000,
    attempt_count: 1,
    billing_reason: "subscription_create",
    parent: { subscription_details: { subscription: sub.id } },
    lines: { data: [{ amount: 1_000, pricing: { price_details: { price: monthly } } }] },
    payments: { data: [{ status: "paid", amount_paid: 1_000 }] },
  });
  expect(await told()).toEqual([
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.created",
  ]);
});

test("without a card a subscription is refused, and default_incomplete waits for its payment", async () => {
  const { stripe, monthly, buyer } = shop;
  const customer = await buyer(null);
  const items = [{ price: monthly }];
  await expect(stripe.subscriptions.create({ customer, items })).rejects.toMatchObject({ statusCode: 400 });
  const sub = await stripe.subscriptions.create({
    customer,
    items,
    payment_behavior: "default_incomplete",
    expand: ["latest_invoice.payments", "latest_invoice.confirmation_secret"],
  });
  expect(sub.status).toBe("incomplete");
  const invoice = sub.latest_invoice;
  if (typeof invoice !== "object" || !invoice) throw new Error("no invoice");
  expect(invoice.confirmation_secret?.client_secret).toContain("_secret_");
  const intent = idOf(invoice.payments?.data[0]?.payment.payment_intent);
  await stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" });
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "active" });
  expect(await stripe.invoices.retrieve(invoice.id ?? "")).toMatchObject({ status: "paid" });
});

test("a first invoice that is not paid for 23 hours ends the subscription for good", async () => {
  const { stripe, monthly, buyer, told, simulator } = shop;
  const customer = await buyer("pm_card_chargeCustomerFail");
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  expect(sub.status).toBe("incomplete");
  await told();
  simulator.control.moveBy(23 * 3_600);
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({
    status: "incomplete_expired",
    ended_at: BEGIN + 23 * 3_600,
  });
  expect(await told()).toEqual(
    expect.arrayContaining(["invoice.voided", "payment_intent.canceled", "customer.subscription.updated"]),
  );
  await expect(stripe.subscriptions.update(sub.id, { description: "x" })).rejects.toMatchObject({
    code: "invalid_canceled_subscription_fields",
  });
});

test("error_if_incomplete refuses with 402 and leaves nothing behind", async () => {
  const { stripe, monthly, buyer } = shop;
  const customer = await buyer("pm_card_chargeCustomerFail");
  const asked = stripe.subscriptions.create({
    customer,
    items: [{ price: monthly }],
    payment_behavior: "error_if_incomplete",
  });
  await expect(asked).rejects.toMatchObject({ statusCode: 402, type: "StripeCardError" });
  expect((await stripe.subscriptions.list({ customer, status: "all" })).data).toEqual([]);
});

test("the list leaves out what was canceled, unless it is asked for, and finds by price and period", async () => {
  const { stripe, monthly, yearly, buyer } = shop;
  const customer = await buyer();
  const one = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const other = await stripe.subscriptions.create({ customer, items: [{ price: yearly }] });
  await stripe.subscriptions.cancel(one.id, { cancellation_details: { feedback: "unused", comment: "no time" } });
  const ids = async (params: object): Promise<string[]> =>
    (await stripe.subscriptions.list(params)).data.map(({ id }) => id);
  expect(await ids({})).toEqual([other.id]);
  expect(await ids({ status: "all" })).toEqual([other.id, one.id]);
  expect(await ids({ status: "canceled" })).toEqual([one.id]);
  expect(await ids({ status: "ended", price: monthly })).toEqual([one.id]);
  expect(await ids({ customer, price: yearly })).toEqual([other.id]);
  expect(await ids({ current_period_end: { gt: BEGIN + 100 * DAY_S } })).toEqual([other.id]);
  expect(await stripe.subscriptions.retrieve(one.id)).toMatchObject({
    status: "canceled",
    ended_at: BEGIN,
    cancellation_details: { feedback: "unused", comment: "no time", reason: "cancellation_requested" },
  });
  await expect(stripe.subscriptions.cancel(one.id)).rejects.toMatchObject({ code: "resource_missing" });
});

test("subscriptions under a test clock are listed only for their customer or their clock", async () => {
  const { stripe, monthly, buyer } = shop;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_900_000_000 });
  const customer = await buyer("pm_card_visa", clock.id);
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  expect(sub).toMatchObject({ created: 1_900_000_000, test_clock: clock.id });
  expect((await stripe.subscriptions.list()).data).toEqual([]);
  expect((await stripe.subscriptions.list({ customer })).data).toHaveLength(1);
  expect((await stripe.subscriptions.list({ test_clock: clock.id })).data).toHaveLength(1);
});

test("an object shows ten of its items, and the rest is found by paging", async () => {
  const { stripe, product, buyer } = shop;
  const customer = await buyer();
  const prices: string[] = [];
  for (let n = 0; n < 14; n++) {
    const recurring = { interval: "month" as const };
    prices.push((await stripe.prices.create({ product, currency: "usd", unit_amount: 100 + n, recurring })).id);
  }
  const items = prices.map((price) => ({ price }));
  const sub = await stripe.subscriptions.create({ customer, items });
  expect([sub.items.data.length, sub.items.has_more]).toEqual([10, true]);
  const all: string[] = [];
  for await (const item of stripe.subscriptionItems.list({ subscription: sub.id, limit: 5 })) all.push(item.price.id);
  expect(all).toEqual(prices);
  const lines: number[] = [];
  for await (const line of stripe.invoices.listLineItems(idOf(sub.latest_invoice), { limit: 4 })) {
    lines.push(line.amount);
  }
  expect(lines).toEqual(prices.map((_, n) => 100 + n));
});

test("a dearer plan is charged for what is left of the period, now or on the next invoice", async () => {
  const { stripe, monthly, product, buyer, simulator } = shop;
  const dear = await stripe.prices.create({
    product,
    currency: "usd",
    unit_amount: 3_000,
    recurring: { interval: "month" },
  });
  const customer = await buyer();
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const [item] = sub.items.data;
  simulator.control.moveBy(15 * DAY_S);
  const items = [{ id: item?.id ?? "", price: dear.id }];
  await stripe.subscriptions.update(sub.id, { items });
  const pending = await stripe.invoiceItems.list({ customer, pending: true });
  expect(pending.data.map(({ amount, proration }) => [amount, proration])).toEqual([
    [1_500, true],
    [-500, true],
  ]);
  await stripe.subscriptionItems.update(item?.id ?? "", { quantity: 2, proration_behavior: "always_invoice" });
  const { latest_invoice: latest } = await stripe.subscriptions.retrieve(sub.id);
  // Half of 3,000 more, and what was pending before.
  expect(await stripe.invoices.retrieve(idOf(latest))).toMatchObject({
    status: "paid",
    billing_reason: "subscription_update",
    total: 2_500,
  });
});

test("a change that waits for its payment is not in force before it, and is dropped after 23 hours", async () => {
  const { stripe, monthly, buyer, simulator, told } = shop;
  const customer = await buyer();
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const failing = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await stripe.subscriptions.update(sub.id, { default_payment_method: failing.id });
  const id = sub.items.data[0]?.id ?? "";
  const ask = () =>
    stripe.subscriptions.update(sub.id, {
      items: [{ id, quantity: 5 }],
      payment_behavior: "pending_if_incomplete",
      proration_behavior: "always_invoice",
    });
  const waiting = await ask();
  expect(waiting.pending_update?.subscription_items?.[0]?.quantity).toBe(5);
  expect(waiting.items.data[0]?.quantity).toBe(1);
  simulator.control.moveBy(23 * 3_600);
  expect((await stripe.subscriptions.retrieve(sub.id)).pending_update).toBeNull();
  expect(await told()).toContain("customer.subscription.pending_update_expired");
  const again = await ask();
  await stripe.invoices.pay(idOf(again.latest_invoice), { payment_method: "pm_card_visa" });
  const paid = await stripe.subscriptions.retrieve(sub.id);
  expect([paid.status, paid.pending_update, paid.items.data[0]?.quantity]).toEqual(["active", null, 5]);
  expect(await told()).toContain("customer.subscription.pending_update_applied");
});

test("deleting a customer ends its subscriptions at once, before the customer is gone", async () => {
  const { stripe, monthly, buyer, told } = shop;
  const customer = await buyer();
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  await told();
  await stripe.customers.del(customer);
  expect(await told()).toEqual(["customer.subscription.deleted", "customer.deleted"]);
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "canceled" });
  expect((await stripe.subscriptions.list({ status: "canceled" })).data).toHaveLength(1);
});

test("whoever redeemed a coupon keeps it after it was deleted", async () => {
  const { stripe, monthly, buyer, simulator } = shop;
  const customer = await buyer();
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: "forever" });
  const discounts = [{ coupon: coupon.id }];
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }], discounts });
  await stripe.coupons.del(coupon.id);
  simulator.control.moveBy(31 * DAY_S);
  const { latest_invoice: latest } = await stripe.subscriptions.retrieve(sub.id, { expand: ["latest_invoice"] });
  expect(latest).toMatchObject({ subtotal: 1_000, total: 750, status: "paid" });
});

test("a coupon for one invoice is taken off the first and not off the second", async () => {
  const { stripe, monthly, buyer, simulator } = shop;
  const customer = await buyer();
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: "once" });
  const sub = await stripe.subscriptions.create({
    customer,
    items: [{ price: monthly }],
    discounts: [{ coupon: coupon.id }],
    expand: ["latest_invoice"],
  });
  expect(sub.latest_invoice).toMatchObject({ subtotal: 1_000, total: 750, amount_paid: 750 });
  simulator.control.moveBy(31 * DAY_S);
  const { latest_invoice: latest } = await stripe.subscriptions.retrieve(sub.id, { expand: ["latest_invoice"] });
  expect(latest).toMatchObject({ total: 1_000, status: "paid" });
});

test("what a customer is entitled to follows its subscriptions, and each change is told once", async () => {
  const { stripe, monthly, product, buyer, told } = shop;
  const feature = await stripe.entitlements.features.create({ lookup_key: "pro", name: "Pro" });
  await stripe.products.createFeature(product, { entitlement_feature: feature.id });
  const customer = await buyer();
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const active = await stripe.entitlements.activeEntitlements.list({ customer });
  expect(active.data.map(({ lookup_key }) => lookup_key)).toEqual(["pro"]);
  const summaries = async () =>
    (await told()).filter((name) => name === "entitlements.active_entitlement_summary.updated");
  expect(await summaries()).toHaveLength(1);
  await stripe.subscriptions.cancel(sub.id);
  expect((await stripe.entitlements.activeEntitlements.list({ customer })).data).toEqual([]);
  expect(await summaries()).toHaveLength(1);
});

test("an invoice that is sent leaves the subscription active, and past due when its day has passed", async () => {
  const { stripe, monthly, buyer, simulator, told } = shop;
  const customer = await buyer(null);
  const terms = { collection_method: "send_invoice" as const, days_until_due: 7 };
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }], ...terms });
  expect(sub.status).toBe("active");
  await told();
  simulator.control.moveBy(3_600);
  expect(await told()).toEqual(["invoice.finalized", "invoice.sent"]);
  simulator.control.moveBy(8 * DAY_S);
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "past_due" });
  await stripe.invoices.pay(idOf(sub.latest_invoice), { paid_out_of_band: true });
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "active" });
  expect(await told()).not.toContain("invoice.payment_succeeded");
});

test("a customer shows its living subscriptions when they are asked for, and only then", async () => {
  const { stripe, monthly, yearly, buyer } = shop;
  const customer = await buyer();
  const one = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const other = await stripe.subscriptions.create({ customer, items: [{ price: yearly }] });
  await stripe.subscriptions.cancel(one.id);
  const plain = await stripe.customers.retrieve(customer);
  expect(plain).not.toHaveProperty("subscriptions");
  const asked = await stripe.customers.retrieve(customer, { expand: ["subscriptions"] });
  expect(asked).toMatchObject({ subscriptions: { data: [{ id: other.id }], has_more: false } });
});
