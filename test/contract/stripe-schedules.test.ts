import { BEGIN, DAY_S, closeShop, idOf, openShop, type Shop } from "./billing-kit";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => closeShop(shop));

const month = { interval: "month" as const, interval_count: 1 };

test("phases follow each other in time, each bills what is its own, and the end is a completion", async () => {
  const { stripe, monthly, buyer, simulator, told } = shop;
  const customer = await buyer();
  await told();
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: "now",
    end_behavior: "release",
    phases: [
      { items: [{ price: monthly, quantity: 1 }], duration: month },
      { items: [{ price: monthly, quantity: 3 }], duration: month, metadata: { phase: "two" } },
    ],
  });
  expect(schedule).toMatchObject({
    status: "active",
    current_phase: { start_date: BEGIN, end_date: BEGIN + 30 * DAY_S },
  });
  expect((await told()).filter((name) => !/^(invoice|payment|charge)/.test(name))).toEqual([
    "subscription_schedule.created",
    "customer.subscription.created",
  ]);
  const id = idOf(schedule.subscription);
  simulator.control.moveTo(BEGIN + 30 * DAY_S + 3_600);
  const second = await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice", "schedule"] });
  expect(second).toMatchObject({ status: "active", metadata: { phase: "two" }, schedule: { status: "active" } });
  expect(second.latest_invoice).toMatchObject({ status: "paid", total: 3_000 });
  expect(await told()).toContain("subscription_schedule.updated");
  simulator.control.moveTo(BEGIN + 61 * DAY_S);
  expect(await told()).toEqual(
    expect.arrayContaining(["subscription_schedule.expiring", "subscription_schedule.completed"]),
  );
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: "active", schedule: null });
});

test("a schedule that begins later makes its subscription then, and one that cancels ends it", async () => {
  const { stripe, monthly, buyer, simulator } = shop;
  const customer = await buyer();
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: BEGIN + 10 * DAY_S,
    end_behavior: "cancel",
    phases: [{ items: [{ price: monthly }], end_date: BEGIN + 25 * DAY_S }],
  });
  expect(schedule).toMatchObject({ status: "not_started", subscription: null, current_phase: null });
  simulator.control.moveTo(BEGIN + 10 * DAY_S);
  const { subscription } = await stripe.subscriptionSchedules.retrieve(schedule.id);
  expect(await stripe.subscriptions.retrieve(idOf(subscription))).toMatchObject({ start_date: BEGIN + 10 * DAY_S });
  simulator.control.moveTo(BEGIN + 25 * DAY_S);
  expect(await stripe.subscriptions.retrieve(idOf(subscription))).toMatchObject({
    status: "canceled",
    ended_at: BEGIN + 25 * DAY_S,
  });
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: "completed" });
});

test("a schedule made from a subscription can be given more phases, released, and does not end it", async () => {
  const { stripe, monthly, yearly, buyer, simulator, told } = shop;
  const customer = await buyer();
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const made = await stripe.subscriptionSchedules.create({ from_subscription: sub.id });
  const [first] = made.phases;
  await stripe.subscriptionSchedules.update(made.id, {
    phases: [
      { items: [{ price: monthly }], start_date: first?.start_date ?? 0, end_date: first?.end_date ?? 0 },
      { items: [{ price: yearly }] },
    ],
  });
  await expect(stripe.subscriptions.pause(sub.id)).rejects.toThrow("attached schedule");
  simulator.control.moveTo(BEGIN + 30 * DAY_S);
  const changed = await stripe.subscriptions.retrieve(sub.id, { expand: ["latest_invoice"] });
  expect(changed.items.data[0]).toMatchObject({
    price: { id: yearly },
    current_period_start: BEGIN + 30 * DAY_S,
    current_period_end: BEGIN + 395 * DAY_S,
  });
  expect(changed.latest_invoice).toMatchObject({ status: "paid", total: 10_000 });
  await told();
  const released = await stripe.subscriptionSchedules.release(made.id);
  expect(released).toMatchObject({ status: "released", released_subscription: sub.id, subscription: null });
  expect(await told()).toEqual(["customer.subscription.updated", "subscription_schedule.released"]);
});

test("ending the subscription ends its schedule", async () => {
  const { stripe, monthly, buyer, told } = shop;
  const customer = await buyer();
  const phases = [{ items: [{ price: monthly }] }];
  const schedule = await stripe.subscriptionSchedules.create({ customer, start_date: "now", phases });
  await told();
  await stripe.subscriptions.cancel(idOf(schedule.subscription));
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: "canceled" });
  expect(await told()).toEqual(["customer.subscription.deleted", "subscription_schedule.canceled"]);
});
