import Stripe from "stripe";
import { neededEvents, subscribedEvents } from "../../src/connections/needed-events";
import { PINNED_VERSION } from "../../src/connections/pinned-version";
import { SHOP_KEY, type Shop, startShop } from "../kit/start-shop";
import { until } from "../kit/until";

const fields = `id account accountName mode status lastError webhookUrl allowPromotionCodes exposePurchaseOptions
  createdAt fromEnvironment
  webhookHealth { configured lastEventAt pending failed missingEventTypes apiVersionMatches rejected }
  portal { enabled configurationId allowCancel allowPaymentMethodUpdate allowInvoiceHistory allowCustomerUpdate }`;
const documents = {
  list: `{ answer: stripeConnections { ${fields} } }`,
  connect: `mutation ($input: ConnectStripeInput!) { answer: connectStripe(input: $input) { ${fields} } }`,
  update: `mutation ($input: UpdateStripeConnectionInput!) { answer: updateStripeConnection(input: $input) { ${fields} } }`,
  test: `mutation ($connection: ID!) { answer: testStripeConnection(connection: $connection) { ${fields} } }`,
  repair: `mutation ($connection: ID!) { answer: repairWebhookEndpoint(connection: $connection) { ${fields} } }`,
  disconnect: `mutation ($connection: ID!) { answer: disconnectStripe(connection: $connection) { ${fields} } }`,
  node: `query ($id: ID!) { answer: node(id: $id) { id } }`,
  journal: `{ answer: activities(filter: { types: [STRIPE_CONNECTED, STRIPE_DISCONNECTED] }) {
    nodes { type actor origin stripeObject message } } }`,
};

interface Connection {
  id: string;
  account: string;
  status: string;
  lastError: string | null;
  webhookUrl: string;
  createdAt: string;
  webhookHealth: { configured: boolean; missingEventTypes: string[]; apiVersionMatches: boolean | null };
  portal: { configurationId: string | null };
}

let shop: Shop;
const get = async <Answer>(name: keyof typeof documents, variables: object = {}, credential?: string) =>
  (await shop.latchkey.get<{ answer: Answer }>(documents[name], { ...variables }, credential)).answer;
const refused = (name: keyof typeof documents, variables: object = {}, credential?: string) =>
  shop.latchkey.refused(documents[name], { ...variables }, credential);
const connect = (input: object = {}) => get<Connection>("connect", { input: { secretKey: SHOP_KEY, ...input } });
const list = () => get<Connection[]>("list");
const journal = async () =>
  (await get<{ nodes: { type: string }[] }>("journal")).nodes.map(({ type }) => type).toReversed();
const endpoints = async () => (await shop.stripe.webhookEndpoints.list({ limit: 100 })).data;
const restrict = (missing: string[]) => shop.control("restrict-key", { key: "rk_test_narrow", missing });
const fault = (plan: object) => shop.control("plan-fault", plan);

const open = async () => {
  shop = await startShop({ connect: false });
};
/** For tests that count what is there, or that need an account that was never connected. */
const withShopForEach = () => {
  beforeEach(open);
  afterEach(() => shop.stop());
};
/** For tests that get along with an account that another one of them has connected. */
const withShopForAll = () => {
  beforeAll(open);
  afterAll(() => shop.stop());
  beforeEach(async () => {
    await shop.control("clear-faults");
    await restrict([]);
  });
};
/** How often it was told of a new customer. */
const heardOfNewCustomer = async () => {
  const { id } = await shop.stripe.customers.create({});
  await shop.simulator.deliveries.settled();
  return shop.latchkey.server.deps.db.rows("/* test */ select 1 from stripe_inbox where object_id = $1", [id]);
};

