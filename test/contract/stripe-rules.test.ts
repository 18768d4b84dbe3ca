import { BEGIN, closeShop, DAY_S, idOf, openShop, type Shop } from "./billing-kit";
import { setBillingSettings } from "../../src/local/stripe/billing/settings";
import { completeCheckout } from "../../src/local/stripe/checkout/complete-checkout";
import { sellByLink } from "../../src/local/stripe/checkout/visit-link";
import { giveCustomerDiscount } from "../../src/local/stripe/discounts/customer-discount";
import { ask } from "./simulator-kit";

let shop: Shop;
beforeEach(async () => (shop = await openShop()));
afterEach(() => closeShop(shop));

const MONTH_END = BEGIN + 30 * DAY_S;

async function subscribe(more: object = {}, card: string | null = "pm_card_visa") {
  const { stripe, buyer, monthly } = shop;
  return stripe.subscriptions.create({ customer: await buyer(card), items: [{ price: monthly }], ...more });
}

test("an end with the period names its moment, follows the period, and is taken back whole", async () => {
  const { stripe } = shop;
  const atEnd = { cancel_at_period_end: true, cancel_at: MONTH_END, canceled_at: BEGIN };
  const born = await subscribe({ cancel_at_period_end: true });
  expect(born).toMatchObject(atEnd);
  const { id } = await subscribe();
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: true })).toMatchObject(atEnd);
  const trial_end = BEGIN + 5 * DAY_S;
  expect(await stripe.subscriptions.update(id, { trial_end })).toMatchObject({ ...atEnd, cancel_at: trial_end });
  const kept = { cancel_at_period_end: false, cancel_at: null, canceled_at: null };
  expect(await stripe.subscriptions.update(id, { cancel_at_period_end: false })).toMatchObject(kept);
  const dated = await stripe.subscriptions.update(born.id, { cancel_at: BEGIN + DAY_S });
  expect(dated).toMatchObject({ cancel_at_period_end: false, cancel_at: BEGIN + DAY_S });
});

test("an invoice item of an amount alone has a price and a product of its own", async () => {
  const { stripe, buyer } = shop;
  const terms = { customer: await buyer(), amount: 3_000, quantity: 3, currency: "usd", description: "Setup" };
  const { id, pricing } = await stripe.invoiceItems.create(terms);
  const price = await stripe.prices.retrieve(idOf(pricing?.price_details?.price));
  expect(price).toMatchObject({ active: false, type: "one_time", unit_amount: 1_000, currency: "usd" });
  expect(await stripe.products.retrieve(idOf(price.product))).toMatchObject({ name: "Setup", active: false });
  await stripe.invoiceItems.update(id, { amount: 500 });
  expect(await stripe.invoiceItems.update(id, { description: "Less" })).toMatchObject({ amount: 500 });
});

test("a subscription that never began and is deleted is expired by an update, and its invoice is void", async () => {
  const { stripe, told } = shop;
  const { id, latest_invoice: invoice } = await subscribe({ payment_behavior: "default_incomplete" });
  await told();
  expect(await stripe.subscriptions.cancel(id)).toMatchObject({
    status: "incomplete_expired",
    canceled_at: BEGIN,
    ended_at: BEGIN,
    cancellation_details: { reason: "cancellation_requested" },
  });
  const events = await told();
  expect(events).toContain("customer.subscription.updated");
  expect(events).toContain("invoice.voided");
  expect(events).not.toContain("customer.subscription.deleted");
  expect((await stripe.invoices.retrieve(idOf(invoice))).status).toBe("void");
});

test("a schedule that cancels names the end on its subscription, which cannot be canceled beside it", async () => {
  const { stripe, buyer, monthly } = shop;
  const phases = [{ items: [{ price: monthly }] }];
  const terms = { customer: await buyer(), start_date: "now", end_behavior: "cancel", phases } as const;
  const schedule = await stripe.subscriptionSchedules.create(terms);
  const id = idOf(schedule.subscription);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at: MONTH_END, cancel_at_period_end: false });
  for (const change of [{ cancel_at_period_end: true }, { cancel_at: BEGIN + DAY_S }]) {
    await expect(stripe.subscriptions.update(id, change)).rejects.toThrow(/managed by the subscription schedule/);
  }
  await stripe.subscriptionSchedules.update(schedule.id, { end_behavior: "release" });
  expect((await stripe.subscriptions.retrieve(id)).cancel_at).toBeNull();
  await stripe.subscriptionSchedules.update(schedule.id, { end_behavior: "cancel" });
  await stripe.subscriptionSchedules.release(schedule.id, { preserve_cancel_date: true });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ cancel_at: MONTH_END, schedule: null });
});

