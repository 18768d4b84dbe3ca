import type Stripe from "stripe";
import { seedStripe } from "../../src/local/seed-stripe";
import { tableNames } from "../../src/local/stripe/kind";
import { openStripe } from "../../src/stripe/open-stripe";
import { BEGIN, CARD, faultsOfWorld, HOUR_S, idOf, OWN_TABLES } from "./checkout-kit";
import { closeWhole, control, listen, openWhole, type Whole } from "./whole-kit";

afterEach(closeWhole);

const DAY_S = 24 * HOUR_S;

interface World extends Whole {
  product: string;
  monthly: string;
  once: string;
}

/** A second passes between one request and the next, and none within a request. */
function ticking(): { now: () => Date } {
  let [seconds, told] = [BEGIN, false];
  return {
    now: () => {
      if (!told) {
        seconds++;
        setImmediate(() => (told = false));
      }
      told = true;
      return new Date(seconds * 1_000);
    },
  };
}

/** The demo shop, as a newcomer gets it. */
async function openDemo(): Promise<World> {
  const { simulator } = await openWhole({ clock: ticking() });
  const stripe = openStripe({ secretKey: "sk_test_kit", apiBase: simulator.url });
  await seedStripe({ stripe, url: simulator.url, thanksUrl: "https://shop.example/thanks" });
  const product = (await stripe.products.create({ name: "Pro" })).id;
  const terms = { product, currency: "eur", unit_amount: 1_000 };
  const monthly = (await stripe.prices.create({ ...terms, recurring: { interval: "month" } })).id;
  const once = (await stripe.prices.create(terms)).id;
  return { simulator, stripe, product, monthly, once };
}

