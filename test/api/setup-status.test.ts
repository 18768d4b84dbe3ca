import { type Shop, startShop } from "../kit/start-shop";
import { untilTrue } from "../kit/until";

interface Step {
  key: string;
  done: boolean;
  required: boolean;
  detail: string;
  fix: string | null;
}

let shop: Shop;
beforeEach(async () => {
  shop = await startShop({ connect: false });
});
afterEach(() => shop.stop());

async function status(credential?: string): Promise<{ ready: boolean; open: string[]; steps: Step[] }> {
  const document = "{ setupStatus { ready steps { key done required detail fix } } }";
  type Answer = { setupStatus: { ready: boolean; steps: Step[] } };
  const { ready, steps } = (await shop.latchkey.get<Answer>(document, {}, credential)).setupStatus;
  return { ready, steps, open: steps.filter(({ done }) => !done).map(({ key }) => key) };
}

const connect = (input: object = {}) =>
  shop.latchkey.get<{ connectStripe: { id: string } }>(
    "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }",
    { input: { secretKey: "sk_test_setup", ...input } },
  );

test("CH-S1, CH-S2, CH-S26, TA-S14: from nothing to ready, each step with what mends it", async () => {
  const before = await status();
  expect(before.ready).toBe(false);
  expect(before.steps.find(({ key }) => key === "account_connected")?.fix).toBe("connectStripe");
  const connected = await connect();
  expect((await status()).open).toEqual(["portal_addresses", "product_exists", "product_linked", "return_urls"]);
  await shop.latchkey.get(`mutation { createProduct(input: { key: "course", name: "Course" }) { id } }`);
  expect((await status()).open).toEqual(["portal_addresses", "product_linked", "return_urls"]);
  const { id } = await shop.stripe.products.create({ name: "Course" });
  await shop.stripe.prices.create({ product: id, currency: "eur", unit_amount: 900 });
  await shop.latchkey.get(
    `mutation { linkProduct(input: { product: "course", stripeProductId: "${id}", importExisting: false }) { preview { gaining } } }`,
  );
  expect(await status()).toMatchObject({ ready: true, open: ["portal_addresses", "return_urls"] });
  const addresses = {
    privacyPolicyUrl: "https://shop.example/privacy",
    termsOfServiceUrl: "https://shop.example/terms",
  };
  await shop.latchkey.get("mutation ($input: PortalSettingsInput!) { updatePortalSettings(input: $input) { id } }", {
    input: { connection: connected.connectStripe.id, ...addresses },
  });
  expect(await status()).toMatchObject({ ready: true, open: ["return_urls"] });
});

test("what is connected in one mode says nothing about the other", async () => {
  await connect();
  const live = await status(await shop.latchkey.key("READ", "LIVE"));
  expect(live.open).toContain("account_connected");
});

test("RWS-X37, RWS-X38: a disconnected account leaves its links inactive, and the set-up is not ready until each has another", async () => {
  const first = await connect();
  const link = async (product: string) => {
    const { id } = await shop.stripe.products.create({ name: product });
    await shop.stripe.prices.create({ product: id, currency: "eur", unit_amount: 900 });
    await shop.latchkey.get(
      `mutation { linkProduct(input: { product: "${product}", stripeProductId: "${id}", importExisting: false }) { preview { gaining } } }`,
    );
    return id;
  };
  for (const key of ["course", "book"]) {
    await shop.latchkey.get(`mutation { createProduct(input: { key: "${key}", name: "A product" }) { id } }`);
  }
  const course = await link("course");
  const book = await link("book");
  const linkedOf = async () => {
    const { book: asked, products } = await shop.latchkey.get<{
      book: { isLinked: boolean; links: unknown[] };
      products: { nodes: { key: string }[] };
    }>(
      `{ book: product(key: "book") { isLinked links { connection { status } } }
         products(first: 9, filter: { linked: true }) { nodes { key } } }`,
    );
    return { ...asked, listed: products.nodes.map(({ key }) => key).sort() };
  };
  expect(await status()).toMatchObject({ ready: true });
  expect(await linkedOf()).toMatchObject({ isLinked: true, listed: ["book", "course"] });
  await shop.latchkey.get(`mutation { disconnectStripe(connection: "${first.connectStripe.id}") { id } }`);
  const kept = [{ connection: { status: "DISCONNECTED" } }];
  expect(await linkedOf()).toEqual({ isLinked: false, links: kept, listed: [] });
  const alone = await status();
  expect(alone.ready).toBe(false);
  expect(alone.steps.find(({ key }) => key === "product_linked")).toMatchObject({
    done: false,
    detail: expect.stringMatching(/disconnected/),
  });
  // The simulated Stripe has one account. The first connection stands for another one from here on.
  await shop.latchkey.server.deps.db.rows("/* test */ update stripe_connections set account = 'acct_first'");
  await connect();
  await link("course");
  const beside = await status();
  expect(beside).toMatchObject({ ready: false, open: expect.arrayContaining(["links_active"]) });
  const step = beside.steps.find(({ key }) => key === "links_active");
  expect(step).toMatchObject({ required: true, detail: expect.stringContaining(`book (${book}) of acct_first`) });
  expect(step?.detail).not.toContain(course);
  await link("book");
  expect(await status()).toMatchObject({ ready: true });
});

test("TA-X5, F36: a lost event, a wrong version and a rolled secret turn their step, and repairing turns it back", async () => {
  const { connectStripe: connection } = await connect();
  const [endpoint] = (await shop.stripe.webhookEndpoints.list()).data;
  await shop.stripe.webhookEndpoints.update(endpoint?.id ?? "", {
    enabled_events: ["invoice.paid", "customer.created"],
  });
  shop.simulator.control.act((draft) =>
    draft.update("webhook_endpoint", endpoint?.id ?? "", { api_version: "2024-09-30.acacia" }),
  );
  const test = `mutation { testStripeConnection(connection: "${connection.id}") { status } }`;
  await shop.latchkey.get(test);
  expect((await status()).open).toEqual(expect.arrayContaining(["webhook_events", "webhook_version"]));
  await shop.control("roll-secret", { endpoint: endpoint?.id, keep_old: false });
  // One refused event may be anybody's; several different ones are Stripe's.
  for (let count = 0; count < 3; count++) await shop.stripe.customers.create({});
  await untilTrue(async () => (await status()).open.includes("webhook_secret"));
  shop.clock.moveBy(60_000);
  await shop.latchkey.get(`mutation { repairWebhookEndpoint(connection: "${connection.id}") { status } }`);
  await shop.stripe.customers.create({});
  await untilTrue(async () => !(await status()).open.some((key) => key.startsWith("webhook_")));
});

test("a key without a permission is named by its permission", async () => {
  const { connectStripe: connection } = await connect({ secretKey: "rk_test_setup" });
  await shop.control("restrict-key", { key: "rk_test_setup", missing: ["invoice_read"] });
  await shop.latchkey.get(`mutation { testStripeConnection(connection: "${connection.id}") { status } }`);
  const { steps } = await status();
  expect(steps.find(({ key }) => key === "key_permissions")).toMatchObject({
    done: false,
    detail: expect.stringMatching(/Invoices: read/),
  });
});
