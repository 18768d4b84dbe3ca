import { checkoutOperationsOf } from "../kit/checkout-operations";
import { linkOperationsOf, makeCustomer } from "../kit/link-operations";
import { type Stall, openStall } from "../kit/open-stall";
import { operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";

let shop: Shop;
let stall: Stall;
let ops: ReturnType<typeof operationsOf>;
let links: ReturnType<typeof linkOperationsOf>;
let buying: ReturnType<typeof checkoutOperationsOf>;
let write: string;
let people = 0;

beforeAll(async () => {
  shop = await startShop({ env: { LATCHKEY_ALLOWED_URLS: "https://shop.example,shopapp://" } });
  stall = await openStall(shop, "pro");
  await stall.link();
  ops = operationsOf(shop.latchkey);
  links = linkOperationsOf(shop);
  buying = checkoutOperationsOf(shop);
  write = await shop.latchkey.key("WRITE");
});
afterAll(() => shop.stop());

const CREATE =
  "mutation ($input: CreatePortalSessionInput!) { answer: createPortalSession(input: $input) { url returnUrl } }";
const BACK = "https://shop.example/account?tab=billing";

const create = async (input: object, credential: string = write) =>
  (
    await shop.latchkey.get<{ answer: { url: string; returnUrl: string } }>(
      CREATE,
      { input: { returnUrl: BACK, ...input } },
      credential,
    )
  ).answer;
const refuse = async (input: object, credential: string = write) =>
  (await shop.latchkey.refused(CREATE, { input: { returnUrl: BACK, ...input } }, credential)).extensions;

/** A user, and the customer that they are. */
async function member() {
  const name = `member-${++people}`;
  const customer = await makeCustomer(shop, `${name}@shop.example`);
  const user = await ops.createUser({ externalId: name, stripeCustomerId: customer });
  return { user: user.id, customer, token: await shop.latchkey.tokenOf(user.id) };
}

async function subscriber() {
  const one = await member();
  const subscription = (await stall.subscribe(one.customer)).id;
  await shop.settled();
  return { ...one, subscription };
}

/** What Stripe was asked for with this address. */
function sessionOf(url: string) {
  const secret = url.split("/test_")[1] ?? "";
  const { inOrder } = shop.simulator.world.shelves["billing_portal.session"];
  return inOrder.map(({ row }) => row).find(({ ours }) => ours.secret === secret);
}

describe("a way into the portal", () => {
  test("CH-S25, TA-S1, TA-S11, TA-S13: a signed-in user gets an address of their own that needs no login, each time another", async () => {
    const { token, customer } = await member();
    const [first, second] = [await create({}, token), await create({}, token)];
    expect(first.returnUrl).toBe(BACK);
    expect(first.url).not.toBe(second.url);
    expect(sessionOf(first.url)).toMatchObject({ customer, return_url: BACK });
    const page = await (await fetch(first.url)).text();
    expect(page).toContain("shop.example/account?tab=billing");
  });

  test("RWS-X15: a server key names anybody, by our id or the caller's; a user token itself and nobody else", async () => {
    const { user, token, customer } = await member();
    const other = await member();
    expect(sessionOf((await create({ user })).url)).toMatchObject({ customer });
    expect(sessionOf((await create({ user: `member-${people - 1}` })).url)).toMatchObject({ customer });
    expect(sessionOf((await create({ user }, token)).url)).toMatchObject({ customer });
    expect((await refuse({ user: other.user }, token)).code).toBe("FORBIDDEN");
    expect((await refuse({ user: "nobody-of-that-name" }, token)).code).toBe("FORBIDDEN");
    expect(await refuse({})).toMatchObject({ code: "INVALID_INPUT", field: "input.user" });
    expect(await refuse({ user: "nobody-of-that-name" })).toMatchObject({ code: "NOT_FOUND", field: "input.user" });
  });

  test("RWS-X32, TA-X28: every call says where it leads back to; an app's address goes by a page of ours", async () => {
    const { user } = await member();
    const app = await create({ user, returnUrl: "shopapp://account?x=%20" });
    expect(app.returnUrl).toBe("shopapp://account?x=%20");
    const { publicUrl } = shop.latchkey.server.deps.config;
    const given = sessionOf(app.url)?.return_url ?? "";
    expect(given.startsWith(`${publicUrl}/return/`)).toBe(true);
    expect(await (await fetch(given)).text()).toContain('content="0;url=shopapp://account?x=%20"');
  });

  test("TA-X26: a flow opens with its task, in the language that is asked for, and leads back when it is done", async () => {
    const { user, subscription } = await subscriber();
    const card = sessionOf((await create({ user, flow: "PAYMENT_METHOD_UPDATE", locale: "de" })).url);
    expect(card).toMatchObject({
      locale: "de",
      flow: { type: "payment_method_update", after_completion: { type: "redirect", redirect: { return_url: BACK } } },
    });
    const cancel = sessionOf((await create({ user, flow: "SUBSCRIPTION_CANCEL", subscription })).url);
    expect(cancel?.flow).toMatchObject({ type: "subscription_cancel", subscription_cancel: { subscription } });
    const only = sessionOf((await create({ user, flow: "SUBSCRIPTION_CANCEL" })).url);
    expect(only?.flow).toMatchObject({ subscription_cancel: { subscription } });
    expect(sessionOf((await create({ user, flow: "HOME" })).url)?.flow).toBeNull();
  });

  test("which of several subscriptions is never guessed, and there has to be one", async () => {
    const { user, customer } = await subscriber();
    await stall.subscribe(customer);
    await shop.settled();
    const several = await refuse({ user, flow: "SUBSCRIPTION_CANCEL" });
    expect(several).toMatchObject({ code: "INVALID_INPUT", field: "input.subscription" });
    expect(several.details?.["subscriptions"]).toHaveLength(2);
    const none = await member();
    expect(await refuse({ user: none.user, flow: "SUBSCRIPTION_CANCEL" })).toMatchObject({
      code: "INVALID_INPUT",
      field: "input.subscription",
    });
  });

  test("nobody opens the subscription of somebody else, or one that is over", async () => {
    const [ada, eve] = [await subscriber(), await subscriber()];
    const input = { flow: "SUBSCRIPTION_CANCEL", subscription: ada.subscription };
    expect(await refuse(input, eve.token)).toMatchObject({ code: "NOT_FOUND", field: "input.subscription" });
    await shop.stripe.subscriptions.cancel(ada.subscription);
    expect(await refuse(input, ada.token)).toMatchObject({ code: "CONFLICT", field: "input.subscription" });
  });

  test("a customer who was joined by address opens while both addresses agree; the account can be named", async () => {
    const email = `joined-${++people}@shop.example`;
    const user = (await ops.createUser({ email, emailVerified: true })).id;
    const customer = await makeCustomer(shop, email);
    const subscription = (await stall.subscribe(customer)).id;
    await shop.settled();
    const named = { user, subscription, connection: shop.connection };
    expect(sessionOf((await create({ user })).url)).toMatchObject({ customer });
    expect(sessionOf((await create(named)).url)).toMatchObject({ customer });
    await shop.stripe.customers.update(customer, { email: `other-${email}` });
    await shop.settled();
    for (const input of [{ user }, named]) expect((await refuse(input)).code).toBe("NO_STRIPE_CUSTOMER");
    const nowhere = await refuse({ user, connection: "con_nowhere" });
    expect(nowhere).toMatchObject({ code: "NOT_FOUND", field: "input.connection" });
  });

  test("a plan is changed where Stripe's configuration offers plans, and refused where it does not", async () => {
    const { user, subscription } = await subscriber();
    const input = { user, flow: "SUBSCRIPTION_UPDATE", subscription };
    const [configuration] = (await shop.stripe.billingPortal.configurations.list()).data;
    const refusal = await shop.latchkey.refused(CREATE, { input: { returnUrl: BACK, ...input } }, write);
    expect(refusal.extensions).toMatchObject({ code: "PORTAL_DISABLED", field: "input.flow" });
    // It names the call that follows.
    expect(refusal.message).toContain(`/v1/billing_portal/configurations/${configuration?.id}`);
    expect(refusal.message).toContain("features[subscription_update]");
    await shop.stripe.billingPortal.configurations.update(configuration?.id ?? "", {
      features: {
        subscription_update: {
          enabled: true,
          default_allowed_updates: ["price"],
          products: [{ product: stall.stripeProduct, prices: [stall.monthly] }],
        },
      },
    });
    expect(sessionOf((await create(input)).url)?.flow).toMatchObject({
      type: "subscription_update",
      subscription_update: { subscription },
    });
  });

  test("RWS-X35: the same key is the same session, by Stripe's memory and not by ours; with other input it is refused", async () => {
    const [ada, eve] = [await member(), await member()];
    const input = { idempotencyKey: "click-1" };
    const first = await create(input, ada.token);
    expect(await create(input, ada.token)).toEqual(first);
    expect(await refuse({ ...input, locale: "de" }, ada.token)).toMatchObject({ code: "IDEMPOTENCY_MISMATCH" });
    const other = await create(input, eve.token);
    expect(other.url).not.toBe(first.url);
    expect(sessionOf(other.url)?.customer).toBe(eve.customer);
  });

  test("RWS-X34: whoever is no customer is refused, unless the caller wants them to become one", async () => {
    const user = (await ops.createUser({ email: "new@shop.example" })).id;
    expect((await refuse({ user })).code).toBe("NO_STRIPE_CUSTOMER");
    const url = (await create({ user, createCustomerIfMissing: true })).url;
    expect((await links.customersOf(user)).map(({ customerId }) => customerId)).toEqual([sessionOf(url)?.customer]);
    await create({ user });
  });

  test("a language that Stripe's portal does not speak is named", async () => {
    const { user } = await member();
    expect(await refuse({ user, locale: "tlh" })).toMatchObject({ code: "INVALID_INPUT", field: "input.locale" });
  });
});

describe("what stands in the way", () => {
  const settings = (input: object) =>
    shop.latchkey.get("mutation ($input: PortalSettingsInput!) { updatePortalSettings(input: $input) { id } }", {
      input: { connection: shop.connection, ...input },
    });
  const activate = () =>
    shop.latchkey.get("mutation ($id: ID!) { activateCustomerPortal(connection: $id) { id } }", {
      id: shop.connection,
    });
  const viewer = async (credential: string) =>
    (await shop.latchkey.get<{ viewer: object }>("{ viewer { canOpenPortal portalBlocker } }", {}, credential)).viewer;

  test("TA-S8, TA-S9, TA-S10, RWS-X33: a page knows whether to show the way: after the first purchase, whatever the address", async () => {
    const user = (await ops.createUser({ externalId: "page" })).id;
    const token = await shop.latchkey.tokenOf(user);
    expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "NO_STRIPE_CUSTOMER" });
    expect(await viewer(await shop.latchkey.key("PUBLISHABLE"))).toEqual({
      canOpenPortal: false,
      portalBlocker: "UNAUTHENTICATED",
    });
    await links.linkCustomer({ user, customerId: await makeCustomer(shop, "other-address@shop.example") });
    expect(await viewer(token)).toEqual({ canOpenPortal: true, portalBlocker: null });
  });

  test("TA-S9: an unpaid checkout shows no way, its payment does, and an end of the subscription leaves it", async () => {
    const email = `buyer-${++people}@shop.example`;
    const user = (await ops.createUser({ email, emailVerified: true })).id;
    const token = await shop.latchkey.tokenOf(user);
    const { id } = await buying.open({ product: "pro", priceId: stall.monthly }, token);
    expect(await links.customersOf(user)).toHaveLength(1);
    expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "NO_STRIPE_CUSTOMER" });
    await buying.pay(id);
    await shop.settled();
    expect(await viewer(token)).toEqual({ canOpenPortal: true, portalBlocker: null });
    const [held] = (
      await shop.stripe.subscriptions.list({ customer: (await links.customersOf(user))[0]?.customerId ?? "" })
    ).data;
    await shop.stripe.subscriptions.cancel(held?.id ?? "");
    await shop.settled();
    expect(await viewer(token)).toEqual({ canOpenPortal: true, portalBlocker: null });
  });

  test("a guest who paid by a Payment Link has a way, which an unpaid checkout of theirs does not lead elsewhere", async () => {
    const email = `guest-${++people}@shop.example`;
    const line = { line_items: [{ price: stall.once, quantity: 1 }], customer_creation: "always" as const };
    const link = await shop.stripe.paymentLinks.create(line);
    await shop.control("payment-link-sale", { link: link.id, email, card: "4242424242424242" });
    await shop.settled();
    const find = "query ($email: String!) { userByEmail(email: $email) { id canOpenPortal portalBlocker } }";
    const { userByEmail: user } = await shop.latchkey.get<{ userByEmail: { id: string } }>(find, { email }, write);
    expect(user).toMatchObject({ canOpenPortal: true, portalBlocker: null });
    const paid = sessionOf((await create({ user: user.id })).url)?.customer;
    const other = await openStall(shop, `other-${people}`);
    await other.link();
    await buying.open({ product: other.key, priceId: other.once, user: user.id }, write);
    expect(await links.customersOf(user.id)).toHaveLength(2);
    expect(sessionOf((await create({ user: user.id })).url)?.customer).toBe(paid);
  });

  test("a server asks for any user, a user token for its own", async () => {
    const [{ user, token }, { token: other }] = [await member(), await member()];
    const ask = "query ($user: ID!) { user(id: $user) { canOpenPortal portalBlocker } }";
    for (const credential of [write, await shop.latchkey.key("READ"), token]) {
      expect(await shop.latchkey.get(ask, { user }, credential)).toEqual({
        user: { canOpenPortal: true, portalBlocker: null },
      });
    }
    expect((await shop.latchkey.refused(ask, { user }, other)).extensions.code).toBe("FORBIDDEN");
    const nobody = (await ops.createUser({ externalId: `nobody-${++people}` })).id;
    expect(await shop.latchkey.get(ask, { user: nobody }, write)).toEqual({
      user: { canOpenPortal: false, portalBlocker: "NO_STRIPE_CUSTOMER" },
    });
  });

  test("TA-X29: switched off is switched off, and on again", async () => {
    const { user, token } = await member();
    await settings({ enabled: false });
    expect((await refuse({ user })).code).toBe("PORTAL_DISABLED");
    expect((await refuse({ user, createCustomerIfMissing: true })).code).toBe("PORTAL_DISABLED");
    expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "PORTAL_DISABLED" });
    await settings({ enabled: true });
    await create({ user });
  });

  test("CH-S27: where cancelling is switched off, its flow is", async () => {
    const { user, subscription } = await subscriber();
    await settings({ allowCancel: false });
    expect(await refuse({ user, flow: "SUBSCRIPTION_CANCEL", subscription })).toMatchObject({
      code: "PORTAL_DISABLED",
      field: "input.flow",
    });
    await settings({ allowCancel: true });
    await create({ user, flow: "SUBSCRIPTION_CANCEL", subscription });
  });

  test("TA-S7, TA-S14: without a configuration the way is closed until somebody activates it", async () => {
    const { user, token } = await member();
    await shop.latchkey.server.deps.db.rows(`/* test.old */ update stripe_connections set portal_configuration = null`);
    expect((await refuse({ user })).code).toBe("PORTAL_NOT_CONFIGURED");
    expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "PORTAL_NOT_CONFIGURED" });
    await activate();
    await create({ user });
  });

  describe("a configuration that was deactivated in Stripe", () => {
    const STATUS =
      "{ setupStatus { steps { key done detail fix } } stripeConnections { lastError portal { configurationId } } }";
    const TEST =
      "mutation ($id: ID!) { testStripeConnection(connection: $id) { lastError portal { configurationId } } }";
    const configurations = () => shop.stripe.billingPortal.configurations;
    const all = async () =>
      (await configurations().list({ limit: 100 })).data.map(({ id, active }) => ({ id, active }));
    const deactivate = async () => {
      const [configuration] = (await configurations().list({ active: true })).data;
      const id = configuration?.id ?? "";
      await configurations().update(id, { active: false });
      return id;
    };
    const step = async () => {
      const { setupStatus } = await shop.latchkey.get<{ setupStatus: { steps: { key: string }[] } }>(STATUS);
      return setupStatus.steps.find(({ key }) => key === "portal_configuration");
    };

    test("closes the way at the first refusal, and nothing that only looks or changes a setting replaces it", async () => {
      const { user, token } = await subscriber();
      // Nothing is heard of it before.
      await shop.control("hold-deliveries");
      const id = await deactivate();
      const before = await all();
      expect((await refuse({ user })).code).toBe("PORTAL_NOT_CONFIGURED");
      expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "PORTAL_NOT_CONFIGURED" });
      expect(await step()).toMatchObject({
        done: false,
        detail: expect.stringMatching(/deactivated/),
        fix: "activateCustomerPortal",
      });
      const { testStripeConnection: tested } = await shop.latchkey.get<{ testStripeConnection: object }>(TEST, {
        id: shop.connection,
      });
      expect(tested).toEqual({
        lastError: expect.stringMatching(/deactivated/),
        portal: { configurationId: id },
      });
      const change = "mutation ($input: PortalSettingsInput!) { updatePortalSettings(input: $input) { id } }";
      const refused = await shop.latchkey.refused(change, {
        input: { connection: shop.connection, allowCancel: true },
      });
      expect(refused.extensions.code).toBe("PORTAL_NOT_CONFIGURED");
      expect(refused.message).toMatch(/activateCustomerPortal/);
      expect(await all()).toEqual(before);
      await shop.control("release-deliveries");
      await shop.settled();
      // Its owner activates it again.
      await configurations().update(id, { active: true });
      await shop.latchkey.get(TEST, { id: shop.connection });
      expect(await viewer(token)).toEqual({ canOpenPortal: true, portalBlocker: null });
      expect(sessionOf((await create({ user })).url)?.configuration).toBe(id);
    });

    test("is noticed by its event, before anybody is refused, and so is its activation", async () => {
      const { token } = await subscriber();
      const id = await deactivate();
      await shop.settled();
      expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "PORTAL_NOT_CONFIGURED" });
      await configurations().update(id, { active: true });
      await shop.settled();
      expect(await viewer(token)).toEqual({ canOpenPortal: true, portalBlocker: null });
    });

    test("is noticed by a test of the connection, before anybody is refused, and replaced by activateCustomerPortal", async () => {
      const { user, token } = await subscriber();
      const id = await deactivate();
      await shop.latchkey.get(TEST, { id: shop.connection });
      expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "PORTAL_NOT_CONFIGURED" });
      await activate();
      expect(await viewer(token)).toEqual({ canOpenPortal: true, portalBlocker: null });
      expect(sessionOf((await create({ user })).url)?.configuration).not.toBe(id);
      expect(await step()).toMatchObject({ done: true });
    });
  });

  test("a customer who was deleted in Stripe is none, before we have heard of it and after", async () => {
    const { user, customer, token } = await member();
    await shop.control("hold-deliveries");
    await shop.control("delete-customer", { customer });
    expect((await refuse({ user })).code).toBe("NO_STRIPE_CUSTOMER");
    await shop.control("release-deliveries");
    await shop.settled();
    expect((await refuse({ user })).code).toBe("NO_STRIPE_CUSTOMER");
    expect(await viewer(token)).toEqual({ canOpenPortal: false, portalBlocker: "NO_STRIPE_CUSTOMER" });
  });

  test("with Stripe down the caller is told to try again, and nothing is left behind", async () => {
    const { user } = await member();
    await shop.control("plan-fault", { kind: "error-before", path: "/v1/*", count: 10 });
    expect(await refuse({ user })).toMatchObject({ code: "STRIPE_UNAVAILABLE", retryable: true });
    await shop.control("clear-faults");
    await create({ user });
  });

  test("nothing of one mode opens in the other", async () => {
    const { user } = await member();
    expect((await refuse({ user }, await shop.latchkey.key("WRITE", "LIVE"))).code).toBe("STRIPE_NOT_CONNECTED");
  });
});