test.each(["classic", "flexible"] as const)("after the last retry, billing of the mode %s", async (type) => {
  const { simulator, stripe } = shop;
  simulator.control.act((draft) => setBillingSettings(draft, { afterRetries: "pause", retryAfterS: [] }));
  const { id, customer } = await subscribe({ billing_mode: { type } });
  const declines = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: idOf(customer) });
  await stripe.subscriptions.update(id, { default_payment_method: declines.id });
  simulator.control.moveBy(31 * DAY_S);
  const { status } = await stripe.subscriptions.retrieve(id);
  expect(status).toBe(type === "classic" ? "canceled" : "paused");
  const other = await subscribe({ billing_mode: { type } });
  const pausing = stripe.subscriptions.pause(other.id, { type: "subscription" });
  if (type === "classic") await expect(pausing).rejects.toThrow(/flexible/);
  else expect(await pausing).toMatchObject({ status: "paused" });
});

test("an endpoint is refused for an unknown event or version", async () => {
  const create = (form: string) =>
    ask(shop.simulator, "POST", "/v1/webhook_endpoints", { form: `url=https%3A%2F%2Fshop.example&${form}` });
  const wrongEvent = await create("enabled_events[0]=charge.failed&enabled_events[1]=customer.exploded");
  expect([wrongEvent.status, wrongEvent.body.error?.param]).toEqual([400, "enabled_events[1]"]);
  const wrongVersion = await create("enabled_events[0]=*&api_version=2026-01-01.endive");
  expect([wrongVersion.status, wrongVersion.body.error?.param]).toEqual([400, "api_version"]);
  const { status, body } = await create("enabled_events[0]=*&api_version=2024-09-30.acacia");
  expect([status, body["api_version"]]).toEqual([200, "2024-09-30.acacia"]);
  const change = { form: "enabled_events[0]=customer.exploded" };
  expect((await ask(shop.simulator, "POST", `/v1/webhook_endpoints/${body.id}`, change)).status).toBe(400);
});

test("an amount that is held and not captured is let go after seven days, and told", async () => {
  const { stripe, simulator, told } = shop;
  const terms = { amount: 2_000, currency: "usd", payment_method: "pm_card_visa", confirm: true } as const;
  const { id } = await stripe.paymentIntents.create({ ...terms, capture_method: "manual" });
  const taken = await stripe.paymentIntents.create({ ...terms, capture_method: "manual" });
  await stripe.paymentIntents.capture(taken.id);
  simulator.control.moveBy(7 * DAY_S - 1);
  expect((await stripe.paymentIntents.retrieve(id)).status).toBe("requires_capture");
  await told();
  simulator.control.moveBy(1);
  expect(await told()).toEqual(["charge.refunded", "payment_intent.canceled", "charge.expired"]);
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: "canceled",
    cancellation_reason: "automatic",
  });
});

test("a customer has living subscriptions of one currency only", async () => {
  const { stripe, product } = shop;
  const { id, customer } = await subscribe();
  const terms = { product, currency: "eur", unit_amount: 900, recurring: { interval: "month" } } as const;
  const { id: price } = await stripe.prices.create(terms);
  const create = () => stripe.subscriptions.create({ customer: idOf(customer), items: [{ price }] });
  await expect(create()).rejects.toThrow(/cannot combine currencies on a single customer/);
  await stripe.subscriptions.cancel(id);
  expect((await create()).currency).toBe("eur");
});

const LINE =
  "line_items[0][quantity]=1&line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=P";
const SALE = `mode=payment&success_url=https%3A%2F%2Fshop.example%2F&${LINE}`;