async function addBuyer(
  { stripe }: World,
  card = "pm_card_visa",
  more: Stripe.CustomerCreateParams = {},
): Promise<string> {
  const { id } = await stripe.customers.create({ email: "full@example.com", ...more });
  const method = await stripe.paymentMethods.attach(card, { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return id;
}

// One telling for every corner of the shop that the demo does not go into.
const tellings: Record<string, (world: World) => Promise<unknown>> = {
  entitlements: async (world) => {
    const { stripe, product, monthly } = world;
    const feature = await stripe.entitlements.features.create({ lookup_key: "pro", name: "Pro", metadata: { a: "b" } });
    await stripe.products.createFeature(product, { entitlement_feature: feature.id });
    await stripe.subscriptions.create({ customer: await addBuyer(world), items: [{ price: monthly }] });
  },
  discounts: async (world) => {
    const { stripe, monthly, once, simulator } = world;
    const coupon = await stripe.coupons.create({ percent_off: 25, duration: "repeating", duration_in_months: 3 });
    const fixed = await stripe.coupons.create({ amount_off: 300, currency: "eur", duration: "once" });
    const promotion = { type: "coupon", coupon: coupon.id } as const;
    const code = await stripe.promotionCodes.create({
      promotion,
      restrictions: { minimum_amount: 100, minimum_amount_currency: "eur" },
    });
    const customer = await addBuyer(world);
    await stripe.subscriptions.create({
      customer,
      items: [{ price: monthly }],
      discounts: [{ promotion_code: code.id }],
    });
    const session = await stripe.checkout.sessions.create({
      mode: "payment",
      success_url: "https://shop.example",
      line_items: [{ price: once, quantity: 2 }],
      discounts: [{ coupon: fixed.id }],
      invoice_creation: { enabled: true },
    });
    await control(simulator, "complete-checkout", { session: session.id });
  },
  schedules: async (world) => {
    const { stripe, monthly } = world;
    const customer = await addBuyer(world);
    const phases = [
      { items: [{ price: monthly }], duration: { interval: "month", interval_count: 1 } as const },
      { items: [{ price: monthly, quantity: 2 }], duration: { interval: "month", interval_count: 1 } as const },
    ];
    await stripe.subscriptionSchedules.create({ customer, start_date: "now", phases });
    await stripe.subscriptionSchedules.create({ customer, start_date: BEGIN + 90 * DAY_S, phases });
    const { id } = await stripe.subscriptionSchedules.create({ customer, start_date: "now", phases });
    await stripe.subscriptionSchedules.release(id);
  },
  "credit notes": async (world) => {
    const { stripe, once } = world;
    const customer = await addBuyer(world);
    const invoice = async (): Promise<string> => {
      const { id } = await stripe.invoices.create({ customer, currency: "eur" });
      await stripe.invoiceItems.create({ customer, invoice: id, pricing: { price: once }, quantity: 2 });
      return (await stripe.invoices.finalizeInvoice(id)).id;
    };
    const open = await invoice();
    const { data } = await stripe.invoices.listLineItems(open);
    const lines = [{ type: "invoice_line_item", invoice_line_item: data[0]?.id ?? "", quantity: 1 }] as const;
    const note = await stripe.creditNotes.create({ invoice: open, lines: [...lines] });
    await stripe.creditNotes.voidCreditNote(note.id);
    const paid = await stripe.invoices.pay(await invoice());
    await stripe.creditNotes.create({ invoice: paid.id, amount: 500, refund_amount: 300, credit_amount: 200 });
    await stripe.invoices.voidInvoice(await invoice());
    await stripe.invoices.markUncollectible(await invoice());
    await stripe.invoiceItems.create({ customer, currency: "eur", amount: 700, description: "Waiting" });
  },
  "setup intents": async (world) => {
    const { stripe, simulator } = world;
    const customer = await addBuyer(world);
    await stripe.setupIntents.create({ customer });
    await stripe.setupIntents.create({
      customer,
      payment_method: "pm_card_visa",
      confirm: true,
      return_url: "https://a.example",
    });
    await stripe.setupIntents.cancel((await stripe.setupIntents.create({ customer })).id);
    const session = await stripe.checkout.sessions.create({
      mode: "setup",
      currency: "eur",
      customer,
      success_url: "https://shop.example",
    });
    await control(simulator, "complete-checkout", { session: session.id });
  },
  "every end of a session": async ({ stripe, simulator, once, monthly }) => {
    const open = (price: string, mode: "payment" | "subscription"): Promise<Stripe.Checkout.Session> =>
      stripe.checkout.sessions.create({
        mode,
        success_url: "https://shop.example",
        line_items: [{ price, quantity: 1 }],
      });
    const buy = async (session: Promise<Stripe.Checkout.Session>, typed: object): Promise<unknown> =>
      control(simulator, "complete-checkout", { session: (await session).id, ...typed });
    await open(once, "payment");
    await buy(open(once, "payment"), { card: CARD.declined });
    await buy(open(once, "payment"), { card: CARD.asks });
    await buy(open(monthly, "subscription"), { card: CARD.good });
    await buy(open(monthly, "subscription"), { method: "delayed" });
    await stripe.checkout.sessions.expire((await open(once, "payment")).id);
    const link = await stripe.paymentLinks.create({ line_items: [{ price: monthly, quantity: 1 }] });
    await control(simulator, "payment-link-sale", { link: link.id, client_reference_id: "user-1" });
    await stripe.paymentLinks.update(link.id, { active: false });
  },
  portal: async (world) => {
    const { stripe, simulator, product, monthly } = world;
    const configuration = await stripe.billingPortal.configurations.create({
      features: {
        customer_update: { enabled: true, allowed_updates: ["email", "name"] },
        invoice_history: { enabled: true },
        payment_method_update: { enabled: true },
        subscription_cancel: { enabled: true, cancellation_reason: { enabled: true, options: ["other", "unused"] } },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ["price"],
          products: [{ product, prices: [monthly] }],
        },
      },
    });
    await stripe.billingPortal.configurations.update(configuration.id, { metadata: { a: "b" } });
    const customer = await addBuyer(world);
    const subscription = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    await stripe.billingPortal.sessions.create({
      customer,
      configuration: configuration.id,
      return_url: "https://shop.example",
      flow_data: { type: "subscription_cancel", subscription_cancel: { subscription: subscription.id } },
    });
    await control(simulator, "cancel-subscription", { subscription: subscription.id, at_period_end: true });
  },
  "test clocks": async (world) => {
    const { stripe, monthly } = world;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: BEGIN, name: "later" });
    const customer = await addBuyer(world, "pm_card_visa", { test_clock: clock.id });
    await stripe.subscriptions.create({ customer, items: [{ price: monthly }], trial_period_days: 7 });
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: BEGIN + 40 * DAY_S });
  },
  "pending updates": async (world) => {
    const { stripe, monthly } = world;
    const customer = await addBuyer(world);
    const { id, items } = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    const failing = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
    await stripe.subscriptions.update(id, { default_payment_method: failing.id });
    const { pending_update: pending } = await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? "", quantity: 5 }],
      payment_behavior: "pending_if_incomplete",
      proration_behavior: "always_invoice",
    });
    expect(pending).not.toBeNull();
  },
  "invoices that are sent": async (world) => {
    const { stripe, monthly } = world;
    const { latest_invoice: invoice } = await stripe.subscriptions.create({
      customer: await addBuyer(world),
      items: [{ price: monthly }],
      collection_method: "send_invoice",
      days_until_due: 7,
    });
    await stripe.invoices.sendInvoice(idOf(invoice));
  },
  "refunds and disputes": async ({ stripe, simulator }) => {
    const pay = async (method: string): Promise<string> => {
      const { latest_charge: charge } = await stripe.paymentIntents.create({
        amount: 2_000,
        currency: "eur",
        payment_method: method,
        confirm: true,
        return_url: "https://shop.example",
      });
      return idOf(charge);
    };
    await stripe.refunds.create({ charge: await pay("pm_card_visa"), amount: 500 });
    await stripe.refunds.create({ charge: await pay("pm_card_pendingRefund") });
    await stripe.refunds.create({ charge: await pay("pm_card_refundFail") });
    await pay("pm_card_createDispute");
    for (const status of ["won", "lost"]) {
      const dispute = await control<{ id: string }>(simulator, "open-dispute", { charge: await pay("pm_card_visa") });
      await control(simulator, "move-dispute", { dispute: dispute.id, status });
    }
    await stripe.paymentIntents.cancel((await stripe.paymentIntents.create({ amount: 2_000, currency: "eur" })).id);
    const manual = {
      amount: 2_000,
      currency: "eur",
      payment_method: "pm_card_visa",
      capture_method: "manual",
    } as const;
    const held = await stripe.paymentIntents.create({ ...manual, confirm: true, return_url: "https://shop.example" });
    await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1_500 });
  },
  deletions: async (world) => {
    const { stripe, monthly } = world;
    const customer = await addBuyer(world);
    await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
    await stripe.customers.del(customer);
    await stripe.products.del((await stripe.products.create({ name: "Gone" })).id);
    await stripe.coupons.del((await stripe.coupons.create({ percent_off: 5 })).id);
  },
};