describe("connecting", () => {
  withShopForEach();

  test("CH-X1, RWS-X36, TA-X4: makes the endpoint at the pinned version, and tells name, state and health", async () => {
    const connection = await connect();
    const account = await shop.stripe.accounts.retrieveCurrent();
    expect(connection).toMatchObject({
      account: account.id,
      accountName: "Simulated shop",
      mode: "TEST",
      status: "CONNECTED",
      lastError: null,
      allowPromotionCodes: false,
      exposePurchaseOptions: true,
      fromEnvironment: false,
      webhookUrl: `${shop.latchkey.url}/stripe/webhook/${connection.id}`,
      webhookHealth: { configured: true, missingEventTypes: [], apiVersionMatches: true, failed: 0, rejected: 0 },
    });
    const [endpoint, ...others] = await endpoints();
    expect(others).toEqual([]);
    expect(endpoint).toMatchObject({ url: connection.webhookUrl, api_version: PINNED_VERSION, status: "enabled" });
    expect(endpoint?.enabled_events.toSorted()).toEqual(subscribedEvents.toSorted());
    expect(await list()).toEqual([connection]);
    expect(await get("node", { id: connection.id })).toEqual({ id: connection.id });
  });

  test("TA-S6: a portal configuration is there afterwards; one that is there already is used as it is", async () => {
    const { portal } = await connect();
    expect(portal).toMatchObject({ enabled: true, configurationId: expect.stringMatching(/^bpc_/) });
    const { data } = await shop.stripe.billingPortal.configurations.list();
    expect(data.map(({ id }) => id)).toEqual([portal.configurationId]);
    expect(data[0]?.features).toMatchObject({ subscription_cancel: { enabled: true, mode: "at_period_end" } });
    expect((await connect()).portal.configurationId).toBe(portal.configurationId);
  });

  test("a portal that Stripe refuses does not keep the account from being connected, and is said", async () => {
    await fault({ kind: "error-before", path: "/v1/billing_portal/configurations", count: 4 });
    const connection = await connect();
    expect(connection).toMatchObject({ status: "CONNECTED", portal: { configurationId: null } });
    expect(connection.lastError).toMatch(/customer portal has no configuration/);
    await shop.control("clear-faults");
    expect(await get("test", { connection: connection.id })).toMatchObject({
      lastError: null,
      portal: { configurationId: expect.stringMatching(/^bpc_/) },
    });
  });

  test("RWS-S12, RWS-X11: the same account again is the same connection, with one endpoint and one journal line", async () => {
    const first = await connect();
    const again = await connect({ allowPromotionCodes: true });
    expect(again).toEqual({ ...first, allowPromotionCodes: true });
    expect(await endpoints()).toHaveLength(1);
    expect(await journal()).toEqual(["STRIPE_CONNECTED"]);
  });

  test("ten at once make one connection, one endpoint whose secret is known, and one journal line", async () => {
    const connections = await Promise.all(Array.from({ length: 10 }, () => connect()));
    expect(new Set(connections.map(({ id }) => id)).size).toBe(1);
    const left = await endpoints();
    expect(left.map(({ url }) => url)).toEqual([connections[0]?.webhookUrl]);
    expect(await journal()).toEqual(["STRIPE_CONNECTED"]);
    await shop.stripe.customers.create({});
    await shop.simulator.deliveries.settled();
    expect((await list())[0]?.webhookHealth).toMatchObject({ rejected: 0 });
    expect(await shop.latchkey.server.deps.db.rows("/* test */ select 1 from stripe_inbox")).not.toEqual([]);
  });

  test("with a webhook secret of one's own, no endpoint is made and nothing is claimed about it", async () => {
    const connection = await connect({ webhookSecret: "whsec_brought" });
    expect(await endpoints()).toEqual([]);
    expect(connection.webhookHealth).toMatchObject({
      configured: true,
      missingEventTypes: [],
      apiVersionMatches: null,
    });
  });

  test("TA-X1, TA-X5: an endpoint that the owner created is compared for events, version and address, and never removed", async () => {
    const { id, webhookUrl } = await connect();
    const [ours] = await endpoints();
    const address = webhookUrl;
    const made = await shop.stripe.webhookEndpoints.create({
      url: address,
      enabled_events: ["invoice.paid", "customer.created", "customer.subscription.updated"],
      api_version: PINNED_VERSION,
    });
    // The owner puts an endpoint of their own in the place of ours.
    await get("update", { input: { connection: id, webhookSecret: made.secret } });
    await shop.stripe.webhookEndpoints.del(ours?.id ?? "");
    const health = (await list())[0]?.webhookHealth;
    expect(health).toMatchObject({ configured: true, apiVersionMatches: true });
    expect(health?.missingEventTypes).toContain("refund.created");
    expect(health?.missingEventTypes).not.toContain("invoice.paid");
    const tested = await get<Connection>("test", { connection: id });
    expect(tested).toMatchObject({
      status: "ERROR",
      lastError: expect.stringMatching(/not subscribed to .*refund\.created/),
    });
    expect(tested.lastError).not.toMatch(/was deleted/);
    expect(tested.webhookHealth.missingEventTypes).toEqual(health?.missingEventTypes);

    await shop.stripe.webhookEndpoints.update(made.id, { enabled_events: ["*"] });
    const good = { status: "CONNECTED", lastError: null };
    expect(await get("test", { connection: id })).toMatchObject({ ...good, webhookHealth: { missingEventTypes: [] } });
    // An older version is advised about. A repair keeps it, and whatever else stands at the address.
    const older = { api_version: "2024-09-30.acacia" };
    shop.simulator.control.act((draft) => draft.update("webhook_endpoint", made.id, older));
    await shop.stripe.webhookEndpoints.update(made.id, { enabled_events: ["invoice.paid"] });
    const beside = await shop.stripe.webhookEndpoints.create({ url: address, enabled_events: ["invoice.paid"] });
    await shop.stripe.webhookEndpoints.update(beside.id, { disabled: true });
    const advised = { ...good, webhookHealth: { apiVersionMatches: false, missingEventTypes: [] } };
    expect(await get("repair", { connection: id })).toMatchObject(advised);
    expect(await get("test", { connection: id })).toMatchObject(advised);
    const advice = `{ setupStatus { steps { key done required fix } } }`;
    const { setupStatus } = await shop.latchkey.get<{ setupStatus: { steps: { key: string }[] } }>(advice);
    expect(setupStatus.steps.find(({ key }) => key === "webhook_version")).toMatchObject({
      done: false,
      required: false,
      fix: expect.stringContaining("updateStripeConnection(webhookSecret)"),
    });
    expect((await endpoints()).map((one) => one.id).sort()).toEqual([made.id, beside.id].sort());
    expect(await shop.stripe.webhookEndpoints.retrieve(made.id)).toMatchObject(older);
    await shop.stripe.webhookEndpoints.del(beside.id);
    shop.simulator.control.act((draft) => draft.update("webhook_endpoint", made.id, { api_version: PINNED_VERSION }));
    await shop.stripe.webhookEndpoints.update(made.id, { url: "https://elsewhere.example/hook" });
    expect(await get("test", { connection: id })).toMatchObject({
      status: "ERROR",
      lastError: expect.stringMatching(/No webhook endpoint of the account has our address/),
    });

    // A repair keeps what can be kept, and the owner's endpoint stays theirs.
    await shop.stripe.webhookEndpoints.update(made.id, { url: address, enabled_events: ["invoice.paid"] });
    expect(await get("repair", { connection: id })).toMatchObject({
      ...good,
      webhookHealth: { missingEventTypes: [] },
    });
    expect((await endpoints()).map((one) => one.id)).toEqual([made.id]);
    expect(await heardOfNewCustomer()).toHaveLength(1);
    await get("disconnect", { connection: id });
    expect((await endpoints()).map((one) => one.id)).toEqual([made.id]);
    const again = await connect({ webhookSecret: made.secret });
    expect(again.webhookHealth).toMatchObject({ missingEventTypes: [], apiVersionMatches: true });
  });

  test("a secret of our own endpoint that was rolled in Stripe leaves the endpoint ours", async () => {
    const { id } = await connect();
    const [ours] = await endpoints();
    await shop.control("roll-secret", { endpoint: ours?.id, keep_old: false });
    await get("update", { input: { connection: id, webhookSecret: "whsec_rolled" } });
    expect(await get("test", { connection: id })).toMatchObject({ status: "CONNECTED", lastError: null });
    await get("disconnect", { connection: id });
    expect(await endpoints()).toEqual([]);
  });

  test("leftovers of ours in the account are cleared away: nobody knows their secrets", async () => {
    const { id } = await shop.stripe.webhookEndpoints.create({
      url: `${shop.latchkey.url}/stripe/webhook/con_00000000000000000000000000`,
      enabled_events: ["*"],
    });
    const theirs = await shop.stripe.webhookEndpoints.create({ url: "https://other.example", enabled_events: ["*"] });
    await connect();
    const left = await endpoints();
    expect(left).toHaveLength(2);
    expect(left.map((one) => one.id)).toContain(theirs.id);
    expect(left.map((one) => one.id)).not.toContain(id);
  });

  test("names every permission that a restricted key lacks, and makes nothing", async () => {
    await restrict(["customer_read", "webhook_endpoint_write", "dispute_read"]);
    const error = await refused("connect", { input: { secretKey: "rk_test_narrow" } });
    expect(error).toMatchObject({
      extensions: {
        code: "STRIPE_KEY_INVALID",
        details: { missingPermissions: ["Customers: read", "Disputes: read", "Webhook Endpoints: write"] },
      },
    });
    expect([await list(), await endpoints()]).toEqual([[], []]);
    await restrict([]);
    expect(await connect({ secretKey: "rk_test_narrow" })).toMatchObject({ status: "CONNECTED" });
  });
});

