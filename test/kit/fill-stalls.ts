import type Stripe from "stripe";
import { idOf } from "../../src/projection/read-references";
import type { Stall } from "./open-stall";
import type { Shop } from "./start-shop";

const DAY_S = 86_400;
const CARD = "4242424242424242";
const IGNORE = { latchkey_ignore: "true" };

/**
 * Everything that can have been bought of two stalls: every state, money that went back, long lists, marks, checkouts of
 * several things. Each buyer has the name of what they did as their address. Nobody is told: the account is not connected.
 */
export async function fillStalls(shop: Shop, stall: Stall, other: Stall): Promise<void> {
  const telling = { shop, stall, other, ...verbs(shop, stall) };
  for (const tell of Object.values(subscriptionTellings)) await tell(telling);
  for (const tell of Object.values(orderTellings)) await tell(telling);
}

type Verbs = ReturnType<typeof verbs>;
type Telling = Verbs & { shop: Shop; stall: Stall; other: Stall };

function verbs(shop: Shop, stall: Stall) {
  const { stripe, control } = shop;
  const now = () => Math.floor(shop.clock.now().getTime() / 1_000);
  const buyer = (name: string, more: Stripe.CustomerCreateParams = {}) => stall.customer(`${name}@a.example`, more);
  const subscriber = async (name: string, more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
    stall.subscribe(await buyer(name), more);
  const checkout = async (
    name: string,
    more: Partial<Stripe.Checkout.SessionCreateParams>,
    typed: Record<string, unknown> = {},
  ) => {
    const { id } = await stripe.checkout.sessions.create({ success_url: "https://shop.example/thanks", ...more });
    await control("complete-checkout", { session: id, card: CARD, email: `${name}@a.example`, ...typed });
    return stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
  };
  const once = (name: string, more: Partial<Stripe.Checkout.SessionCreateParams> = {}, typed = {}) =>
    checkout(name, { mode: "payment", line_items: [{ price: stall.once, quantity: 1 }], ...more }, typed);
  const chargeOf = async (intent: string | Stripe.PaymentIntent | null) => {
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(idOf(intent) ?? "");
    return idOf(charge) ?? "";
  };
  const chargeOfInvoice = async (invoice: string | Stripe.Invoice | null) => {
    const { data } = await stripe.invoicePayments.list({ invoice: idOf(invoice) ?? "" });
    return chargeOf(data[0]?.payment.payment_intent ?? null);
  };
  const disputed = async (charge: string, ...then: string[]) => {
    const { id } = await control<{ id: string }>("open-dispute", { charge });
    for (const status of then) await control("move-dispute", { dispute: id, status });
  };
  const invoiced = async (name: string) => {
    const customer = await buyer(name);
    await stripe.invoiceItems.create({ customer, pricing: { price: stall.once } });
    const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
    await stripe.invoices.finalizeInvoice(id);
    return id;
  };
  return { now, buyer, subscriber, checkout, once, chargeOf, chargeOfInvoice, disputed, invoiced };
}

const subscriptionTellings: Record<string, (telling: Telling) => Promise<unknown>> = {
  active: ({ subscriber }) => subscriber("active"),
  several: ({ subscriber }) => subscriber("several", { metadata: { seats: "3" } }),
  trialing: ({ subscriber }) => subscriber("trialing", { trial_period_days: 14 }),
  cancelling: async ({ subscriber, shop: { stripe } }) => {
    const { id } = await subscriber("cancelling");
    await stripe.subscriptions.update(id, {
      cancel_at_period_end: true,
      cancellation_details: { feedback: "too_expensive" },
    });
  },
  "cancelling on a day": async ({ subscriber, shop: { stripe }, now }) => {
    const { id } = await subscriber("cancelling-on-a-day");
    await stripe.subscriptions.update(id, { cancel_at: now() + 10 * DAY_S });
  },
  paused: async ({ subscriber, shop }) =>
    shop.control("pause-subscription", { subscription: (await subscriber("paused")).id }),
  "not collected": async ({ subscriber, shop: { stripe } }) => {
    const { id } = await subscriber("not-collected");
    await stripe.subscriptions.update(id, { pause_collection: { behavior: "void" } });
  },
  late: async ({ subscriber, shop }) =>
    shop.control("renew-now", { subscription: (await subscriber("late")).id, ends: "fails" }),
  "sent by e-mail": async ({ buyer, stall }) =>
    stall.subscribe(await buyer("sent"), { collection_method: "send_invoice", days_until_due: 7 }),
  canceled: async ({ subscriber, shop: { stripe } }) => stripe.subscriptions.cancel((await subscriber("canceled")).id),
  incomplete: async ({ buyer, stall, shop: { stripe } }) => {
    const customer = await buyer("incomplete");
    const failing = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
    await stall.subscribe(customer, { default_payment_method: failing.id, payment_behavior: "default_incomplete" });
  },
  "a pending update": async ({ buyer, stall, shop: { stripe } }) => {
    const customer = await buyer("pending-update");
    const { id, items } = await stall.subscribe(customer);
    const failing = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
    await stripe.subscriptions.update(id, { default_payment_method: failing.id });
    await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? "", quantity: 5 }],
      payment_behavior: "pending_if_incomplete",
      proration_behavior: "always_invoice",
    });
  },
  "a schedule": async ({ buyer, stall, other, shop: { stripe } }) => {
    const month = { interval: "month", interval_count: 1 } as const;
    const phases = [stall.monthly, other.monthly].map((price) => ({ items: [{ price }], duration: month }));
    await stripe.subscriptionSchedules.create({ customer: await buyer("scheduled"), start_date: "now", phases });
  },
  "25 items": async ({ buyer, stall, shop: { stripe } }) => {
    const prices: string[] = [];
    for (let index = 0; index < 24; index++) {
      const { id } = await stripe.prices.create({
        currency: "usd",
        unit_amount: 100,
        recurring: { interval: "month" },
        product_data: { name: `F${index}` },
      });
      prices.push(id);
    }
    const first = prices.slice(0, 18).map((price) => ({ price }));
    const { id } = await stall.subscribe(await buyer("long"), { items: first });
    for (const price of [...prices.slice(18), stall.monthly]) {
      await stripe.subscriptionItems.create({ subscription: id, price });
    }
  },
  renewed: async ({ subscriber, shop }) => {
    const { id } = await subscriber("renewed");
    for (let time = 0; time < 3; time++) await shop.control("renew-now", { subscription: id, ends: "succeeds" });
  },
  "a checkout": ({ checkout, stall }) =>
    checkout("by-checkout", { mode: "subscription", line_items: [{ price: stall.monthly, quantity: 2 }] }),
  "a checkout that sold something beside": ({ checkout, stall, other }) =>
    checkout("and-a-book", {
      mode: "subscription",
      line_items: [
        { price: stall.monthly, quantity: 1 },
        { price: other.once, quantity: 1 },
      ],
    }),
  "a checkout that is marked": ({ checkout, stall }) =>
    checkout("marked-checkout", {
      mode: "subscription",
      line_items: [{ price: stall.monthly, quantity: 1 }],
      metadata: IGNORE,
    }),
  marked: ({ subscriber }) => subscriber("marked", { metadata: IGNORE }),
  disputed: async ({ subscriber, disputed, chargeOfInvoice }) => {
    const { latest_invoice: invoice } = await subscriber("disputed");
    await disputed(await chargeOfInvoice(invoice));
  },
  "a dispute that was won": async ({ subscriber, disputed, chargeOfInvoice }) => {
    const { latest_invoice: invoice } = await subscriber("dispute-won");
    await disputed(await chargeOfInvoice(invoice), "under_review", "won");
  },
  "a dispute that was lost": async ({ subscriber, disputed, chargeOfInvoice }) => {
    const { latest_invoice: invoice } = await subscriber("dispute-lost");
    await disputed(await chargeOfInvoice(invoice), "lost");
  },
  "a test clock": async ({ buyer, stall, shop: { stripe }, now }) => {
    const { id } = await stripe.testHelpers.testClocks.create({ frozen_time: now() });
    await stall.subscribe(await buyer("clocked", { test_clock: id }));
    await stripe.testHelpers.testClocks.advance(id, { frozen_time: now() + 40 * DAY_S });
  },
  "a customer who was deleted": async ({ buyer, stall, shop: { stripe } }) => {
    const customer = await buyer("deleted");
    await stall.subscribe(customer);
    await stripe.customers.del(customer);
  },
  free: async ({ buyer, stall, shop: { stripe } }) => {
    const { id } = await stripe.coupons.create({ percent_off: 100, duration: "forever" });
    await stall.subscribe(await buyer("free"), { discounts: [{ coupon: id }] });
  },
};