test("TA-S11: the address of a session is written down nowhere: no row, no log, no journal", async () => {
  const { user } = await member();
  const secrets = [(await create({ user })).url, (await create({ user, idempotencyKey: "kept-nowhere" })).url].map(
    (url) => url.split("/test_")[1] ?? "",
  );
  expect(secrets.every((secret) => secret.length > 20)).toBe(true);
  await shop.settled();
  const { db } = shop.latchkey.server.deps;
  const tables = await db.rows<{ name: string }>(
    `/* test.tables */ select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables) {
    const [found] = await db.rows<{ found: number }>(
      `/* test.look */ select count(*)::int as found from "${name}" t where t::text like any($1::text[])`,
      [secrets.map((secret) => `%${secret}%`)],
    );
    expect([name, found?.found]).toEqual([name, 0]);
  }
  expect(secrets.some((secret) => shop.latchkey.logged.join("\n").includes(secret))).toBe(false);
});

test("one user's sessions are counted; a server's are not", async () => {
  const { user, token } = await member();
  const codes = new Set<string>();
  const most = shop.latchkey.server.deps.config.limits.checkoutsPerMinutePerUser;
  for (let index = 0; index <= most; index++) {
    const { errors } = await shop.latchkey.ask(CREATE, { input: { returnUrl: BACK } }, token);
    codes.add(errors?.[0]?.extensions.code ?? "fine");
  }
  expect(codes).toEqual(new Set(["fine", "RATE_LIMITED"]));
  await create({ user });
});
