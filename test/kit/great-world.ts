import Stripe from "stripe";
import { type SimulatedStripe, openSimulatedStripe } from "../../src/local/stripe/simulated-stripe";

/** A shop that has gone on for a long time before anybody linked it. */
export interface GreatWorld {
  simulator: SimulatedStripe;
  /** Stripe's products, all of which are sold. */
  products(): string[];
  close(): Promise<void>;
}

export interface WorldSize {
  customers: number;
  subscriptions: number;
  /** So many times one of each kind of purchase that is no plain subscription. */
  special: number;
}

const HOUR_S = 3_600;
const CARD = "4242424242424242";

/** Made through Stripe's API what has a story, and by the thousand what has none; the last of it an hour ago. */
export async function openGreatWorld({ customers, subscriptions, special }: WorldSize): Promise<GreatWorld> {
  const clock = { now: () => new Date(Date.now() - HOUR_S * 1_000) };
  const simulator = await openSimulatedStripe({ clock });
  const { host, port } = simulator;
  const stripe = new Stripe("sk_test_great", { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
  if (special > 0) await sellSpecials({ stripe, url: simulator.url }, special);
  simulator.control.seed({ customers, subscriptions });
  // Its time is ours from now on, and nothing of it is as young as the import.
  simulator.control.moveBy(HOUR_S);
  return {
    simulator,
    products: () => simulator.world.shelves.product.inOrder.map(({ row }) => row.id),
    close: () => simulator.close(),
  };
}

interface Till {
  stripe: Stripe;
  url: string;
}

async function sellSpecials({ stripe, url }: Till, times: number): Promise<void> {
  const { id: product } = await stripe.products.create({ name: "Special" });
  const terms = { product, currency: "usd", unit_amount: 900 };
  const { id: monthly } = await stripe.prices.create({ ...terms, recurring: { interval: "month" } });
  const { id: once } = await stripe.prices.create(terms);
  const control = async (name: string, body: object) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/_control/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const subscribe = async (name: string, more: Partial<Stripe.SubscriptionCreateParams> = {}) => {
    const { id: customer } = await stripe.customers.create({ email: `${name}@special.example` });
    const { id: card } = await stripe.paymentMethods.attach("pm_card_visa", { customer });
    const terms = { customer, items: [{ price: monthly }], default_payment_method: card, ...more };
    return stripe.subscriptions.create({ ...terms, expand: ["latest_invoice.payments"] });
  };
  const buy = async (name: string, more: Partial<Stripe.Checkout.SessionCreateParams> = {}) => {
    const { id } = await stripe.checkout.sessions.create({
      mode: "payment",
      success_url: "https://shop.example/thanks",
      line_items: [{ price: once, quantity: 1 }],
      ...more,
    });
    await control("complete-checkout", { session: id, card: CARD, email: `${name}@special.example` });
    const { payment_intent: intent } = await stripe.checkout.sessions.retrieve(id);
    return typeof intent === "string" ? intent : "";
  };
  const dispute = async (intent: string) => {
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent);
    await control("open-dispute", { charge });
  };
  for (let time = 0; time < times; time++) {
    await subscribe(`trialing-${time}`, { trial_period_days: 14 });
    const { id: leaving } = await subscribe(`leaving-${time}`);
    await stripe.subscriptions.update(leaving, { cancel_at_period_end: true });
    await control("pause-subscription", { subscription: (await subscribe(`paused-${time}`)).id });
    await control("renew-now", { subscription: (await subscribe(`renewed-${time}`)).id, ends: "succeeds" });
    const { latest_invoice: invoice } = await subscribe(`disputed-${time}`);
    const paid = typeof invoice === "object" ? invoice?.payments?.data[0]?.payment.payment_intent : null;
    await dispute(typeof paid === "string" ? paid : "");
    await buy(`guest-${time}`);
    await buy(`invoiced-${time}`, { invoice_creation: { enabled: true }, customer_creation: "always" });
    await stripe.refunds.create({ payment_intent: await buy(`refunded-${time}`) });
    await dispute(await buy(`disputed-order-${time}`));
    const line_items = [{ price: monthly, quantity: 1 }];
    await buy(`by-checkout-${time}`, { mode: "subscription", line_items });
  }
}