describe("what is subscribed to", () => {
  test("the pinned version is the one that the official client speaks", () => {
    expect(PINNED_VERSION).toBe(Stripe.API_VERSION);
  });

  test("TA-X6: subscribes to every kind of event that access depends on", () => {
    const families = [
      "charge.dispute.created",
      "charge.dispute.closed",
      "charge.succeeded",
      "charge.refunded",
      "refund.created",
      "checkout.session.completed",
      "checkout.session.async_payment_succeeded",
      "checkout.session.async_payment_failed",
      "customer.subscription.created",
      "customer.subscription.updated",
      "customer.subscription.deleted",
      "customer.subscription.paused",
      "customer.subscription.resumed",
      "customer.subscription.pending_update_applied",
      "customer.subscription.pending_update_expired",
      "customer.subscription.trial_will_end",
      "customer.updated",
      "customer.deleted",
      "product.updated",
      "price.updated",
      "entitlements.active_entitlement_summary.updated",
    ];
    expect(families.filter((type) => !neededEvents.some((needed) => needed === type))).toEqual([]);
    expect(neededEvents.filter((type) => type.startsWith("invoice.")).length).toBeGreaterThan(15);
    expect(new Set(neededEvents).size).toBe(neededEvents.length);
  });
});

describe("connecting in vain", () => {
  withShopForAll();

  test.each([
    ["a publishable key", "pk_test_abcdefgh", "STRIPE_KEY_INVALID", /publishable key/],
    ["nonsense", "hunter2", "STRIPE_KEY_INVALID", /no secret key of Stripe/],
    ["a webhook secret", "whsec_abcdefgh", "STRIPE_KEY_INVALID", /signing secret/],
    ["a key of ours", "lk_test_abcdefgh", "STRIPE_KEY_INVALID", /key of ours/],
    ["nothing", "", "STRIPE_KEY_INVALID", /no secret key/],
    ["a live key, asked for in test mode", "sk_live_abcdefgh", "STRIPE_MODE_MISMATCH", /test key/],
    ["a live restricted key", "rk_live_abcdefgh", "STRIPE_MODE_MISMATCH", /lk_live_/],
  ])("refuses %s with advice, and never quotes it", async (_, secretKey, code, advice) => {
    const error = await refused("connect", { input: { secretKey } });
    expect(error).toMatchObject({ extensions: { code, field: "input.secretKey" } });
    expect(error.message).toMatch(advice);
    if (secretKey) expect(JSON.stringify(error) + shop.latchkey.logged.join("")).not.toContain(secretKey);
    expect(await list()).toEqual([]);
  });

  test("a live credential takes no test key", async () => {
    const live = await shop.latchkey.key("ADMIN", "LIVE");
    const error = await refused("connect", { input: { secretKey: SHOP_KEY } }, live);
    expect(error.extensions.code).toBe("STRIPE_MODE_MISMATCH");
  });

  test.each([
    ["its account", "/v1/account"],
    ["its endpoints", "/v1/webhook_endpoints"],
  ])("when Stripe is down while asked for %s, nothing half-made stays, and trying again may help", async (_, path) => {
    await fault({ kind: "error-before", path, count: 10 });
    const error = await refused("connect", { input: { secretKey: SHOP_KEY } });
    expect(error.extensions).toMatchObject({ code: "STRIPE_UNAVAILABLE", retryable: true });
    await shop.control("clear-faults");
    expect([await list(), await endpoints(), await journal()]).toEqual([[], [], []]);
  });

  test("an endpoint that was made is taken back when it cannot be written down", async () => {
    const { db } = shop.latchkey.server.deps;
    await db.rows("/* test */ alter table stripe_connections add constraint never check (account = '') not valid");
    const error = await refused("connect", { input: { secretKey: SHOP_KEY } });
    await db.rows("/* test */ alter table stripe_connections drop constraint never");
    expect(error.extensions.code).toBe("INTERNAL");
    expect(await endpoints()).toEqual([]);
  });

  test.each([
    ["limits us", { kind: "rate-limit", count: 5 }],
    ["answers with a page", { kind: "html", count: 5 }],
    ["hangs up", { kind: "reset", count: 5 }],
    ["breaks off", { kind: "truncated", count: 5 }],
    ["takes its time", { kind: "slow", ms: 12_000, count: 5 }],
  ])("when Stripe %s, the caller is told to try again", async (_, plan) => {
    await fault({ ...plan, path: "/v1/account" });
    const error = await refused("connect", { input: { secretKey: SHOP_KEY } });
    expect(error.extensions).toMatchObject({ code: "STRIPE_UNAVAILABLE", retryable: true });
    await shop.control("clear-faults");
  });
});

