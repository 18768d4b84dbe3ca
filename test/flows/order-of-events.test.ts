import type Stripe from "stripe";
import { isLong } from "../kit/is-long";
import { type Shop, startShop } from "../kit/start-shop";

/**
 * Stripe promises no order and no single delivery. Here many people buy the same; the six events of each purchase come in
 * another of the 720 orders (all of them in `npm run test:long`), and the first of them again at the end. Each must end
 * with the same grants and journal.
 */
let shop: Shop;

beforeAll(async () => {
  shop = await startShop({ stripe: { delivery: { parallel: 8 } } });
});
afterAll(() => shop.stop());

const ORDERS = permutations([0, 1, 2, 3, 4, 5]);

interface Sale {
  product: string;
  mode: "subscription" | "payment";
  more?: Partial<Stripe.Checkout.SessionCreateParams>;
  /** Six types of events that each purchase has. */
  types: string[];
  /** Which part of the 720 orders is tried: every first, every fifth and so on. */
  every: number;
  ends: { grants: string[]; journal: string[] };
}

const atTheEnd = ["customer.created", "invoice.paid", "invoice.payment_succeeded", "invoice_payment.paid"];

const subscription: Sale = {
  product: "monthly",
  mode: "subscription",
  types: ["customer.subscription.created", "checkout.session.completed", ...atTheEnd],
  every: isLong ? 1 : 24,
  ends: {
    grants: ["SUBSCRIPTION 1 of sub, from 12:00:00 without end"],
    journal: [
      "ACCESS_STARTED SYSTEM of sub at 12:00:00",
      "CUSTOMER_LINKED STRIPE of cus at 12:00:00",
      "PRODUCT_PURCHASED CUSTOMER of sub at 12:00:00",
      "SUBSCRIPTION_STARTED CUSTOMER of sub at 12:00:00",
      "USER_CREATED STRIPE of cus at 12:00:00",
    ],
  },
};

const once: Sale = {
  product: "single",
  mode: "payment",
  more: { invoice_creation: { enabled: true } },
  types: ["payment_intent.succeeded", "checkout.session.completed", ...atTheEnd],
  every: isLong ? 5 : 60,
  ends: {
    grants: ["PURCHASE 1 of in, from 12:00:00 without end"],
    journal: [
      "ACCESS_STARTED SYSTEM of in at 12:00:00",
      "CUSTOMER_LINKED STRIPE of cus at 12:00:00",
      "PRODUCT_PURCHASED CUSTOMER of in at 12:00:00",
      "USER_CREATED STRIPE of cus at 12:00:00",
    ],
  },
};

test.each([
  ["a subscription", subscription],
  ["one thing", once],
] as const)(
  "F1: the six events of a checkout of %s, in whatever order and with duplicates, end in the same grants and journal",
  async (_title, sale) => {
    const price = await sell(sale);
    const orders = ORDERS.filter((_, at) => at % sale.every === 0);
    // What is held stays held: what is sent, is sent by name.
    shop.simulator.deliveries.holdAll();
    const events: string[][] = [];
    for (const at of orders.keys()) events.push(await buy(`${sale.product}-${at}@example.com`, price, sale));
    for (let turn = 0; turn < 6; turn++) {
      await Promise.all(events.map((six, at) => send(six[orders[at]?.[turn] ?? 0])));
      // What comes before is worked before the others come: the first event, or the first three.
      if (turn === 0 || turn === 2) await shop.settled();
    }
    await shop.settled();
    await Promise.all(events.map((six, at) => send(six[orders[at]?.[0] ?? 0], 2)));
    await shop.settled();
    const ends = await endsOf(sale.product);
    expect(ends).toHaveLength(orders.length);
    for (const end of ends) expect(end).toEqual(sale.ends);
  },
);

async function sell({ product: key, mode }: Sale): Promise<string> {
  const { stripe, latchkey } = shop;
  const { id: product } = await stripe.products.create({ name: key });
  const recurring = mode === "subscription" ? { recurring: { interval: "month" as const } } : {};
  const { id: price } = await stripe.prices.create({ product, currency: "usd", unit_amount: 900, ...recurring });
  await latchkey.get(CREATE, { input: { key, name: key, status: "LIVE" } });
  await latchkey.get(LINK, { input: { product: key, stripeProductId: product, importExisting: false } });
  return price;
}

const CREATE = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
const LINK = "mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }";

/** Answers the six events of the purchase, in the order of their types. */
async function buy(email: string, price: string, { mode, more, types }: Sale): Promise<string[]> {
  const { stripe, simulator, control } = shop;
  const events = simulator.world.shelves.event.inOrder;
  const before = events.length;
  const terms = { mode, success_url: "https://shop.example", line_items: [{ price, quantity: 1 }], ...more };
  const { id: session } = await stripe.checkout.sessions.create(terms);
  await control("complete-checkout", { session, email, card: "4242424242424242" });
  const fresh = events.slice(before).map(({ row }) => row);
  return types.map((type) => fresh.find((event) => event.type === type)?.id ?? `no ${type}`);
}

async function send(event: string | undefined, copies = 1): Promise<void> {
  await shop.simulator.deliveries.resend(event ?? "", { copies });
}

/** What each buyer has in the end, without names and numbers. */
function endsOf(product: string): Promise<Sale["ends"][]> {
  return shop.latchkey.server.deps.db.rows(
    `select
       (select array_agg(concat_ws(' ', g.reason, g.quantity, 'of', split_part(g.stripe_object, '_', 1)) || ', from '
          || to_char(g.starts_at at time zone 'utc', 'HH24:MI:SS') || coalesce(' to ' || coalesce(g.ended_at, g.ends_at), ' without end')
          order by g.id) from grants g where g.user_id = u.id) as grants,
       (select array_agg(concat_ws(' ', a.type, a.actor, 'of', split_part(a.stripe_object, '_', 1), 'at',
          to_char(a.at at time zone 'utc', 'HH24:MI:SS')) order by a.type, a.at) from activities a where a.user_id = u.id) as journal
     from users u where u.email like $1 order by u.id`,
    [`${product}-%`],
  );
}

function permutations(of: readonly number[]): number[][] {
  if (of.length === 0) return [[]];
  return of.flatMap((one) => permutations(of.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}
