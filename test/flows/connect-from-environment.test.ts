import { type Latchkey, startLatchkeyOn } from "../kit/start-latchkey";
import { SHOP_KEY, type Shop, type ShopOptions, startShop } from "../kit/start-shop";
import { until, untilTrue } from "../kit/until";

interface Connection {
  id: string;
  status: string;
  lastError: string | null;
  fromEnvironment: boolean;
  webhookUrl: string;
  webhookHealth: { configured: boolean; apiVersionMatches: boolean | null };
}

let shop: Shop;
const others: Latchkey[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) await other.stop();
  await shop.stop();
});

const ENV = { STRIPE_SECRET_KEY: SHOP_KEY };
const open = async (options: ShopOptions = {}) => {
  shop = await startShop({ connect: false, ...options, env: { ...ENV, ...options.env } });
};
const list = async () =>
  (
    await shop.latchkey.get<{ stripeConnections: Connection[] }>(
      "{ stripeConnections { id status lastError fromEnvironment webhookUrl webhookHealth { configured apiVersionMatches } } }",
    )
  ).stripeConnections;
const endpoints = async () => (await shop.stripe.webhookEndpoints.list()).data.map(({ url }) => url);
const journal = async () =>
  (
    await shop.latchkey.get<{ activities: { nodes: { type: string; actor: string }[] } }>(
      "{ activities(filter: { types: [STRIPE_CONNECTED, STRIPE_DISCONNECTED] }) { nodes { type actor } } }",
    )
  ).activities.nodes;

async function connected(): Promise<Connection> {
  const [connection] = await until(list, (found) => found.length > 0);
  if (!connection) throw new Error(`nothing was connected: ${shop.latchkey.logged.join("")}`);
  return connection;
}

const another = async (env: object = {}) => {
  const { url } = shop.latchkey.server;
  const server = await startLatchkeyOn(shop.latchkey.database, {
    env: { ...ENV, LATCHKEY_PUBLIC_URL: url, STRIPE_API_BASE: shop.simulator.url, PORT: "0", ...env },
    clock: shop.clock,
  });
  others.push(server);
  await untilTrue(
    () => server.logged.some((line) => /STRIPE_SECRET_KEY is connected/.test(line)),
    () => server.logged,
  );
};

test("the account of the settings is connected at start, with its endpoint, and marked as such", async () => {
  await open();
  const connection = await connected();
  expect(connection).toMatchObject({
    status: "CONNECTED",
    lastError: null,
    fromEnvironment: true,
    webhookHealth: { configured: true, apiVersionMatches: true },
  });
  expect(await endpoints()).toEqual([connection.webhookUrl]);
  expect(await journal()).toEqual([{ type: "STRIPE_CONNECTED", actor: "SYSTEM" }]);
});

test("starting again, and several at once, changes nothing: one connection, one endpoint, one line", async () => {
  await open({ replicas: 3 });
  const connection = await connected();
  await another();
  await another();
  expect(await list()).toEqual([connection]);
  expect(await endpoints()).toEqual([connection.webhookUrl]);
  expect(await journal()).toHaveLength(1);
  await shop.stripe.customers.create({});
  await shop.simulator.deliveries.settled();
  expect(await shop.latchkey.server.deps.db.rows("/* test */ select 1 from stripe_inbox")).toHaveLength(1);
});

test("when the address of this server changes, the endpoint follows", async () => {
  await open();
  await connected();
  await another({ LATCHKEY_PUBLIC_URL: "https://moved.shop.example" });
  expect(await endpoints()).toEqual([expect.stringMatching(/^https:\/\/moved\.shop\.example\/stripe\/webhook\/con_/)]);
});

test("a server starts although Stripe is down, and connects when it is back", async () => {
  shop = await startShop({ connect: false });
  shop.simulator.control.plan({ fault: { kind: "error-before" }, path: "/v1/account", count: 3 });
  const { url } = shop.latchkey.server;
  const server = await startLatchkeyOn(shop.latchkey.database, {
    env: { ...ENV, LATCHKEY_PUBLIC_URL: url, STRIPE_API_BASE: shop.simulator.url, PORT: "0" },
    clock: shop.clock,
  });
  others.push(server);
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  await untilTrue(
    () => server.logged.some((line) => /could not be connected/.test(line)),
    () => server.logged,
  );
  expect(await connected()).toMatchObject({ status: "CONNECTED" });
});

test("with the secret of an endpoint that is there already, none is made", async () => {
  await open({ env: { STRIPE_WEBHOOK_SECRET: "whsec_brought" } });
  expect(await connected()).toMatchObject({ webhookHealth: { configured: true, apiVersionMatches: null } });
  expect(await endpoints()).toEqual([]);
});

test("a restricted key that lacks permissions is refused in the log, by their names; the server goes on", async () => {
  shop = await startShop({ connect: false });
  await shop.control("restrict-key", { key: "rk_test_environment", missing: ["customer_read"] });
  const server = await startLatchkeyOn(shop.latchkey.database, {
    env: { STRIPE_SECRET_KEY: "rk_test_environment", STRIPE_API_BASE: shop.simulator.url },
    clock: shop.clock,
  });
  others.push(server);
  await untilTrue(
    () => server.logged.some((line) => /Customers: read/.test(line)),
    () => server.logged,
  );
  expect(server.logged.join("")).not.toMatch(/rk_test_/);
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  expect(await list()).toEqual([]);
});

test("what was disconnected by hand is connected again by the next start, as the settings say", async () => {
  await open();
  const { id } = await connected();
  await shop.latchkey.get(`mutation { disconnectStripe(connection: "${id}") { id } }`);
  await another();
  expect(await list()).toMatchObject([{ id, status: "CONNECTED", fromEnvironment: true }]);
});