/** Everything at once. */
async function openFullWorld(): Promise<World> {
  const world = await openDemo();
  await listen(world);
  for (const tell of Object.values(tellings)) await tell(world);
  return world;
}

test("in a full world every kind of object is there, and each row and each event has the shape of Stripe's types", async () => {
  const { simulator } = await openFullWorld();
  const { shelves, kinds } = simulator.world;
  const forgotten = tableNames(kinds).filter(
    (name) => !OWN_TABLES.includes(name) && shelves[name].inOrder.length === 0,
  );
  expect(forgotten).toEqual([]);
  expect([...new Set(faultsOfWorld(simulator))]).toEqual([]);
});

test("after weeks of renewals, retries, expiries and answers of banks all of it still has that shape", async () => {
  const { simulator } = await openFullWorld();
  const before = simulator.world.shelves.event.inOrder.length;
  for (let week = 0; week < 3; week++) {
    simulator.control.moveBy(7 * DAY_S);
    expect([...new Set(faultsOfWorld(simulator))]).toEqual([]);
  }
  expect(simulator.world.shelves.event.inOrder.length).toBeGreaterThan(before);
  simulator.control.moveBy(40 * DAY_S);
  expect([...new Set(faultsOfWorld(simulator))]).toEqual([]);
});

test("every kind has an example of each state that access depends on", async () => {
  const { simulator } = await openFullWorld();
  const { shelves } = simulator.world;
  const seen = (rows: readonly { row: { status?: string | null } }[]): string[] =>
    [...new Set(rows.map(({ row }) => row.status ?? ""))].toSorted();
  expect(seen(shelves.subscription.inOrder)).toEqual(
    ["active", "canceled", "incomplete", "past_due", "paused", "trialing", "unpaid"].toSorted(),
  );
  expect(seen(shelves["checkout.session"].inOrder)).toEqual(["complete", "expired", "open"]);
  expect(seen(shelves.invoice.inOrder)).toEqual(expect.arrayContaining(["open", "paid", "uncollectible", "void"]));
  expect(seen(shelves.refund.inOrder)).toEqual(expect.arrayContaining(["pending", "succeeded"]));
});

test("a subscription that is renewed by hand in the second in which it began has a second invoice", async () => {
  const { simulator, stripe } = await openWhole();
  const { id: product } = await stripe.products.create({ name: "Pro" });
  const recurring = { interval: "month" } as const;
  const { id: price } = await stripe.prices.create({ product, currency: "eur", unit_amount: 1_000, recurring });
  const { id: customer } = await stripe.customers.create({ email: "ada@example.com" });
  const { id: card } = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const terms = { customer, items: [{ price }], default_payment_method: card };
  const { id: subscription } = await stripe.subscriptions.create(terms);
  await control(simulator, "renew-now", { subscription });
  expect(faultsOfWorld(simulator)).toEqual([]);
  expect((await stripe.invoices.list({ subscription })).data.map(({ total }) => total)).toEqual([1_000, 1_000]);
});
