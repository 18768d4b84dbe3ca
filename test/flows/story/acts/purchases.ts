import type Stripe from "stripe";
import type { Price } from "../goods";
import type { Actor } from "../people";
import { type Act, type Stage, anyRow, does } from "../stage";
import { customerFor, noteCustomer } from "./customers";

const SUCCESS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}";
const CARD_OK = "4242424242424242";

/** Somebody who may buy by a customer of their own. */
function anyBuyer({ chance, people }: Stage): Actor | undefined {
  return chance.pick(people.filter(({ kind }) => kind !== "guest" && kind !== "plain"));
}

async function withCustomer(
  stage: Stage,
  buy: (customer: string, actor: Actor) => Promise<string | null>,
): Promise<string | null> {
  const actor = anyBuyer(stage);
  const customer = actor && (await customerFor(stage, actor));
  if (!actor || !customer) return null;
  const told = await buy(customer, actor);
  return told && `${actor.email} (${customer}) ${told}`;
}

async function checkOut(stage: Stage, session: Stripe.Checkout.SessionCreateParams, typed: object): Promise<string> {
  const { id } = await stage.stripe.checkout.sessions.create({ success_url: SUCCESS, ...session });
  const { outcome } = await does<{ outcome: string }>(stage, "complete-checkout", { session: id, ...typed });
  return `${id}: ${outcome}`;
}

function linesOf({ chance }: Stage, prices: readonly Price[]): { price: string; quantity: number }[] {
  return prices.map(({ id }) => ({ price: id, quantity: chance.between(1, 3) }));
}

/** Mostly one thing, sometimes several, and now and then more than a page of them, with the one that matters last. */
function basket({ chance, goods }: Stage, from: readonly Price[], fillers: readonly Price[]): Price[] {
  const wanted = chance.some(from, chance.yes(0.7) ? 1 : chance.between(2, 3));
  return chance.yes(0.15) ? [...fillers.slice(0, chance.between(10, goods.fillers.once.length)), ...wanted] : wanted;
}

const buyOnce: Act = {
  weight: 12,
  run: (stage) =>
    withCustomer(stage, async (customer) => {
      const { chance, goods } = stage;
      const isFree = chance.yes(0.1);
      const prices = isFree ? [goods.free] : basket(stage, goods.once, goods.fillers.once);
      const method = !isFree && chance.yes(0.25) ? { method: "delayed" } : { card: CARD_OK };
      const invoice = !isFree && chance.yes(0.3) ? { invoice_creation: { enabled: true } } : {};
      const terms = { mode: "payment", customer, line_items: linesOf(stage, prices), ...invoice } as const;
      return `bought ${prices.length} once ${JSON.stringify(method)} ${await checkOut(stage, terms, method)}`;
    }),
};

const subscribeByCheckout: Act = {
  weight: 8,
  run: (stage) =>
    withCustomer(stage, async (customer) => {
      const { chance, goods } = stage;
      const prices = chance.yes(0.2)
        ? chance.some(goods.yearly, 1)
        : basket(stage, goods.monthly, goods.fillers.monthly);
      const trial = chance.yes(0.25) ? { subscription_data: { trial_period_days: chance.between(3, 20) } } : {};
      const method = chance.yes(0.15) ? { method: "delayed" } : { card: CARD_OK };
      const terms = { mode: "subscription", customer, line_items: linesOf(stage, prices), ...trial } as const;
      return `subscribed to ${prices.length} ${JSON.stringify({ ...trial, ...method })} ${await checkOut(stage, terms, method)}`;
    }),
};

/** A guest has no customer in Stripe, and may come again. */
const buyAsGuest: Act = {
  weight: 4,
  run: async (stage) => {
    const { chance, goods, people } = stage;
    const actor = chance.pick(people.filter(({ kind }) => kind === "guest" || kind === "plain"));
    if (!actor) return null;
    // Whatever a buyer writes into the address proves nothing.
    const forged = chance.yes(0.5) ? { client_reference_id: chance.pick(people)?.email.replace(/\W/g, "_") } : {};
    const sale = { link: goods.paymentLinks.guest, email: actor.email, card: CARD_OK, ...forged };
    await does(stage, "payment-link-sale", sale);
    return `${actor.email} bought by a payment link as a guest ${JSON.stringify(forged)}`;
  },
};

