import { type Shop, startShop } from "../kit/start-shop";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

test("CH-X1, RWS-X36: connecting an account tells its name and state, and how its webhooks arrive", async () => {
  const { stripeConnections } = await shop.latchkey.get<{ stripeConnections: object[] }>(`{ stripeConnections {
    id account accountName mode status lastError webhookUrl allowPromotionCodes exposePurchaseOptions createdAt
    webhookHealth { configured lastEventAt pending failed missingEventTypes apiVersionMatches rejected }
    portal { enabled configurationId allowCancel }
  } }`);
  const account = await shop.stripe.accounts.retrieveCurrent();
  expect(stripeConnections).toMatchObject([
    {
      id: shop.connection,
      account: account.id,
      accountName: "Simulated shop",
      mode: "TEST",
      status: "CONNECTED",
      lastError: null,
      webhookUrl: `${shop.latchkey.url}/stripe/webhook/${shop.connection}`,
      webhookHealth: { configured: true, missingEventTypes: [], apiVersionMatches: true, failed: 0, rejected: 0 },
      portal: { enabled: true, allowCancel: true },
    },
  ]);
});

test("what happens in Stripe is in the inbox before Stripe is told that we have it", async () => {
  const customer = await shop.stripe.customers.create({ email: "ada@shop.example" });
  await shop.simulator.deliveries.settled();
  const rows = await shop.latchkey.server.deps.db.rows(
    "/* test */ select type, object_id, subject, ids, body from stripe_inbox where object_id = $1",
    [customer.id],
  );
  expect(rows).toEqual([
    {
      type: "customer.created",
      object_id: customer.id,
      subject: customer.id,
      ids: { customer: customer.id },
      body: null,
    },
  ]);
});
