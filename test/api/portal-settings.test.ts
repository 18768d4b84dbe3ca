import { type Shop, startShop } from "../kit/start-shop";

let shop: Shop;
const open = async () => {
  shop = await startShop();
};

const PORTAL = `portal { enabled configurationId privacyPolicyUrl termsOfServiceUrl allowCancel allowPaymentMethodUpdate
  allowInvoiceHistory allowCustomerUpdate }`;
const UPDATE = `mutation ($input: PortalSettingsInput!) { answer: updatePortalSettings(input: $input) { ${PORTAL} } }`;

type Portal = Record<string, unknown> & { configurationId: string | null };

const update = async (input: object) =>
  (
    await shop.latchkey.get<{ answer: { portal: Portal } }>(UPDATE, {
      input: { connection: shop.connection, ...input },
    })
  ).answer.portal;
const refuse = (input: object) => shop.latchkey.refused(UPDATE, { input: { connection: shop.connection, ...input } });
const shown = async () =>
  (await shop.latchkey.get<{ stripeConnections: { portal: Portal }[] }>(`{ stripeConnections { ${PORTAL} } }`))
    .stripeConnections[0]?.portal;
const inStripe = async () => (await shop.stripe.billingPortal.configurations.list({ active: true })).data;

describe("settings that change", () => {
  beforeEach(open);
  afterEach(() => shop.stop());

  test("CH-S26, CH-S27, TA-X26: addresses and features reach Stripe in the configuration that is there, and are shown", async () => {
    const before = await shown();
    const after = await update({
      privacyPolicyUrl: "https://shop.example/privacy",
      termsOfServiceUrl: "https://shop.example/terms",
      allowCancel: false,
      allowInvoiceHistory: false,
    });
    expect(after).toEqual({
      enabled: true,
      configurationId: before?.configurationId,
      privacyPolicyUrl: "https://shop.example/privacy",
      termsOfServiceUrl: "https://shop.example/terms",
      allowCancel: false,
      allowPaymentMethodUpdate: true,
      allowInvoiceHistory: false,
      allowCustomerUpdate: true,
    });
    expect(await shown()).toEqual(after);
    const all = await inStripe();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      business_profile: {
        privacy_policy_url: "https://shop.example/privacy",
        terms_of_service_url: "https://shop.example/terms",
      },
      features: { subscription_cancel: { enabled: false }, invoice_history: { enabled: false } },
    });
  });

  test("TA-X27: an address that is cleared is gone in Stripe too, and one that was never said is not invented", async () => {
    expect((await inStripe())[0]?.business_profile).toMatchObject({
      privacy_policy_url: null,
      terms_of_service_url: null,
    });
    await update({ privacyPolicyUrl: "https://shop.example/privacy" });
    expect(await update({ privacyPolicyUrl: null })).toMatchObject({ privacyPolicyUrl: null });
    expect((await inStripe())[0]?.business_profile.privacy_policy_url).toBeNull();
  });

  test("RWS-X31: a configuration that the shop made in Stripe is used; only what is said changes in it, and nothing twice", async () => {
    const [ours] = await inStripe();
    await shop.stripe.billingPortal.configurations.update(ours?.id ?? "", { active: false });
    const theirs = await shop.control<{ id: string }>("save-portal-settings");
    // Ours was deactivated, so another one is used once somebody says so.
    const activate = "mutation ($id: ID!) { activateCustomerPortal(connection: $id) { id } }";
    await shop.latchkey.get(activate, { id: shop.connection });
    await shop.stripe.billingPortal.configurations.update(theirs.id, {
      business_profile: { headline: "Our shop" },
      features: { customer_update: { enabled: true, allowed_updates: ["phone"] } },
    });
    expect(await update({ allowCancel: false })).toMatchObject({ configurationId: theirs.id, allowCancel: false });
    const [now, ...others] = await inStripe();
    expect(others).toEqual([]);
    expect(now).toMatchObject({
      id: theirs.id,
      business_profile: { headline: "Our shop" },
      features: { customer_update: { enabled: true, allowed_updates: ["phone"] } },
    });
  });

  test("TA-S7: where there is none it is made, by however many who ask at once, and never twice", async () => {
    const [ours] = await inStripe();
    await shop.stripe.billingPortal.configurations.update(ours?.id ?? "", { active: false });
    await shop.latchkey.server.deps.db.rows(
      `/* test.none */ update stripe_connections set portal_configuration = null`,
    );
    const portals = await Promise.all(
      [true, false, true, false].map((allowCustomerUpdate) => update({ allowCustomerUpdate })),
    );
    const all = await inStripe();
    expect(all).toHaveLength(1);
    expect(new Set(portals.map(({ configurationId }) => configurationId))).toEqual(new Set([all[0]?.id]));
    expect((await shown())?.configurationId).toBe(all[0]?.id);
  });

  test("TA-X29: the portal is switched off here alone, also while Stripe is down", async () => {
    await shop.control("plan-fault", { kind: "error-before", path: "/v1/billing_portal/*", count: 20 });
    expect(await update({ enabled: false })).toMatchObject({ enabled: false });
    expect((await refuse({ allowCancel: false })).extensions).toMatchObject({
      code: "STRIPE_UNAVAILABLE",
      retryable: true,
    });
    expect(await shown()).toMatchObject({ enabled: false, allowCancel: true });
  });

  test("what changed in Stripe since is shown after the connection was tested", async () => {
    const [ours] = await inStripe();
    await shop.stripe.billingPortal.configurations.update(ours?.id ?? "", {
      features: { subscription_cancel: { enabled: false } },
    });
    await shop.latchkey.get("mutation ($id: ID!) { testStripeConnection(connection: $id) { id } }", {
      id: shop.connection,
    });
    expect(await shown()).toMatchObject({ allowCancel: false });
  });

  test("a disconnected account, and one of the other mode, have no settings", async () => {
    const live = await shop.latchkey.key("ADMIN", "LIVE");
    const input = { connection: shop.connection, allowCancel: true };
    expect((await shop.latchkey.refused(UPDATE, { input }, live)).extensions).toMatchObject({
      code: "NOT_FOUND",
      field: "input.connection",
    });
    await shop.latchkey.get("mutation ($id: ID!) { disconnectStripe(connection: $id) { id } }", {
      id: shop.connection,
    });
    expect((await refuse({ allowCancel: true })).extensions).toMatchObject({ code: "STRIPE_NOT_CONNECTED" });
  });
});

describe("addresses that are refused", () => {
  beforeAll(open);
  afterAll(() => shop.stop());

  test("TA-S7: what Stripe says against an address is passed on, with the field that it is about", async () => {
    const refused = await refuse({ privacyPolicyUrl: `https://shop.example/${"a".repeat(6_000)}` });
    expect(refused.extensions).toMatchObject({ code: "STRIPE_REFUSED", field: "input.privacyPolicyUrl" });
    expect(refused.message).toMatch(/^Stripe refused: .*5000/);
    expect(await shown()).toMatchObject({ privacyPolicyUrl: null });
  });

  test.each([
    "javascript:alert(1)",
    "shopapp://x",
    "https://a@shop.example",
    "https://shop.example\\x",
    "",
    "shop.example",
  ])("CH-S26: %j is no address of terms", async (termsOfServiceUrl) => {
    expect((await refuse({ termsOfServiceUrl })).extensions).toMatchObject({
      code: "URL_NOT_ALLOWED",
      field: "input.termsOfServiceUrl",
    });
  });
});