const orderTellings: Record<string, (telling: Telling) => Promise<unknown>> = {
  guest: ({ once }) => once("guest"),
  "somebody known": async ({ buyer, stall }) => stall.buyOnce({ customer: await buyer("known") }),
  "with an invoice": async ({ buyer, stall }) =>
    stall.buyOnce({ customer: await buyer("with-invoice") }, { invoice_creation: { enabled: true } }),
  "with an invoice, of a newcomer": ({ once }) =>
    once("newcomer", { invoice_creation: { enabled: true }, customer_creation: "always" }),
  "several lines": ({ once, stall, other }) =>
    once("two-things", {
      line_items: [
        { price: stall.once, quantity: 2 },
        { price: other.once, quantity: 3 },
      ],
    }),
  "for nothing": async ({ once, shop: { stripe } }) => {
    const { id } = await stripe.coupons.create({ percent_off: 100, duration: "once" });
    await once("for-nothing", { discounts: [{ coupon: id }] });
  },
  "a bank that takes its time": ({ once }) => once("delayed", {}, { method: "delayed", card: undefined }),
  "delayed money that came": async ({ once, shop }) => {
    const { payment_intent: payment } = await once("arrived", {}, { method: "delayed", card: undefined });
    await shop.control("payment-arrives", { payment: idOf(payment) });
  },
  refunded: async ({ once, shop: { stripe } }) => {
    const { payment_intent: payment } = await once("refunded");
    await stripe.refunds.create({ payment_intent: idOf(payment) ?? "" });
  },
  "refunded in part": async ({ once, shop: { stripe } }) => {
    const { payment_intent: payment } = await once("refunded-in-part");
    await stripe.refunds.create({ payment_intent: idOf(payment) ?? "", amount: 500 });
  },
  "refunded, with an invoice": async ({ once, shop: { stripe } }) => {
    const more = { invoice_creation: { enabled: true }, customer_creation: "always" } as const;
    const { payment_intent: payment } = await once("refunded-invoice", more);
    await stripe.refunds.create({ payment_intent: idOf(payment) ?? "" });
  },
  disputed: async ({ once, chargeOf, disputed }) =>
    disputed(await chargeOf((await once("disputed-order")).payment_intent)),
  "marked on the payment": ({ once }) => once("marked-payment", { payment_intent_data: { metadata: IGNORE } }),
  "paid elsewhere": async ({ invoiced, shop: { stripe } }) =>
    stripe.invoices.pay(await invoiced("office"), { paid_out_of_band: true }),
  "an invoice that was paid": async ({ invoiced, shop: { stripe } }) => stripe.invoices.pay(await invoiced("invoiced")),
  "an invoice that was credited": async ({ invoiced, shop: { stripe } }) => {
    const { id, total } = await stripe.invoices.pay(await invoiced("credited"));
    await stripe.creditNotes.create({ invoice: id, amount: total, refund_amount: total });
  },
  "an invoice that nobody paid": ({ invoiced }) => invoiced("unpaid-invoice"),
  "a link": async ({ stall, shop }) => {
    const { id } = await shop.stripe.paymentLinks.create({ line_items: [{ price: stall.once, quantity: 1 }] });
    await shop.control("payment-link-sale", { link: id, email: "linked@a.example" });
  },
};