describe("changing", () => {
  withShopForAll();

  test("a key is exchanged for another one of the same account", async () => {
    const { id } = await connect();
    const input = { connection: id, secretKey: "sk_test_another", exposePurchaseOptions: false };
    expect(await get("update", { input })).toMatchObject({ id, status: "CONNECTED", exposePurchaseOptions: false });
    await restrict(["*"]);
    const narrow = await refused("update", { input: { connection: id, secretKey: "rk_test_narrow" } });
    expect(narrow.extensions.code).toMatch(/STRIPE_/);
  });

  test("a key of another account is refused", async () => {
    const { id } = await connect();
    await shop.latchkey.server.deps.db.rows("/* test */ update stripe_connections set account = 'acct_other'");
    const error = await refused("update", { input: { connection: id, secretKey: SHOP_KEY } });
    expect(error.extensions).toMatchObject({ code: "CONFLICT", field: "input.secretKey" });
  });

  test.each(["test", "repair", "disconnect"] as const)(
    "%s: an unknown connection, or one of the other mode",
    async (name) => {
      const { id } = await connect();
      expect((await refused(name, { connection: "con_00000000000000000000000000" })).extensions.code).toBe("NOT_FOUND");
      expect((await refused(name, { connection: "nonsense" })).extensions.code).toBe("NOT_FOUND");
      const live = await shop.latchkey.key("ADMIN", "LIVE");
      expect((await refused(name, { connection: id }, live)).extensions.code).toBe("NOT_FOUND");
      expect(await get("list", {}, live)).toEqual([]);
      expect(await get("node", { id }, live)).toBeNull();
    },
  );
});

