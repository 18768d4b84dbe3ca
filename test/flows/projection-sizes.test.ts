import { findConnectionsById } from "../../src/connections/connections.store";
import { readPublicIdOf } from "../../src/base/ids";
import { lookAtCustomer } from "../../src/projection/look-at-customer";
import { isLong } from "../kit/is-long";
import { type Shop, startShop } from "../kit/start-shop";

// Lists in Stripe's objects show ten of what they hold, and lists of objects a hundred. All of it counts.

let shop: Shop;
const prices: { product: string; monthly: string; once: string }[] = [];
const MANY = 25;
/** Rows of the second page: the first one holds a hundred. */
const BEYOND_A_PAGE = isLong ? 130 : 101;

beforeAll(async () => {
  shop = await startShop();
  for (let index = 0; index < MANY; index++) prices.push(await sell(`thing-${String(index).padStart(2, "0")}`));
});
afterAll(() => shop.stop());

/** A product of ours, linked to one in Stripe with two prices. */
async function sell(key: string): Promise<(typeof prices)[number]> {
  const { stripe, latchkey } = shop;
  const { id: product } = await stripe.products.create({ name: key });
  const terms = { product, currency: "usd", unit_amount: 100 };
  const monthly = (await stripe.prices.create({ ...terms, recurring: { interval: "month" } })).id;
  const once = (await stripe.prices.create(terms)).id;
  await latchkey.get("mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }", {
    input: { key, name: key, status: "LIVE" },
  });
  await latchkey.get("mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }", {
    input: { product: key, stripeProductId: product, importExisting: false },
  });
  return { product, monthly, once };
}

async function customerOf(email: string): Promise<string> {
  const { stripe } = shop;
  const { id: customer } = await stripe.customers.create({ email });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
  return customer;
}

/** The keys of what somebody may open. */
async function opened(email: string): Promise<string[]> {
  await shop.settled();
  const query = `query ($email: String!) { userByEmail(email: $email) { products(allowed: true, first: 100) { nodes { product { key } } } } }`;
  const { userByEmail } = await shop.latchkey.get<{
    userByEmail: { products: { nodes: { product: { key: string } }[] } } | null;
  }>(query, { email });
  return (userByEmail?.products.nodes ?? []).map(({ product }) => product.key).sort();
}

const everything = () => prices.map((_, index) => `thing-${String(index).padStart(2, "0")}`);

test("F21, TA-X21: every one of 25 items of a subscription opens what it should", async () => {
  const email = "items@shop.example";
  const items = prices.map(({ monthly }) => ({ price: monthly }));
  const customer = await customerOf(email);
  const first = await shop.stripe.subscriptions.create({ customer, items: items.slice(0, 20) });
  await shop.stripe.subscriptions.update(first.id, { items: items.slice(20) });
  expect(await opened(email)).toEqual(everything());
});

test("F21: every one of 60 lines of a checkout", async () => {
  const email = "lines@shop.example";
  const lines = Array.from({ length: 60 }, (_, at) => ({ price: prices[at % MANY]?.once ?? "", quantity: 1 }));
  const session = await shop.stripe.checkout.sessions.create({
    mode: "payment",
    success_url: "https://shop.example/thanks",
    line_items: lines,
  });
  await shop.control("complete-checkout", { session: session.id, email, card: "4242424242424242" });
  expect(await opened(email)).toEqual(everything());
});

test("F21: every line of an invoice that has more than a hundred", async () => {
  const email = "invoice@shop.example";
  const customer = await customerOf(email);
  const { id: invoice } = await shop.stripe.invoices.create({ customer, auto_advance: false });
  for (let at = 0; at < 100 + MANY; at++) {
    const price = at < 100 ? (prices[0]?.once ?? "") : (prices[at - 100]?.once ?? "");
    await shop.stripe.invoiceItems.create({ customer, invoice, pricing: { price }, quantity: 1 });
  }
  await shop.stripe.invoices.pay(invoice);
  expect(await opened(email)).toEqual(everything());
});

test("RWS-X7: what was bought for ever before 25 renewals stays open", async () => {
  const email = "renewals@shop.example";
  const customer = await customerOf(email);
  await shop.control("dashboard-invoice", { customer, price: prices[7]?.once });
  const { id } = await shop.stripe.subscriptions.create({ customer, items: [{ price: prices[3]?.monthly ?? "" }] });
  for (let month = 0; month < 25; month++) await shop.control("renew-now", { subscription: id, ends: "succeeds" });
  expect(await opened(email)).toEqual(["thing-03", "thing-07"]);
  await shop.stripe.subscriptions.cancel(id);
  expect(await opened(email)).toEqual(["thing-07"]);
});

test("F21: a customer with more than a hundred invoices, told by webhooks that come all at once", async () => {
  const email = "many@shop.example";
  const customer = await customerOf(email);
  await shop.settled();
  shop.simulator.deliveries.holdAll();
  for (let at = 0; at < BEYOND_A_PAGE; at++)
    await shop.control("dashboard-invoice", { customer, price: prices[at % MANY]?.once });
  await shop.simulator.deliveries.release();
  expect(await opened(email)).toEqual(everything());
});

describe("everything of one customer, whatever the length of the lists", () => {
  test("RWS-X7: more than a hundred subscriptions, orders and checkouts each, told by no webhook at all", async () => {
    const { stripe, latchkey } = shop;
    const emails = (isLong ? [1, 2, 3] : [1]).map((person) => `all-${person}@shop.example`);
    await shop.settled();
    shop.simulator.deliveries.instruct({ event: "*", count: 100_000, drop: true });
    const counts: number[] = [];
    for (const email of emails) {
      const customer = await customerOf(email);
      for (let at = 0; at < 101; at++) {
        // The oldest of each list is the only one that gives its product.
        const [sub, order, sale] = at === 0 ? [0, 1, 2] : [5, 6, 7];
        await stripe.subscriptions.create({ customer, items: [{ price: prices[sub]?.monthly ?? "" }] });
        await shop.control("dashboard-invoice", { customer, price: prices[order]?.once });
        const session = await stripe.checkout.sessions.create({
          mode: "payment",
          customer,
          success_url: "https://shop.example/thanks",
          line_items: [{ price: prices[sale]?.once ?? "", quantity: 1 }],
        });
        await shop.control("complete-checkout", { session: session.id, email, card: "4242424242424242" });
      }
      expect(await opened(email)).toEqual([]);
      const { deps } = latchkey.server;
      const [connection] = await findConnectionsById(deps.db, [readPublicIdOf("connection", shop.connection) ?? ""]);
      if (!connection) throw new Error("there is no connection");
      const applied = await lookAtCustomer(deps, connection, customer, "RECONCILIATION");
      counts.push(applied.length);
      const wanted = ["thing-00", "thing-01", "thing-02", "thing-05", "thing-06", "thing-07"];
      expect(await opened(email)).toEqual(wanted);
      // The same once more changes nothing.
      const again = await lookAtCustomer(deps, connection, customer, "RECONCILIATION");
      expect(again.map(({ wasKnown }) => wasKnown)).not.toContain(false);
    }
    expect(counts).toEqual(emails.map(() => 303));
    shop.simulator.deliveries.instructions.clear();
  });
});