test.each([
  ["payment_intents", "amount=49&currency=usd", "amount_too_small", "amount"],
  ["payment_intents", "amount=1000&currency=xyz", undefined, "currency"],
  ["prices", "unit_amount=100&currency=xyz&product_data[name]=P", undefined, "currency"],
  ["customers", "email=broken", "email_invalid", "email"],
  ["payment_intents", "amount=1000&currency=usd&receipt_email=broken", "email_invalid", "receipt_email"],
  ["checkout/sessions", `${SALE}&line_items[0][price_data][unit_amount]=49`, "amount_too_small", undefined],
  ["payment_links", `${LINE}&line_items[0][price_data][unit_amount]=49`, "amount_too_small", undefined],
  [
    "checkout/sessions",
    `${SALE}&line_items[0][price_data][unit_amount]=900&payment_intent_data[receipt_email]=broken`,
    "email_invalid",
    "payment_intent_data[receipt_email]",
  ],
])("%s are refused for %s", async (path, form, code, param) => {
  const { status, body } = await ask(shop.simulator, "POST", `/v1/${path}`, { form });
  expect([status, body.error?.code, body.error?.param]).toEqual([400, code, param]);
});

test("what Stripe expands is expanded, and what was paid elsewhere is only there when it is asked for", async () => {
  const { stripe, buyer } = shop;
  const { id } = await subscribe();
  const subscription = await stripe.subscriptions.retrieve(id, { expand: ["pending_setup_intent"] });
  expect(subscription.pending_setup_intent).toBeNull();
  const customer = await buyer();
  const expand = ["tax", "invoice_credit_balance"];
  expect(await stripe.customers.retrieve(customer, { expand })).toMatchObject({
    invoice_credit_balance: {},
    tax: { automatic_tax: "unrecognized_location" },
  });
  const [charge] = (await stripe.charges.list({ expand: ["data.balance_transaction"] })).data;
  expect(charge?.balance_transaction).toBeNull();
  const { id: invoice } = await stripe.invoices.create({ customer });
  await stripe.invoiceItems.create({ customer, invoice, amount: 2_000, currency: "usd" });
  await stripe.invoices.finalizeInvoice(invoice);
  expect(await stripe.invoices.pay(invoice, { paid_out_of_band: true })).not.toHaveProperty("amount_paid_off_stripe");
  const asked = await stripe.invoices.retrieve(invoice, { expand: ["amount_paid_off_stripe"] });
  expect(asked.amount_paid_off_stripe).toBe(2_000);
});

test("an answer has the shape of the version that is asked for, and unknown or very old ones are refused", async () => {
  const { id } = await subscribe();
  const at = (version: string) =>
    ask(shop.simulator, "GET", `/v1/subscriptions/${id}`, { headers: { "Stripe-Version": version } });
  expect((await at("2024-09-30.acacia")).body["current_period_end"]).toBe(MONTH_END);
  expect((await at("2026-10-28.endive")).body).not.toHaveProperty("current_period_end");
  expect((await at("2026-10-29.endive")).body.error?.message).toContain("Invalid Stripe API version");
  expect((await at("2017-08-15")).body.error?.message).toContain("not simulated");
});

test("with the switch, a first payment is told as incomplete and then as active", async () => {
  const { simulator, told } = shop;
  await subscribe();
  expect((await told()).filter((name) => name.includes("subscription."))).toEqual(["customer.subscription.created"]);
  simulator.control.act((draft) => setBillingSettings(draft, { tellsFirstPayment: true }));
  const { id } = await subscribe();
  const events = simulator.world.shelves.event.inOrder
    .map(({ row }) => row)
    .filter(({ data }) => data.object["id"] === id);
  expect(events.map(({ type, data }) => [type, data.object["status"]])).toEqual([
    ["customer.subscription.created", "incomplete"],
    ["customer.subscription.updated", "active"],
  ]);
});

test("a refusal of too many requests says its reason, and a lock can be held", async () => {
  const { simulator } = shop;
  simulator.control.plan({ fault: { kind: "lock-timeout" } });
  const held = await ask(simulator, "GET", "/v1/customers");
  expect([held.status, held.body.error?.code, held.headers.get("Stripe-Rate-Limited-Reason")]).toEqual([
    429,
    "lock_timeout",
    "resource-specific",
  ]);
  simulator.control.plan({ fault: { kind: "rate-limit" } });
  const { headers } = await ask(simulator, "GET", "/v1/customers");
  expect(headers.get("Stripe-Rate-Limited-Reason")).toBe("global-rate");
});