describe("testing and repairing", () => {
  withShopForAll();

  const trouble: [string, (id: string) => Promise<unknown>, RegExp, boolean][] = [
    ["is disabled", (id) => shop.stripe.webhookEndpoints.update(id, { disabled: true }), /is disabled/, true],
    ["was deleted", (id) => shop.stripe.webhookEndpoints.del(id), /was deleted/, false],
    [
      "lost events",
      (id) => shop.stripe.webhookEndpoints.update(id, { enabled_events: ["invoice.paid"] }),
      /not subscribed to .*refund\.created/,
      true,
    ],
    [
      "points elsewhere",
      (id) => shop.stripe.webhookEndpoints.update(id, { url: "https://elsewhere.example" }),
      /another address/,
      true,
    ],
  ];

  test.each(trouble)("TA-X5: an endpoint that %s is noticed, and mended", async (_, spoil, said, isKept) => {
    const { id } = await connect();
    const [before] = await endpoints();
    await spoil(before?.id ?? "");
    const tested = await get<Connection>("test", { connection: id });
    expect(tested).toMatchObject({ status: "ERROR", lastError: expect.stringMatching(said) });
    expect(tested.lastError).toMatch(/repairWebhookEndpoint/);
    const mended = await get<Connection>("repair", { connection: id });
    expect(mended).toMatchObject({
      status: "CONNECTED",
      lastError: null,
      webhookHealth: { configured: true, missingEventTypes: [], apiVersionMatches: true },
    });
    const left = await endpoints();
    expect(left).toMatchObject([{ url: mended.webhookUrl, status: "enabled", api_version: PINNED_VERSION }]);
    expect(left[0]?.id === before?.id).toBe(isKept);
    expect(await heardOfNewCustomer()).toHaveLength(1);
  });

  test("TA-S15: an endpoint of ours of an older version is no error, and a repair replaces it", async () => {
    const { id } = await connect();
    const [before] = await endpoints();
    shop.simulator.control.act((draft) =>
      draft.update("webhook_endpoint", before?.id ?? "", { api_version: "2024-09-30.acacia" }),
    );
    const good = { status: "CONNECTED", lastError: null };
    const tested = await get("test", { connection: id });
    expect(tested).toMatchObject({ ...good, webhookHealth: { apiVersionMatches: false } });
    const repaired = await get("repair", { connection: id });
    expect(repaired).toMatchObject({ ...good, webhookHealth: { apiVersionMatches: true } });
    const left = await endpoints();
    expect(left).toMatchObject([{ status: "enabled", api_version: PINNED_VERSION }]);
    expect(left[0]?.id).not.toBe(before?.id);
  });

  test("a restricted key that lost a permission is noticed, by the name of the permission", async () => {
    const { id } = await connect({ secretKey: "rk_test_narrow" });
    await restrict(["subscription_read"]);
    expect(await get("test", { connection: id })).toMatchObject({
      status: "ERROR",
      lastError: expect.stringMatching(/Subscriptions: read/),
    });
    await restrict([]);
    expect(await get("test", { connection: id })).toMatchObject({ status: "CONNECTED", lastError: null });
  });
});

