import { setBillingSettings } from "../../src/local/stripe/billing/settings";
import { BEGIN, DAY_S, closeShop, idOf, openShop, type Shop } from "./billing-kit";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => closeShop(shop));

async function begin(
  card: string | null = "pm_card_visa",
  more: object = {},
): Promise<{ id: string; customer: string }> {
  const customer = await shop.buyer(card);
  const { id } = await shop.stripe.subscriptions.create({ customer, items: [{ price: shop.monthly }], ...more });
  await shop.told();
  return { id, customer };
}

/** From now on the customer's card declines. */
async function breakCard({ id, customer }: { id: string; customer: string }): Promise<void> {
  const { stripe, told } = shop;
  const method = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await stripe.subscriptions.update(id, { default_payment_method: method.id });
  await told();
}

test("a period ends and the next begins at that second; its invoice is a draft for an hour and then paid", async () => {
  const { stripe, simulator, told } = shop;
  const { id } = await begin();
  simulator.control.moveTo(BEGIN + 30 * DAY_S);
  const renewed = await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice"] });
  expect(renewed.items.data[0]).toMatchObject({
    current_period_start: BEGIN + 30 * DAY_S,
    current_period_end: BEGIN + 61 * DAY_S,
  });
  expect(renewed.latest_invoice).toMatchObject({ status: "draft", billing_reason: "subscription_cycle" });
  expect(await told()).toEqual(["invoice.upcoming", "invoice.created", "customer.subscription.updated"]);
  simulator.control.moveBy(3_600);
  expect(await told()).toEqual([
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
  ]);
});

test.each([
  ["cancel", "canceled", "customer.subscription.deleted", "payment_failed", null],
  ["unpaid", "unpaid", "customer.subscription.updated", null, null],
  ["pause", "paused", "customer.subscription.paused", null, "final_payment_failure"],
  ["past_due", "past_due", "invoice.payment_failed", null, null],
] as const)("after the last retry the account's setting %s decides: %s", async (...given) => {
  const [afterRetries, status, event, reason, pausedBy] = given;
  const { stripe, simulator, told } = shop;
  simulator.control.act((draft) => setBillingSettings(draft, { afterRetries }));
  const sub = await begin();
  await breakCard(sub);
  simulator.control.moveTo(BEGIN + 30 * DAY_S + 3_600);
  const behind = await stripe.subscriptions.retrieve(sub.id, { expand: ["latest_invoice"] });
  expect(behind.status).toBe("past_due");
  expect(behind.latest_invoice).toMatchObject({
    attempt_count: 1,
    next_payment_attempt: BEGIN + 33 * DAY_S + 3_600,
  });
  await told();
  simulator.control.moveBy(15 * DAY_S);
  const ended = await stripe.subscriptions.retrieve(sub.id, { expand: ["latest_invoice"] });
  expect(ended.status).toBe(status);
  expect(ended.latest_invoice).toMatchObject({ attempt_count: 4, next_payment_attempt: null, status: "open" });
  expect(await told()).toContain(event);
  expect(ended.cancellation_details?.reason ?? null).toBe(reason);
  expect(ended.status_details?.paused.subscription.type ?? null).toBe(pausedBy);
});

test("a renewal that asks for authentication was attempted, counts no attempt and is not retried", async () => {
  const { stripe, simulator, told } = shop;
  const sub = await begin();
  const method = await stripe.paymentMethods.attach("pm_card_authenticationRequired", { customer: sub.customer });
  await stripe.subscriptions.update(sub.id, { default_payment_method: method.id });
  await told();
  simulator.control.moveTo(BEGIN + 31 * DAY_S);
  const asked = { status: "open", attempted: true, attempt_count: 0, next_payment_attempt: null };
  const behind = await stripe.subscriptions.retrieve(sub.id, { expand: ["latest_invoice"] });
  expect(behind).toMatchObject({ status: "past_due", latest_invoice: asked });
  expect(await told()).toEqual(expect.arrayContaining(["invoice.payment_failed", "invoice.payment_action_required"]));
  simulator.control.moveBy(20 * DAY_S);
  expect(await stripe.subscriptions.retrieve(sub.id, { expand: ["latest_invoice"] })).toMatchObject({
    status: "past_due",
    latest_invoice: asked,
  });
  const good = await stripe.paymentMethods.attach("pm_card_visa", { customer: sub.customer });
  const invoice = idOf(behind.latest_invoice);
  const paid = await stripe.invoices.pay(invoice, { payment_method: good.id });
  expect(paid).toMatchObject({ status: "paid", attempt_count: 1 });
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "active" });
});

test("a retry with a card that pays brings the subscription back, and clears the customer's debt", async () => {
  const { stripe, simulator, told } = shop;
  const sub = await begin();
  await breakCard(sub);
  simulator.control.moveTo(BEGIN + 31 * DAY_S);
  expect(await stripe.customers.retrieve(sub.customer)).toMatchObject({ delinquent: true });
  const good = await stripe.paymentMethods.attach("pm_card_visa", { customer: sub.customer });
  await stripe.subscriptions.update(sub.id, { default_payment_method: good.id });
  await told();
  simulator.control.moveBy(3 * DAY_S);
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "active" });
  expect(await stripe.customers.retrieve(sub.customer)).toMatchObject({ delinquent: false });
  expect(await told()).toEqual([
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "customer.updated",
    "customer.subscription.updated",
    "invoice_payment.paid",
  ]);
});

