import type Stripe from "stripe";
import type { Activity, Job } from "../generated/operations";
import { until } from "./until";
import type { Shop } from "./start-shop";

/** One thing that a shop sells: a product in Stripe with two prices, and the product of ours that it should open. */
export interface Stall {
  key: string;
  stripeProduct: string;
  /** Nine dollars a month. */
  monthly: string;
  /** Nineteen dollars once. */
  once: string;
  /** A customer with a card. */
  customer(email: string | null, more?: Stripe.CustomerCreateParams): Promise<string>;
  subscribe(customer: string, more?: Partial<Stripe.SubscriptionCreateParams>): Promise<Stripe.Subscription>;
  /** A finished checkout of the price that is sold once. Answers the session. */
  buyOnce(
    buyer: { email?: string; customer?: string },
    more?: Partial<Stripe.Checkout.SessionCreateParams>,
  ): Promise<string>;
  /** Links both, offers both prices to the public, and waits until the import is over. */
  link(input?: Record<string, unknown>): Promise<{ link: string; job: Job }>;
  /** Whether the person with this address may open the product; null: nobody has the address. */
  allowed(email: string): Promise<boolean | null>;
  journal(email: string): Promise<Activity[]>;
}

const PRODUCT = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
const LINK = `mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } job { id } } }`;
const USER = `query ($email: String!) { userByEmail(email: $email) { id } }`;
const ACCESS = `query ($product: String!, $user: ID!) { access(product: $product, user: $user) { allowed } }`;
const JOURNAL = `query ($user: ID!) { activities(filter: { user: $user }, first: 200) {
  nodes { type at origin stripeObject product { key } } } }`;
const JOB = `query ($id: ID!) { job(id: $id) {
  id kind status dryRun total done created updated skipped failed error finishedAt createdAt
  problems(first: 200) { nodes { row subject code message } totalCount } } }`;

export async function openStall(shop: Shop, key: string): Promise<Stall> {
  const { stripe, latchkey } = shop;
  const { id: stripeProduct } = await stripe.products.create({ name: key });
  const price = { product: stripeProduct, currency: "usd" };
  const { id: monthly } = await stripe.prices.create({ ...price, unit_amount: 900, recurring: { interval: "month" } });
  const { id: once } = await stripe.prices.create({ ...price, unit_amount: 1_900 });
  await latchkey.get(PRODUCT, { input: { key, name: key, status: "LIVE", purchaseMethod: "CHECKOUT" } });
  const userOf = async (email: string) =>
    (await latchkey.get<{ userByEmail: { id: string } | null }>(USER, { email })).userByEmail?.id ?? null;
  return {
    key,
    stripeProduct,
    monthly,
    once,
    customer: async (email, more = {}) => {
      const { id } = await stripe.customers.create({ ...(email === null ? {} : { email }), ...more });
      const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: id });
      await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
      return id;
    },
    subscribe: (customer, more = {}) =>
      stripe.subscriptions.create({ customer, items: [{ price: monthly, quantity: 1 }], ...more }),
    buyOnce: async ({ email, customer }, more = {}) => {
      const { id } = await stripe.checkout.sessions.create({
        mode: "payment",
        success_url: "https://shop.example/thanks",
        line_items: [{ price: once, quantity: 1 }],
        ...(customer === undefined ? {} : { customer }),
        ...more,
      });
      const typed = email === undefined ? {} : { email };
      await shop.control("complete-checkout", { session: id, card: "4242424242424242", ...typed });
      return id;
    },
    link: async (input = {}) => {
      const named = Array.isArray(input["priceIds"]) ? input["priceIds"] : [];
      // A link can only offer prices that it counts.
      const offeredPriceIds = [monthly, once].filter((id) => named.length === 0 || named.includes(id));
      const answer = await latchkey.get<{ linkProduct: { link: { id: string }; job: { id: string } } }>(LINK, {
        input: { product: key, stripeProductId: stripeProduct, offeredPriceIds, ...input },
      });
      const { link, job } = answer.linkProduct;
      return { link: link.id, job: await jobDone(shop, job.id) };
    },
    allowed: async (email) => {
      const user = await userOf(email);
      if (user === null) return null;
      const { access } = await latchkey.get<{ access: { allowed: boolean } }>(ACCESS, { product: key, user });
      return access.allowed;
    },
    journal: async (email) => {
      const { activities } = await latchkey.get<{ activities: { nodes: Activity[] } }>(JOURNAL, {
        user: await userOf(email),
      });
      return activities.nodes;
    },
  };
}

/** The job when it is over. */
export async function jobDone({ latchkey }: Pick<Shop, "latchkey">, id: string): Promise<Job> {
  const read = async () => (await latchkey.get<{ job: Job }>(JOB, { id })).job;
  return until(read, (job) => job.finishedAt !== null);
}
