import type Stripe from "stripe";
import { Bug } from "../base/refusal";
import {
  CURRENCY,
  type PersonState,
  type PriceName,
  type ShopPrice,
  shopPeople,
  shopPrices,
  shopProducts,
} from "./stripe-shop";

export interface StripeShop {
  stripe: Stripe;
  /** Where the simulated Stripe is; its control room does what only Stripe or a bank can do. */
  url: string;
  /** The page to which buyers are sent after they have paid by the link. */
  thanksUrl: string;
}

type Prices = ReadonlyMap<string, string>;

const MARK = "latchkey_demo";
const GOOD_CARD = "4242424242424242";
const DECLINED_CARD = "4000000000000341";

/**
 * Fills the simulated Stripe with the demo shop: products, prices, a link to buy by, and somebody in every state. The link
 * is made last and says that all is there; the steps before it carry idempotency keys, so that a start that died half-way
 * is completed by the next one.
 */
export async function seedStripe(shop: StripeShop): Promise<{ linkUrl: string }> {
  return { linkUrl: await seedShop(shop) };
}

async function seedShop(shop: StripeShop): Promise<string> {
  const links = await shop.stripe.paymentLinks.list({ limit: 100 });
  const done = links.data.find((link) => link.metadata[MARK]);
  if (done) return done.url;
  const prices = await seedCatalogue(shop.stripe);
  await control(shop, "save-portal-settings", {});
  for (const person of shopPeople) await seedPerson(shop, prices, person);
  const price = priceOf(prices, "course");
  const link = await shop.stripe.paymentLinks.create(
    {
      line_items: [{ price, quantity: 1 }],
      metadata: { [MARK]: "complete" },
      after_completion: { type: "redirect", redirect: { url: shop.thanksUrl } },
    },
    { idempotencyKey: "demo link" },
  );
  return link.url;
}

async function seedCatalogue(stripe: Stripe): Promise<Prices> {
  const products = new Map<string, string>();
  for (const { key, name, description } of shopProducts) {
    const product = await stripe.products.create({ name, description }, { idempotencyKey: `demo product ${key}` });
    products.set(key, product.id);
  }
  const prices = new Map<string, string>();
  for (const price of shopPrices) {
    const product = products.get(price.product) ?? "";
    const made = await stripe.prices.create(describe(price, product), { idempotencyKey: `demo price ${price.name}` });
    prices.set(price.name, made.id);
    if (price.name !== "yearly") await stripe.products.update(product, { default_price: made.id });
  }
  return prices;
}

function describe(price: ShopPrice, product: string): Stripe.PriceCreateParams {
  return {
    product,
    currency: CURRENCY,
    ...(price.unitAmount === undefined ? {} : { unit_amount: price.unitAmount }),
    ...(price.customMinimum === undefined
      ? {}
      : { custom_unit_amount: { enabled: true, minimum: price.customMinimum } }),
    ...(price.interval === undefined ? {} : { recurring: { interval: price.interval } }),
  };
}

type Person = (typeof shopPeople)[number];

async function seedPerson(shop: StripeShop, prices: Prices, person: Person): Promise<void> {
  const { email, name, state } = person;
  const customer = await shop.stripe.customers.create({ email, name }, { idempotencyKey: `demo customer ${email}` });
  const has = customer.metadata[MARK] ?? (await reload(shop, customer.id));
  if (has) return;
  await stories[state](shop, { customer: customer.id, prices });
  await shop.stripe.customers.update(customer.id, { metadata: { [MARK]: state } });
}

/** A replayed answer is as old as its first one, so what has happened since is read anew. */
async function reload({ stripe }: StripeShop, id: string): Promise<string | undefined> {
  const customer = await stripe.customers.retrieve(id);
  return customer.deleted ? undefined : customer.metadata[MARK];
}

interface Telling {
  customer: string;
  prices: Prices;
}

const stories: Record<PersonState, (shop: StripeShop, telling: Telling) => Promise<void>> = {
  active: async (shop, telling) => void (await subscribe(shop, telling)),
  trialing: async (shop, telling) => void (await subscribe(shop, telling, { trial_days: 14 })),
  past_due: async (shop, telling) => {
    const subscription = await subscribe(shop, telling);
    await failRenewal(shop, subscription, {});
  },
  cancelling: async (shop, telling) => {
    const subscription = await subscribe(shop, telling);
    await control(shop, "cancel-subscription", { subscription, at_period_end: true });
  },
  canceled: async (shop, telling) => {
    const subscription = await subscribe(shop, telling);
    await control(shop, "cancel-subscription", { subscription });
  },
  paused: async (shop, telling) => {
    const subscription = await subscribe(shop, telling);
    await control(shop, "pause-subscription", { subscription });
  },
  incomplete: async (shop, telling) => void (await subscribe(shop, telling, { card: DECLINED_CARD })),
  unpaid: async (shop, telling) => {
    const subscription = await subscribe(shop, telling);
    await failRenewal(shop, subscription, { after_retries: "unpaid", retry_after_s: [] });
  },
  bought: async (shop, telling) => void (await buy(shop, telling, "bakery")),
  refunded: async (shop, telling) => {
    const payment = await buy(shop, telling, "course");
    await shop.stripe.refunds.create({ payment_intent: payment });
  },
  disputed: async (shop, telling) => {
    const payment = await buy(shop, telling, "workshop");
    const [charge] = (await shop.stripe.charges.list({ payment_intent: payment })).data;
    await control(shop, "open-dispute", { charge: charge?.id ?? "" });
  },
  pending: async (shop, telling) => void (await buy(shop, telling, "course", { method: "delayed" })),
};

// As the simulated account begins: an hour as a draft, then three more tries within two weeks.
const USUAL = { after_retries: "cancel", retry_after_s: [259_200, 432_000, 604_800], draft_for_s: 3_600 };

/** Without the hour for which an invoice is a draft, so that the failure is there at once. */
async function failRenewal(shop: StripeShop, subscription: string, settings: object): Promise<void> {
  await control(shop, "billing-settings", { ...settings, draft_for_s: 0 });
  await control(shop, "renew-now", { subscription, ends: "fails" });
  await control(shop, "move-clock", { seconds: 1 });
  await control(shop, "billing-settings", USUAL);
}

async function subscribe(shop: StripeShop, { customer, prices }: Telling, more: object = {}): Promise<string> {
  const terms = { customer, price: priceOf(prices, "monthly"), card: GOOD_CARD, ...more };
  const { id } = await control<{ id: string }>(shop, "dashboard-subscription", terms);
  return id;
}

/** Through a checkout session, as a buyer does. Answers the payment. */
async function buy(shop: StripeShop, telling: Telling, name: PriceName, more: object = {}): Promise<string> {
  const { customer, prices } = telling;
  const session = await shop.stripe.checkout.sessions.create({
    mode: "payment",
    customer,
    line_items: [{ price: priceOf(prices, name), quantity: 1 }],
    success_url: shop.thanksUrl,
  });
  await control(shop, "complete-checkout", { session: session.id, card: GOOD_CARD, ...more });
  const { payment_intent: payment } = await shop.stripe.checkout.sessions.retrieve(session.id);
  return typeof payment === "string" ? payment : (payment?.id ?? "");
}

function priceOf(prices: Prices, name: PriceName): string {
  const price = prices.get(name);
  if (!price) throw new Bug("the demo shop has no such price", { name });
  return price;
}

async function control<Answer>({ url }: StripeShop, command: string, params: object): Promise<Answer> {
  const response = await fetch(new URL(`/_control/${command}`, url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  });
  if (!response.ok) throw new Bug(`the control room refused ${command}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
