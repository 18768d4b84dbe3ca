import { closeWhole, control, listenAt, openWhole, type Whole } from "./whole-kit";

afterEach(closeWhole);

type Body = Record<string, unknown> & { api_version: string; data: { object: Shape } };
interface Shape {
  [field: string]: unknown;
  id: string;
  items?: { data: Shape[] };
  lines?: { data: Shape[] };
}

interface Bought {
  subscription: string;
  intent: string;
  price: string;
}

async function buy(whole: Whole): Promise<Bought> {
  const { stripe, simulator } = whole;
  const { id: price } = await stripe.prices.create({
    currency: "usd",
    unit_amount: 900,
    recurring: { interval: "month" },
    product_data: { name: "P" },
  });
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    line_items: [{ price, quantity: 1 }],
    success_url: "https://shop.example/thanks",
  });
  await control(simulator, "complete-checkout", { session: session.id, email: "ada@example.com" });
  const done = await stripe.checkout.sessions.retrieve(session.id);
  const [charge] = (await stripe.charges.list()).data;
  await control(simulator, "refund", { charge: charge?.id });
  await simulator.deliveries.settled();
  return { subscription: idOf(done.subscription), intent: idOf(charge?.payment_intent), price };
}

function idOf(unexpanded: string | object | null | undefined): string {
  if (typeof unexpanded !== "string") throw new Error("an id was expected");
  return unexpanded;
}

/** The bodies that an endpoint of this version received for one purchase, by type. */
async function bodiesAt(version: string): Promise<{ bought: Bought; bodies: Map<string, Body> }> {
  const whole = await openWhole();
  const { receiver, secret } = await listenAt(whole, version);
  const bought = await buy(whole);
  const bodies = new Map<string, Body>();
  for (const { body, signature } of receiver.got) {
    whole.stripe.webhooks.constructEvent(body, signature, secret);
    const event: Body & { type: string } = JSON.parse(body);
    expect(event.api_version).toBe(version);
    bodies.set(event.type, event);
  }
  return { bought, bodies };
}

function objectOf(bodies: Map<string, Body>, type: string): Shape {
  const body = bodies.get(type);
  if (!body) throw new Error(`no ${type}`);
  return body.data.object;
}

test.each(["2020-08-27", "2024-09-30.acacia"])(
  "an endpoint of %s gets invoices, lines, subscriptions and charges in the shape from before basil",
  async (version) => {
    const { bought, bodies } = await bodiesAt(version);
    const invoice = objectOf(bodies, "invoice.paid");
    expect(invoice).toMatchObject({ paid: true, subscription: bought.subscription, payment_intent: bought.intent });
    expect(invoice["charge"]).toMatch(/^ch_|^py_/);
    expect(invoice).not.toHaveProperty("parent");
    const [line] = invoice.lines?.data ?? [];
    expect(line).toMatchObject({ type: "subscription", price: { id: bought.price }, plan: { object: "plan" } });
    expect(line).not.toHaveProperty("pricing");
    const subscription = objectOf(bodies, "customer.subscription.created");
    expect(Number(subscription["current_period_end"])).toBeGreaterThan(Number(subscription["current_period_start"]));
    expect(subscription.items?.data[0]).not.toHaveProperty("current_period_end");
    expect(objectOf(bodies, "charge.refunded")["invoice"]).toBe(invoice.id);
    expect(objectOf(bodies, "checkout.session.completed")["ui_mode"]).toBe("hosted");
  },
);

test("2020-08-27 shows the charges of an intent and the refunds of a charge; acacia no longer does", async () => {
  const old = await bodiesAt("2020-08-27");
  expect(objectOf(old.bodies, "payment_intent.succeeded")["charges"]).toMatchObject({ object: "list" });
  expect(objectOf(old.bodies, "charge.refunded")["refunds"]).toMatchObject({ data: [{ object: "refund" }] });
  const newer = await bodiesAt("2024-09-30.acacia");
  expect(objectOf(newer.bodies, "payment_intent.succeeded")).not.toHaveProperty("charges");
});

test.each([
  ["2025-03-31.basil", "hosted"],
  ["2025-09-30.clover", "hosted"],
  ["2026-03-25.dahlia", "hosted_page"],
  ["2026-10-28.endive", "hosted_page"],
])("%s has periods on items and the parent of an invoice, and calls the page %s", async (version, mode) => {
  const { bought, bodies } = await bodiesAt(version);
  const subscription = objectOf(bodies, "customer.subscription.created");
  expect(subscription).not.toHaveProperty("current_period_end");
  expect(subscription.items?.data[0]).toHaveProperty("current_period_end");
  expect(objectOf(bodies, "invoice.paid")).toMatchObject({
    parent: { subscription_details: { subscription: bought.subscription } },
  });
  expect(objectOf(bodies, "checkout.session.completed")["ui_mode"]).toBe(mode);
});

test("before clover, the coupon of a promotion code stands whole in its old place", async () => {
  const whole = await openWhole();
  const { receiver } = await listenAt(whole, "2025-03-31.basil");
  const coupon = await whole.stripe.coupons.create({ percent_off: 10, duration: "once" });
  await whole.stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id }, code: "TEN" });
  await whole.simulator.deliveries.settled();
  const event: Body = JSON.parse(receiver.got.at(-1)?.body ?? "{}");
  expect(event.data.object).toMatchObject({ coupon: { id: coupon.id, percent_off: 10 } });
  expect(event.data.object).not.toHaveProperty("promotion");
});