describe("testing and repairing with a shop for each", () => {
  withShopForEach();

  test("F36: an endpoint whose secret is not ours any more is replaced, and what comes then is taken", async () => {
    const { id } = await connect();
    const [endpoint] = await endpoints();
    await shop.control("roll-secret", { endpoint: endpoint?.id, keep_old: false });
    await shop.stripe.customers.create({});
    await shop.simulator.deliveries.settled();
    await untilMatches(async () => (await list())[0]?.webhookHealth, { rejected: 1 });
    await get("repair", { connection: id });
    await shop.stripe.customers.create({});
    await shop.simulator.deliveries.settled();
    expect(await shop.latchkey.server.deps.db.rows("/* test */ select 1 from stripe_inbox")).toHaveLength(1);
    expect(await endpoints()).toHaveLength(1);
  });

  test("when Stripe is down, a test says so and changes nothing", async () => {
    const connection = await connect();
    await fault({ kind: "error-before", path: "/v1/account", count: 5 });
    const error = await refused("test", { connection: connection.id });
    expect(error.extensions).toMatchObject({ code: "STRIPE_UNAVAILABLE", retryable: true });
    expect(await list()).toEqual([connection]);
  });
});

describe("disconnecting", () => {
  withShopForAll();

  test("goes through although Stripe is down", async () => {
    const { id } = await connect();
    await fault({ kind: "error-before", path: "/v1/webhook_endpoints*", count: 5 });
    expect(await get("disconnect", { connection: id })).toMatchObject({ status: "DISCONNECTED" });
    await shop.control("clear-faults");
    await connect();
    expect(await endpoints()).toHaveLength(1);
  });

  test.each(["test", "repair"] as const)(
    "CH-S1: %s asks for an account that is connected, and says how",
    async (name) => {
      const { id } = await connect();
      await get("disconnect", { connection: id });
      const error = await refused(name, { connection: id });
      expect(error.extensions.code).toBe("STRIPE_NOT_CONNECTED");
      expect(error.message).toMatch(/connectStripe/);
    },
  );
});