test("a test clock is not advanced again while it is under way", async () => {
  const { stripe } = shop;
  const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: BEGIN });
  await stripe.testHelpers.testClocks.advance(id, { frozen_time: BEGIN + DAY_S });
  const again = () => stripe.testHelpers.testClocks.advance(id, { frozen_time: BEGIN + 2 * DAY_S });
  await expect(again()).rejects.toThrow(/underway/);
  expect((await stripe.testHelpers.testClocks.retrieve(id)).status).toBe("ready");
  expect((await again()).status).toBe("advancing");
});

test("a change of an item beyond the first page of items is told", async () => {
  const { stripe, buyer, product, told } = shop;
  const items: { price: string }[] = [];
  for (let i = 0; i < 13; i++) {
    const terms = { product, currency: "usd", unit_amount: 100 + i, recurring: { interval: "month" } } as const;
    items.push({ price: (await stripe.prices.create(terms)).id });
  }
  const { id } = await stripe.subscriptions.create({ customer: await buyer(), items });
  const all = await stripe.subscriptionItems.list({ subscription: id, limit: 100 });
  await told();
  await stripe.subscriptionItems.del(all.data[11]?.id ?? "", { proration_behavior: "none" });
  expect(await told()).toEqual(["customer.subscription.updated"]);
  await stripe.subscriptions.update(id, { metadata: {} });
  expect(await told()).toEqual([]);
});

test("a checkout whose total falls below the least amount is refused when it is paid; nothing at all is not", async () => {
  const { stripe, simulator, product } = shop;
  const price = (await stripe.prices.create({ product, currency: "usd", unit_amount: 1_000 })).id;
  const codeOf = async (percent_off: number): Promise<string> => {
    const { id: coupon } = await stripe.coupons.create({ percent_off, duration: "once" });
    return (await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon } })).code;
  };
  const buy = async (promotionCode: string) => {
    const line_items = [{ price, quantity: 1 }];
    const terms = { mode: "payment", success_url: "https://shop.example/", allow_promotion_codes: true } as const;
    const { id } = await stripe.checkout.sessions.create({ ...terms, line_items });
    const purchase = { email: "ada@example.com", promotionCode };
    return simulator.control.act((draft) => completeCheckout(draft, id, purchase));
  };
  const [most, all] = [await codeOf(96), await codeOf(100)];
  await expect(buy(most)).rejects.toThrow("total amount due must add up to at least $0.50 usd");
  expect(await buy(all)).toMatchObject({ outcome: "complete", session: { payment_status: "no_payment_required" } });
});

test("an invoice below the least amount is paid at once, and its amount is charged with the next one", async () => {
  const { stripe, simulator, buyer, product } = shop;
  const terms = { product, currency: "usd", unit_amount: 30, recurring: { interval: "month" } } as const;
  const customer = await buyer();
  const items = [{ price: (await stripe.prices.create(terms)).id }];
  const { id, status, latest_invoice: first } = await stripe.subscriptions.create({ customer, items });
  expect(status).toBe("active");
  const small = { status: "paid", total: 30, amount_due: 0, amount_paid: 0, ending_balance: 30 };
  expect(await stripe.invoices.retrieve(idOf(first))).toMatchObject(small);
  expect((await stripe.paymentIntents.list({ customer })).data).toEqual([]);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: 30 });
  simulator.control.moveTo(MONTH_END + 3_601);
  const [next] = (await stripe.invoices.list({ subscription: id, limit: 1 })).data;
  expect(next).toMatchObject({ status: "paid", total: 30, starting_balance: 30, amount_due: 60, ending_balance: 0 });
  expect((await stripe.paymentIntents.list({ customer })).data).toMatchObject([{ amount: 60, status: "succeeded" }]);
});

test("an invoice without anything pending is an empty draft, but for old versions and for subscriptions", async () => {
  const { stripe, buyer } = shop;
  const customer = await buyer();
  await stripe.invoiceItems.create({ customer, amount: 900, currency: "usd" });
  expect(await stripe.invoices.create({ customer })).toMatchObject({ status: "draft", total: 0 });
  const include = { customer, pending_invoice_items_behavior: "include" } as const;
  expect(await stripe.invoices.create(include)).toMatchObject({ status: "draft", total: 900 });
  expect(await stripe.invoices.create(include)).toMatchObject({ status: "draft", total: 0 });
  const headers = { "Stripe-Version": "2020-08-27" };
  const old = () => ask(shop.simulator, "POST", "/v1/invoices", { form: `customer=${customer}`, headers });
  const refused = await old();
  expect([refused.status, refused.body.error?.code]).toEqual([400, "invoice_no_customer_line_items"]);
  await stripe.invoiceItems.create({ customer, amount: 500, currency: "usd" });
  expect((await old()).body["total"]).toBe(500);
  const { id: subscription } = await subscribe();
  await expect(stripe.invoices.create({ subscription })).rejects.toMatchObject({
    code: "invoice_no_subscription_line_items",
  });
});

