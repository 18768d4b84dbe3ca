import { type Setup, type SetupConnection, decideReady, decideSetupSteps } from "../../src/setup/decide-setup-steps";

const now = new Date("2026-03-20T12:00:00.000Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

const fine: SetupConnection = {
  connection: {
    account: "acct_1",
    status: "CONNECTED",
    keyTrouble: null,
    missingPermissions: [],
    webhookEndpoint: "we_1",
    webhookEventTypes: ["*"],
    webhookApiVersion: "2025-01-01.test",
    webhookCheckedAt: daysAgo(2),
    portalConfiguration: "bpc_1",
    portalDeactivatedAt: null,
    portal: { privacyPolicyUrl: "https://shop.example/privacy", termsOfServiceUrl: "https://shop.example/terms" },
  },
  configured: true,
  missingEventTypes: [],
  apiVersionMatches: true,
  lastEventAt: daysAgo(1),
  secretDoubtedAt: null,
  pending: 0,
  failed: 0,
  oldestPendingAt: null,
  isSelling: true,
};
const done: Setup = {
  connections: [fine],
  hasProduct: true,
  hasLink: true,
  inactiveLinks: [],
  hasAllowedUrls: true,
  unclaimed: 0,
  now,
};
const withConnection = (changes: Partial<SetupConnection>): Setup => ({
  ...done,
  connections: [{ ...fine, ...changes }],
});
const row = (changes: Partial<SetupConnection["connection"]>) =>
  withConnection({ connection: { ...fine.connection, ...changes } });
const openSteps = (setup: Setup) => decideSetupSteps(setup).filter((step) => !step.done);

test("when everything is in place, every step is done and there is nothing to mend", () => {
  const steps = decideSetupSteps(done);
  expect(steps.filter((step) => !step.done || step.fix !== null)).toEqual([]);
  expect(decideReady(steps)).toBe(true);
});

// What is wrong, the step that says so, whether anything still opens, what is said, and what mends it.
const cases: [string, Setup, string, boolean, RegExp, RegExp][] = [
  [
    "the key was revoked",
    row({ keyTrouble: "Stripe does not accept the key." }),
    "key_accepted",
    false,
    /acct_1: Stripe does not/,
    /updateStripeConnection/,
  ],
  [
    "a permission is missing",
    row({ missingPermissions: ["Customers: read"] }),
    "key_permissions",
    false,
    /Customers: read/,
    /testStripeConnection/,
  ],
  [
    "there is no secret",
    withConnection({ configured: false, apiVersionMatches: null }),
    "webhook_endpoint",
    false,
    /no enabled webhook/,
    /repairWebhookEndpoint/,
  ],
  [
    "the endpoint hears nothing",
    row({ webhookEventTypes: [] }),
    "webhook_endpoint",
    false,
    /no enabled webhook/,
    /repairWebhookEndpoint/,
  ],
  [
    "an event is not subscribed to",
    withConnection({ missingEventTypes: ["invoice.paid"] }),
    "webhook_events",
    false,
    /invoice\.paid/,
    /repairWebhookEndpoint/,
  ],
  [
    "TA-X1, TA-S15: the version is an older one, whose events count all the same",
    withConnection({ apiVersionMatches: false }),
    "webhook_version",
    true,
    /2025-01-01\.test.*should be renewed/,
    /repairWebhookEndpoint/,
  ],
  [
    "several events were refused since the last good one",
    withConnection({ secretDoubtedAt: daysAgo(0.5) }),
    "webhook_secret",
    false,
    /2026-03-20T00:00/,
    /updateStripeConnection\(webhookSecret\)/,
  ],
  [
    "nothing but refused signatures ever came",
    withConnection({ lastEventAt: null, secretDoubtedAt: daysAgo(9), isSelling: false }),
    "webhook_secret",
    false,
    /refused/,
    /repair/,
  ],
  [
    "no event came for weeks, and there are subscriptions",
    withConnection({ lastEventAt: daysAgo(9) }),
    "events_arriving",
    true,
    /last event came at/,
    /replayEvents/,
  ],
  [
    "no event ever came, and there are subscriptions",
    withConnection({ lastEventAt: null }),
    "events_arriving",
    true,
    /no event ever/,
    /replayEvents/,
  ],
  ["an event failed", withConnection({ failed: 2 }), "events_done", true, /2 events failed/, /replayEvents/],
  [
    "an event waits long",
    withConnection({ oldestPendingAt: daysAgo(1) }),
    "events_done",
    true,
    /waits since/,
    /replayEvents/,
  ],
  [
    "there is no portal configuration",
    row({ portalConfiguration: null }),
    "portal_configuration",
    true,
    /no configuration/,
    /activateCustomerPortal/,
  ],
  [
    "the portal configuration was deactivated",
    row({ portalDeactivatedAt: daysAgo(1) }),
    "portal_configuration",
    true,
    /bpc_1 was deactivated/,
    /^activateCustomerPortal$/,
  ],
  [
    "CH-S26: the portal shows no terms",
    row({ portal: { privacyPolicyUrl: "https://shop.example/privacy", termsOfServiceUrl: null } }),
    "portal_addresses",
    true,
    /no terms of service/,
    /updatePortalSettings/,
  ],
  ["there is no product", { ...done, hasProduct: false }, "product_exists", false, /no live product/, /createProduct/],
  ["no product is linked", { ...done, hasLink: false }, "product_linked", false, /No product is linked/, /linkProduct/],
  [
    "links belong to an account that was disconnected",
    {
      ...done,
      inactiveLinks: [
        { product: "book", stripeProduct: "prod_1", account: "acct_2" },
        { product: "course", stripeProduct: "prod_2", account: "acct_2" },
      ],
    },
    "links_active",
    false,
    /book \(prod_1\) of acct_2, course \(prod_2\) of acct_2/,
    /connectStripe.*unlinkProduct/,
  ],
  [
    "nobody may be sent back",
    { ...done, hasAllowedUrls: false },
    "return_urls",
    true,
    /sent back nowhere/,
    /LATCHKEY_ALLOWED_URLS/,
  ],
  [
    "somebody paid and nobody has it",
    { ...done, unclaimed: 2 },
    "purchases_claimed",
    true,
    /2 purchases were paid/,
    /claimPurchase/,
  ],
];

test.each(cases)("%s", (_, setup, key, ready, detail, fix) => {
  expect(openSteps(setup)).toEqual([
    { key, done: false, required: !ready, detail: expect.stringMatching(detail), fix: expect.stringMatching(fix) },
  ]);
  expect(decideReady(decideSetupSteps(setup))).toBe(ready);
});

test("without an account, everything about one waits for connectStripe", () => {
  const steps = openSteps({ ...done, connections: [] });
  expect(steps.length).toBeGreaterThan(8);
  expect(new Set(steps.map(({ fix }) => fix))).toEqual(new Set(["connectStripe"]));
});

test("of several accounts, the one with the trouble is named", () => {
  const other = { ...fine, connection: { ...fine.connection, account: "acct_2" }, failed: 1 };
  expect(openSteps({ ...done, connections: [fine, other] })).toMatchObject([
    { detail: "acct_2: 1 events failed after the last try." },
  ]);
});

test("a secret that was brought: what is claimed of an endpoint depends on what was seen since it was looked for", () => {
  const brought = (checkedAt: Date | null) => ({
    ...fine,
    apiVersionMatches: null,
    connection: { ...fine.connection, webhookEndpoint: null, webhookEventTypes: [], webhookCheckedAt: checkedAt },
  });
  expect(openSteps({ ...done, connections: [brought(null)] })).toEqual([]);
  // The last event came a day ago.
  expect(openSteps({ ...done, connections: [brought(daysAgo(2))] })).toEqual([]);
  expect(openSteps({ ...done, connections: [brought(daysAgo(0.5))] })).toMatchObject([{ key: "webhook_endpoint" }]);
});

test("no event for weeks is fine where nothing is sold yet", () => {
  expect(openSteps(withConnection({ lastEventAt: null, isSelling: false }))).toEqual([]);
});
