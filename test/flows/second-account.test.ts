import Stripe from "stripe";
import { type Shop, startShop } from "../kit/start-shop";
import { untilTrue } from "../kit/until";

const KEY = "sk_test_account_bakery";
const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id account mode status } }";
const LINK = "mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }";
const BUY = "mutation ($input: CreateCheckoutSessionInput!) { createCheckoutSession(input: $input) { id url } }";
const ACCESS = `{ access(product: "rye", user: "ada") { allowed reason grant { stripeObject } } }`;

let shop: Shop;
beforeAll(async () => (shop = await startShop({ env: { LATCHKEY_ALLOWED_URLS: "https://shop.example" } })));
afterAll(() => shop.stop());

interface Connected {
  connectStripe: { id: string; account: string; mode: string; status: string };
}

test("a second simulated account is connected beside the first, and what is bought there opens its product", async () => {
  const { latchkey, simulator } = shop;
  const { connectStripe: second } = await latchkey.get<Connected>(CONNECT, { input: { secretKey: KEY } });
  expect(second).toMatchObject({ mode: "TEST", status: "CONNECTED" });
  expect(second.id).not.toBe(shop.connection);
  const listed = await latchkey.get<{ stripeConnections: { account: string }[] }>("{ stripeConnections { account } }");
  expect(new Set(listed.stripeConnections.map(({ account }) => account)).size).toBe(2);

  const { host, port } = simulator;
  const stripe = new Stripe(KEY, { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false });
  const product = await stripe.products.create({
    name: "Rye",
    default_price_data: { currency: "eur", unit_amount: 500 },
  });
  await latchkey.get(`mutation { createProduct(input: { key: "rye", name: "Rye", status: LIVE }) { id } }`);
  await latchkey.get(`mutation { createUser(input: { externalId: "ada", email: "ada@example.com" }) { id } }`);
  await latchkey.get(LINK, { input: { product: "rye", connection: second.id, stripeProductId: product.id } });
  const input = { product: "rye", user: "ada", successUrl: "https://shop.example/thanks" };
  const { createCheckoutSession: session } = await latchkey.get<{ createCheckoutSession: { id: string; url: string } }>(
    BUY,
    { input },
  );
  const paid = await fetch(new URL("/_control/complete-checkout", session.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ session: session.id, card: "4242424242424242" }),
  });
  expect(paid.status).toBe(200);
  const access = async () => (await latchkey.get<{ access: { allowed: boolean; reason: string } }>(ACCESS)).access;
  await untilTrue(async () => (await access()).allowed);
  expect(await access()).toMatchObject({ allowed: true, reason: "PURCHASE" });
  expect((await shop.stripe.checkout.sessions.list()).data).toEqual([]);
});