/** Payment links that create a customer each time. */
const buyByLink: Act = {
  weight: 4,
  run: async (stage) => {
    const { chance, goods, people } = stage;
    const actor = chance.pick(people.filter(({ kind }) => kind === "matched" || kind === "stranger"));
    if (!actor) return null;
    const link = chance.yes(0.5) ? goods.paymentLinks.invoiced : goods.paymentLinks.subscription;
    const sale = { link, email: actor.email, card: CARD_OK };
    const { session } = await does<{ session: { customer: string } }>(stage, "payment-link-sale", sale);
    noteCustomer(stage, actor, session.customer, actor.email);
    return `${actor.email} bought by a payment link as ${session.customer}`;
  },
};

const sellSubscription: Act = {
  weight: 10,
  run: (stage) =>
    withCustomer(stage, async (customer) => {
      const { chance, goods, stripe } = stage;
      if (chance.yes(0.4)) {
        const price = chance.pick([...goods.monthly, ...goods.yearly])?.id;
        const terms = { customer, price, quantity: chance.between(1, 5), paid_elsewhere: chance.yes(0.4) };
        const trial = chance.yes(0.3) ? { trial_days: chance.between(1, 30) } : {};
        const { id } = await does(stage, "dashboard-subscription", { ...terms, ...trial });
        return `was subscribed in the office ${id} ${JSON.stringify(trial)}`;
      }
      const items = linesOf(stage, basket(stage, goods.monthly, goods.fillers.monthly));
      const trial = chance.yes(0.2) ? { trial_period_days: chance.between(2, 14) } : {};
      const isSent = chance.yes(0.2);
      const sent = isSent
        ? ({ collection_method: "send_invoice", days_until_due: chance.between(1, 10) } as const)
        : {};
      const { id, status } = await stripe.subscriptions.create({ customer, items, ...trial, ...sent });
      return `was subscribed to ${items.length} by the API ${id}: ${status}${isSent ? ", and is sent its invoices" : ""}`;
    }),
};

/** An invoice over single things, paid by card, elsewhere, or not yet. */
const sendInvoice: Act = {
  weight: 7,
  run: (stage) =>
    withCustomer(stage, async (customer) => {
      const { chance, goods, stripe } = stage;
      const { id } = await stripe.invoices.create({
        customer,
        currency: "usd",
        pending_invoice_items_behavior: "exclude",
      });
      for (const { id: price } of basket(stage, goods.once, goods.fillers.once)) {
        await stripe.invoiceItems.create({ customer, invoice: id, pricing: { price }, quantity: chance.between(1, 2) });
      }
      await stripe.invoices.finalizeInvoice(id, { auto_advance: false });
      if (chance.yes(0.3)) return `was sent the invoice ${id}`;
      const isElsewhere = chance.yes(0.4);
      const { status } = await stripe.invoices.pay(id, isElsewhere ? { paid_out_of_band: true } : {});
      return `was sent the invoice ${id}: ${status}`;
    }),
};

/** What was left open is paid at last, or given up. */
const settleInvoice: Act = {
  weight: 5,
  run: async (stage) => {
    const { chance, stripe } = stage;
    const invoice = anyRow(stage, "invoice", ({ status, parent }) => status === "open" && parent === null);
    if (!invoice) return null;
    const end = chance.pick(["pay", "elsewhere", "void", "uncollectible"] as const);
    if (end === "pay") await stripe.invoices.pay(invoice.id);
    if (end === "elsewhere") await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
    if (end === "void") await stripe.invoices.voidInvoice(invoice.id);
    if (end === "uncollectible") await stripe.invoices.markUncollectible(invoice.id);
    return `the invoice ${invoice.id}: ${end}`;
  },
};

/** The bank has news about money that was on its way. */
const hearFromBank: Act = {
  weight: 6,
  run: async (stage) => {
    const payment = anyRow(stage, "payment_intent", ({ status }) => status === "processing");
    if (!payment) return null;
    const news = stage.chance.yes(0.65) ? "payment-arrives" : "payment-fails";
    await does(stage, news, { payment: payment.id });
    return `${payment.id}: ${news}`;
  },
};

export const purchases: Record<string, Act> = {
  buyOnce,
  subscribeByCheckout,
  buyAsGuest,
  buyByLink,
  sellSubscription,
  sendInvoice,
  settleInvoice,
  hearFromBank,
};