test("a trial tells three days before it ends, and then begins a paid period", async () => {
  const { stripe, simulator, told } = shop;
  const { id } = await begin("pm_card_visa", { trial_period_days: 14 });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: "trialing",
    trial_start: BEGIN,
    trial_end: BEGIN + 14 * DAY_S,
  });
  simulator.control.moveTo(BEGIN + 11 * DAY_S);
  expect(await told()).toEqual(["invoice.upcoming", "customer.subscription.trial_will_end"]);
  simulator.control.moveTo(BEGIN + 14 * DAY_S + 3_600);
  const paid = await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice"] });
  expect(paid.status).toBe("active");
  expect(paid.items.data[0]).toMatchObject({ current_period_start: BEGIN + 14 * DAY_S });
  expect(paid.latest_invoice).toMatchObject({ status: "paid", amount_paid: 1_000 });
});

test.each([
  ["pause", "paused", "trial_end_without_payment_method"],
  ["cancel", "canceled", undefined],
] as const)("a trial without a card ends as it was told: %s", async (missing_payment_method, status, type) => {
  const { stripe, simulator } = shop;
  const trial_settings = { end_behavior: { missing_payment_method } };
  const { id } = await begin(null, { trial_period_days: 7, trial_settings });
  simulator.control.moveTo(BEGIN + 7 * DAY_S);
  const ended = await stripe.subscriptions.retrieve(id);
  expect([ended.status, ended.status_details?.paused.subscription.type]).toEqual([status, type]);
});

test("a cancellation at the end of the period ends there, and can be taken back before", async () => {
  const { stripe, simulator, told } = shop;
  const { id } = await begin();
  const asked = await stripe.subscriptions.update(id, { cancel_at_period_end: true });
  expect(asked).toMatchObject({ cancel_at_period_end: true, canceled_at: BEGIN, status: "active" });
  const kept = await stripe.subscriptions.update(id, { cancel_at_period_end: false });
  expect(kept).toMatchObject({ cancel_at_period_end: false, canceled_at: null });
  await stripe.subscriptions.update(id, { cancel_at: BEGIN + 30 * DAY_S });
  await told();
  simulator.control.moveTo(BEGIN + 30 * DAY_S);
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
    status: "canceled",
    ended_at: BEGIN + 30 * DAY_S,
    canceled_at: BEGIN,
  });
  expect(await told()).toEqual(["customer.subscription.deleted"]);
});

test("a paused subscription bills nothing, and resumes with a new period and a paid invoice", async () => {
  const { stripe, simulator, told } = shop;
  const { id, customer } = await begin();
  const paused = await stripe.subscriptions.pause(id);
  expect(paused.status_details?.paused).toMatchObject({
    type: "subscription",
    subscription: { type: "pause_requested" },
    transitioned_at: BEGIN,
  });
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data[0]?.amount).toBe(-1_000);
  expect(await told()).toEqual([
    "invoiceitem.created",
    "customer.subscription.updated",
    "customer.subscription.paused",
  ]);
  simulator.control.moveBy(90 * DAY_S);
  expect(await told()).toEqual([]);
  const resumed = await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: "now" } });
  expect(resumed.status).toBe("active");
  expect(resumed.status_details).toBeUndefined();
  expect(resumed.items.data[0]?.current_period_start).toBe(BEGIN + 90 * DAY_S);
  expect(await told()).toContain("customer.subscription.resumed");
});

test("resuming on success stays paused until the invoice is paid, and gives up after 23 hours", async () => {
  const { stripe, simulator } = shop;
  const sub = await begin();
  await stripe.subscriptions.pause(sub.id, { bill_for: { unused_time_from: { type: "none" } } });
  await breakCard(sub);
  const ask = () => stripe.subscriptions.resume(sub.id, { payment_behavior: "resume_on_payment_success" });
  const first = await ask();
  expect(first.status).toBe("paused");
  simulator.control.moveBy(23 * 3_600);
  expect(await stripe.invoices.retrieve(idOf(first.latest_invoice))).toMatchObject({ status: "void" });
  const second = await ask();
  await stripe.invoices.pay(idOf(second.latest_invoice), { payment_method: "pm_card_visa" });
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "active" });
});

test.each([
  ["void", "void"],
  ["mark_uncollectible", "uncollectible"],
  ["keep_as_draft", "draft"],
] as const)("while collection is paused by %s, a renewal's invoice ends as %s", async (behavior, status) => {
  const { stripe, simulator } = shop;
  const { id } = await begin();
  const resumes_at = BEGIN + 40 * DAY_S;
  await stripe.subscriptions.update(id, { pause_collection: { behavior, resumes_at } });
  simulator.control.moveTo(BEGIN + 31 * DAY_S);
  const sub = await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice"] });
  expect([sub.status, sub.latest_invoice]).toMatchObject(["active", { status }]);
  simulator.control.moveTo(resumes_at);
  expect((await stripe.subscriptions.retrieve(id)).pause_collection).toBeNull();
});

test("a test clock brings its own subscriptions through time, and no further than two periods at once", async () => {
  const { stripe, monthly, buyer } = shop;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: BEGIN });
  const customer = await buyer("pm_card_visa", clock.id);
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const far = stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: BEGIN + 70 * DAY_S });
  await expect(far).rejects.toThrow("at most two intervals");
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: BEGIN + 61 * DAY_S });
  await stripe.testHelpers.testClocks.retrieve(clock.id);
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: BEGIN + 61 * DAY_S + 3_600 });
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({ status: "ready" });
  const invoices = await stripe.invoices.list({ subscription: id });
  expect(invoices.data.map(({ status, created }) => [status, created])).toEqual([
    ["paid", BEGIN + 61 * DAY_S],
    ["paid", BEGIN + 30 * DAY_S],
    ["paid", BEGIN],
  ]);
});
