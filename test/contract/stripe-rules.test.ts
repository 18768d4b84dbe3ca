import { BEGIN, closeShop, DAY_S, idOf, openShop, type Shop } from "./billing-kit";
import { setBillingSettings } from "../../src/local/stripe/billing/settings";
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