test("a discount of a customer is on invoices without one of their own, and is taken off", async () => {
  const { stripe, simulator, buyer, monthly, told } = shop;
  const customer = await buyer();
  const [ten, half] = [
    (await stripe.coupons.create({ percent_off: 10, duration: "forever" })).id,
    (await stripe.coupons.create({ percent_off: 50, duration: "forever" })).id,
  ];
  await told();
  simulator.control.act((draft) => giveCustomerDiscount(draft, customer, { coupon: ten }));
  expect(await told()).toEqual(["customer.discount.created", "customer.updated"]);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ discount: { source: { coupon: ten } } });
  const items = [{ price: monthly }];
  const totalOf = async (more: object = {}): Promise<number | undefined> => {
    const { latest_invoice: id } = await stripe.subscriptions.create({ customer, items, ...more });
    return (await stripe.invoices.retrieve(idOf(id))).total;
  };
  expect([await totalOf(), await totalOf({ discounts: [{ coupon: half }] })]).toEqual([900, 500]);
  await told();
  expect(await stripe.customers.deleteDiscount(customer)).toMatchObject({ object: "discount", deleted: true });
  expect(await told()).toEqual(["customer.discount.deleted", "customer.updated"]);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ discount: null });
  expect(await totalOf()).toBe(1_000);
  await expect(stripe.customers.deleteDiscount(customer)).rejects.toThrow(/No active discount for customer/);
});

test("answers have the fields of recorded ones: lines, plan and quantity, and when billing became flexible", async () => {
  const { stripe, simulator, monthly, yearly } = shop;
  const { id, latest_invoice: invoice } = await subscribe();
  const plain: Record<string, unknown> = JSON.parse(JSON.stringify(await stripe.subscriptions.retrieve(id)));
  expect(plain).toMatchObject({ plan: { id: monthly, object: "plan", amount: 1_000 }, quantity: 1 });
  expect(plain).toMatchObject({ billing_mode: { type: "flexible", updated_at: BEGIN } });
  const [line] = (await stripe.invoices.retrieve(idOf(invoice))).lines.data;
  expect(line).not.toHaveProperty("subscription");
  expect(line?.parent?.subscription_item_details).toMatchObject({
    subscription: id,
    proration_details: { credited_items: null },
  });
  const headers = { "Stripe-Version": "2024-09-30.acacia" };
  const old = await ask(simulator, "GET", `/v1/invoices/${idOf(invoice)}`, { headers });
  expect(old.body).toMatchObject({ lines: { data: [{ subscription: id, type: "subscription" }] } });
  const two = await subscribe({ items: [{ price: monthly }, { price: yearly }] });
  expect(two).toMatchObject({ plan: null, quantity: null });
  expect((await subscribe({ billing_mode: { type: "classic" } })).billing_mode).not.toHaveProperty("updated_at");

  const sale = { mode: "subscription", success_url: "https://shop.example/" } as const;
  const line_items = [{ price: monthly, quantity: 1 }];
  const session = await stripe.checkout.sessions.create({ ...sale, line_items });
  const link = await stripe.paymentLinks.create({ line_items });
  simulator.control.moveBy(60);
  const purchase = { email: "ada@example.com" };
  const sold = simulator.control.act((draft) => [
    completeCheckout(draft, session.id, purchase).session.subscription,
    sellByLink(draft, link.id, purchase).session.subscription,
  ]);
  const [bySession, byLink] = [
    await stripe.subscriptions.retrieve(sold[0] ?? ""),
    await stripe.subscriptions.retrieve(sold[1] ?? ""),
  ];
  expect(bySession).toMatchObject({ created: BEGIN + 60, billing_mode: { updated_at: BEGIN } });
  expect(byLink.billing_mode).not.toHaveProperty("updated_at");
});
