import { openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// What an administrator, a visitor and a neighbouring system may expect of connected accounts.

let shop: Shop;
beforeEach(async () => {
  shop = await startShop();
});
afterEach(() => shop.stop());

const CREATE_USER = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";

test("TA-S4: both modes are connected side by side, and each credential sees those of its own mode", async () => {
  const live = await shop.latchkey.key("ADMIN", "LIVE");
  // The simulated Stripe has no live mode, so this one is written as connecting writes it.
  await shop.latchkey.server.deps.db.rows(
    `/* test.live */ insert into stripe_connections (id, account, mode, status, created_at, updated_at)
     select gen_random_uuid(), account, 'LIVE', 'CONNECTED', now(), now() from stripe_connections`,
  );
  const list = "{ stripeConnections { id mode account } }";
  const test = await shop.latchkey.get<{ stripeConnections: { mode: string }[] }>(list);
  const other = await shop.latchkey.get<{ stripeConnections: { mode: string }[] }>(list, {}, live);
  expect(test.stripeConnections.map(({ mode }) => mode)).toEqual(["TEST"]);
  expect(other.stripeConnections.map(({ mode }) => mode)).toEqual(["LIVE"]);
});

test("TA-S7: the portal of an account that was connected before is activated by one mutation, as often as one likes", async () => {
  const activate = `mutation ($connection: ID!) { activateCustomerPortal(connection: $connection) {
    portal { enabled configurationId } } }`;
  const run = () =>
    shop.latchkey.get<{ activateCustomerPortal: { portal: { configurationId: string } } }>(activate, {
      connection: shop.connection,
    });
  const first = await run();
  expect(await run()).toEqual(first);
  expect((await shop.stripe.billingPortal.configurations.list()).data).toHaveLength(1);
  await shop.control("plan-fault", { kind: "error-before", path: "/v1/billing_portal/configurations", count: 5 });
  const refused = await shop.latchkey.refused(activate, { connection: shop.connection });
  expect(refused).toMatchObject({ extensions: { code: "STRIPE_UNAVAILABLE", retryable: true } });
  expect(refused.message).toMatch(/Stripe does not answer/);
});

test("TA-X1: an endpoint of an earlier version keeps working, and the set-up says how to renew it", async () => {
  const stall = await openStall(shop, "pro");
  await stall.link();
  await shop.latchkey.server.deps.db.rows(
    `/* test.older */ update stripe_connections set webhook_api_version = '2024-09-30.acacia'`,
  );
  await stall.subscribe(await stall.customer("old@shop.example"));
  await shop.settled();
  expect(await stall.allowed("old@shop.example")).toBe(true);
  const { setupStatus } = await shop.latchkey.get<{ setupStatus: { steps: { done: boolean; fix: string | null }[] } }>(
    "{ setupStatus { steps { key done fix } } }",
  );
  const fixes = setupStatus.steps.filter((step) => !step.done).map((step) => step.fix ?? "");
  expect(fixes.some((fix) => fix.includes("repairWebhookEndpoint"))).toBe(true);
});

test("CH-X2: whose e-mail address the account has means nothing: connecting makes nobody a user", async () => {
  const { users } = await shop.latchkey.get<{ users: { totalCount: number } }>("{ users { totalCount } }");
  expect(users.totalCount).toBe(0);
});

test("RWS-X10: nobody becomes a customer in Stripe by being looked at", async () => {
  const stall = await openStall(shop, "pro");
  await stall.link();
  const { createUser } = await shop.latchkey.get<{ createUser: { id: string } }>(CREATE_USER, {
    input: { email: "looker@shop.example", emailVerified: true },
  });
  const look = `query ($user: ID!) { access(product: "pro", user: $user) { allowed }
    explainAccess(product: "pro", user: $user) { steps { check } } user(id: $user) { stripeCustomers { id } } }`;
  await shop.latchkey.get(look, { user: createUser.id });
  const token = await shop.latchkey.tokenOf(createUser.id);
  await shop.latchkey.get(
    `{ access(product: "pro") { allowed } me { products { nodes { access { allowed } } } } }`,
    {},
    token,
  );
  expect((await shop.stripe.customers.list()).data).toEqual([]);
});

test("RWS-X18: only prices of the linked product can be sold by it", async () => {
  const stall = await openStall(shop, "pro");
  const { id: other } = await shop.stripe.prices.create({
    product: (await shop.stripe.products.create({ name: "Elsewhere" })).id,
    currency: "usd",
    unit_amount: 1,
  });
  const link = "mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }";
  const named = { product: "pro", stripeProductId: stall.stripeProduct };
  for (const input of [{ checkoutPriceId: other }, { priceIds: [other] }]) {
    const refused = await shop.latchkey.refused(link, { input: { ...named, ...input } });
    expect(refused).toMatchObject({ extensions: { code: "PRICE_NOT_OF_PRODUCT" } });
  }
});

test("RWS-X28, RWS-X14: what is wrong with the set-up is for server keys, not for visitors and users", async () => {
  await openStall(shop, "pro");
  const { createUser } = await shop.latchkey.get<{ createUser: { id: string } }>(CREATE_USER, {
    input: { name: "Ada" },
  });
  const strangers = [await shop.latchkey.key("PUBLISHABLE"), await shop.latchkey.tokenOf(createUser.id)];
  const questions = [
    "{ setupStatus { ready } }",
    "{ stripeConnections { lastError } }",
    `{ explainAccess(product: "pro", user: "${createUser.id}") { steps { detail } } }`,
    "{ stripeProducts { nodes { id } } }",
    "{ jobs { nodes { error } } }",
  ];
  for (const credential of strangers) {
    for (const question of questions) {
      const refused = await shop.latchkey.refused(question, {}, credential);
      expect([question, refused]).toMatchObject([question, { extensions: { code: "FORBIDDEN" } }]);
    }
  }
});

test("RWS-S3: a visitor who is not signed in is told so, and nothing about anybody", async () => {
  await openStall(shop, "pro");
  const publishable = await shop.latchkey.key("PUBLISHABLE");
  const { access } = await shop.latchkey.get<{ access: object }>(
    `{ access(product: "pro") { allowed reason grant { id } asOf } }`,
    {},
    publishable,
  );
  expect(access).toEqual({ allowed: false, reason: "NOT_AUTHENTICATED", grant: null, asOf: null });
});

test("TA-X39: the catalogue is read from Stripe when it is asked for, so nothing has to be refreshed by hand", async () => {
  const stall = await openStall(shop, "pro");
  const names = async () => {
    const { stripeProducts } = await shop.latchkey.get<{ stripeProducts: { nodes: { name: string }[] } }>(
      "{ stripeProducts { nodes { name } } }",
    );
    return stripeProducts.nodes.map(({ name }) => name);
  };
  expect(await names()).toEqual(["pro"]);
  shop.simulator.deliveries.holdAll();
  await shop.stripe.products.update(stall.stripeProduct, { name: "Professional" });
  expect(await names()).toEqual(["Professional"]);
});