describe("disconnecting with a shop for each", () => {
  withShopForEach();

  test("RWS-X37, CH-X3, TA-S5: keeps the row, forgets the secrets, removes our endpoint; once in the journal", async () => {
    const { id } = await connect();
    for (let time = 0; time < 2; time++) {
      expect(await get("disconnect", { connection: id })).toMatchObject({
        id,
        status: "DISCONNECTED",
        webhookHealth: { configured: false },
      });
    }
    expect(await endpoints()).toEqual([]);
    const [row] = await shop.latchkey.server.deps.db.rows<object>(
      `/* test */ select secret_key_sealed, webhook_secret_sealed, previous_webhook_secret_sealed from stripe_connections`,
    );
    expect(Object.values(row ?? {})).toEqual([null, null, null]);
    expect(await journal()).toEqual(["STRIPE_CONNECTED", "STRIPE_DISCONNECTED"]);
  });

  test("RWS-X37: the same account again is the same connection, revived", async () => {
    const { id, createdAt } = await connect({ allowPromotionCodes: true });
    await get("disconnect", { connection: id });
    const revived = await connect();
    expect(revived).toMatchObject({ id, createdAt, status: "CONNECTED", allowPromotionCodes: true });
    expect(revived.webhookHealth).toMatchObject({ configured: true, missingEventTypes: [] });
    expect(await endpoints()).toHaveLength(1);
    expect(await journal()).toEqual(["STRIPE_CONNECTED", "STRIPE_DISCONNECTED", "STRIPE_CONNECTED"]);
  });

  test("RWS-X38: another account stands beside it, and the first one is still listed", async () => {
    const { id } = await connect();
    await get("disconnect", { connection: id });
    await shop.latchkey.server.deps.db.rows("/* test */ update stripe_connections set account = 'acct_first'");
    await connect();
    expect(await list()).toMatchObject([
      { id, account: "acct_first", status: "DISCONNECTED" },
      { status: "CONNECTED", account: (await shop.stripe.accounts.retrieveCurrent()).id },
    ]);
  });
});

describe("secrets", () => {
  withShopForEach();

  test("secrets: nothing of them is in the database, in an answer or in the log", async () => {
    const connection = await connect({ webhookSecret: "whsec_broughtfromelsewhere" });
    const second = {
      connection: connection.id,
      webhookSecret: "whsec_thesecondone",
      previousWebhookSecret: "whsec_old",
    };
    await get("update", { input: second });
    const rows = await shop.latchkey.server.deps.db.rows("/* test */ select * from stripe_connections");
    const told = JSON.stringify([rows, await list()]) + shop.latchkey.logged.join("");
    expect(told).not.toMatch(/whsec_|sk_test_|rk_test_/);
  });
});

async function untilMatches<Value>(read: () => Promise<Value>, wanted: object): Promise<void> {
  const fits = (value: Value) =>
    Object.entries(wanted).every(([name, one]) => (value as Record<string, unknown>)[name] === one);
  expect(await until(read, fits)).toMatchObject(wanted);
}
