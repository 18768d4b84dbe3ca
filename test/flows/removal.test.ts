import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { replanned } from "../kit/import-list";
import { jobDone, openStall, type Stall } from "../kit/open-stall";
import { dumpRows, type Operations, operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { until } from "../kit/until";

// What comes after a user was removed: events about what they had bought, and purchases that they begin afterwards.

const DAY = 86_400_000;
let shop: Shop;
let stall: Stall;
let api: Operations;
let link: string;

beforeAll(async () => {
  shop = await startShop({ env: CHECKOUT_ENV });
  api = operationsOf(shop.latchkey);
  stall = await openStall(shop, "course");
  ({ link } = await stall.link());
});
afterAll(() => shop.stop());

interface User {
  id: string;
  access: { allowed: boolean; reason: string };
}

async function userOf(email: string): Promise<User | null> {
  await shop.settled();
  const query = `query ($email: String!) { userByEmail(email: $email) { id access(product: "course") { allowed reason } } }`;
  return (await shop.latchkey.get<{ userByEmail: User | null }>(query, { email })).userByEmail;
}

const rows = <Row>(text: string, values: unknown[] = []) => shop.latchkey.server.deps.db.rows<Row>(text, values);
const ownerOf = async (source: string) =>
  (await rows<{ owner: string | null }>("select owner_id as owner from stripe_facts where source = $1", [source]))[0];

/** Buys once by a payment link, as a guest without a customer in Stripe. Returns the payment. */
async function buyByLink(email: string): Promise<string> {
  const { id } = await shop.stripe.paymentLinks.create({ line_items: [{ price: stall.once, quantity: 1 }] });
  const sale = { link: id, email, name: "Zebulon Pike" };
  const { session } = await shop.control<{ session: { payment_intent: string } }>("payment-link-sale", sale);
  await shop.settled();
  return session.payment_intent;
}

async function remove(email: string): Promise<void> {
  const user = await userOf(email);
  if (!user) throw new Error(`${email} is nobody`);
  await api.deleteUser(user.id);
  // Stripe counts whole seconds.
  shop.clock.moveBy(2_000);
}

async function run(mutation: string, variables: Record<string, unknown> = {}): Promise<void> {
  const answer = await shop.latchkey.get<{ job: { id: string } }>(mutation, variables);
  await jobDone(shop, answer.job.id);
}

const afterwards: Record<string, () => Promise<void>> = {
  "a reconciliation": () => run("mutation { job: reconcile(input: {}) { id } }"),
  "a replay of Stripe's events": () =>
    run(
      "mutation ($connection: ID!, $since: DateTime!) { job: replayEvents(connection: $connection, since: $since) { id } }",
      {
        connection: shop.connection,
        since: new Date(shop.clock.now().getTime() - 20 * DAY).toISOString(),
      },
    ),
  "linking the product again": async () => {
    await shop.latchkey.get(
      "mutation ($input: UnlinkProductInput!) { unlinkProduct(input: $input) { preview { losing } } }",
      {
        input: { link, strategy: "END_GRANTS" },
      },
    );
    ({ link } = await stall.link());
  },
  "connecting the account again": async () => {
    await shop.latchkey.get(`mutation { disconnectStripe(connection: "${shop.connection}") { id } }`);
    await shop.latchkey.get("mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }", {
      input: { secretKey: "sk_test_shopofthetests" },
    });
    await run("mutation { job: reconcile(input: {}) { id } }");
  },
};

test("a guest who was removed stays away, whatever Stripe says of what they had bought", async () => {
  const email = "guest-zebulon@shop.example";
  const payment = await buyByLink(email);
  expect(await userOf(email)).toMatchObject({ access: { allowed: true } });
  await remove(email);
  await shop.stripe.refunds.create({ payment_intent: payment, amount: 100 });
  expect(await userOf(email)).toBeNull();
  await shop.stripe.refunds.create({ payment_intent: payment, amount: 200 });
  expect(await userOf(email)).toBeNull();
  const [charge] = (await shop.stripe.charges.list({ payment_intent: payment })).data;
  await shop.control("open-dispute", { charge: charge?.id ?? "" });
  expect(await userOf(email)).toBeNull();
  expect(await ownerOf(payment)).toEqual({ owner: null });
  expect(await dumpRows(shop.latchkey)).not.toMatch(/zebulon/i);
});

test("a subscriber who was removed is not created again by renewals, refunds, jobs or a new connection", async () => {
  const email = "payer-zebulon@shop.example";
  const customer = await stall.customer(email, { name: "Zebulon Pike" });
  const { id } = await stall.subscribe(customer);
  expect(await userOf(email)).toMatchObject({ access: { allowed: true } });
  await remove(email);
  await shop.control("renew-now", { subscription: id, ends: "succeeds" });
  await shop.stripe.customers.update(customer, { name: "Zebulon P.", metadata: { seen: "again" } });
  expect(await userOf(email)).toBeNull();
  for (const [name, work] of Object.entries(afterwards)) {
    await work();
    expect([name, await userOf(email)]).toEqual([name, null]);
    expect(await dumpRows(shop.latchkey)).not.toMatch(/zebulon/i);
  }
  expect(await ownerOf(id)).toEqual({ owner: null });
});

test("what a removed person had bought is nobody's at once, and no difference to Stripe, today or tomorrow", async () => {
  const email = "former-zebulon@shop.example";
  const { id } = await stall.subscribe(await stall.customer(email, { name: "Zebulon Pike" }));
  await remove(email);
  await replanned(shop.latchkey);
  expect(await ownerOf(id)).toEqual({ owner: null });
  const { unclaimedPurchases } = await shop.latchkey.get<{ unclaimedPurchases: { nodes: object[] } }>(
    "{ unclaimedPurchases(first: 50) { nodes { stripeObject reason } } }",
  );
  expect(unclaimedPurchases.nodes).toContainEqual({ stripeObject: id, reason: "PERSON_REMOVED" });
  for (const round of ["first", "second"]) {
    const { job } = await shop.latchkey.get<{ job: { id: string } }>("mutation { job: reconcile(input: {}) { id } }");
    const done = await jobDone(shop, job.id);
    expect([round, done.updated, done.problems.nodes]).toEqual([round, 0, []]);
  }
});

test("a reconciliation keeps purchases of removed people up to date and reports no CONFLICT for them", async () => {
  const reconcile = async (dryRun: boolean) => {
    const { job } = await shop.latchkey.get<{ job: { id: string } }>(
      `mutation { job: reconcile(input: { dryRun: ${dryRun} }) { id } }`,
    );
    return jobDone(shop, job.id);
  };
  const renewed = await stall.customer("renewed-zebulon@shop.example", { name: "Zebulon Pike" });
  const { id } = await stall.subscribe(renewed);
  const deleted = await stall.customer("deleted-zebulon@shop.example", { name: "Zebulon Pike" });
  await stall.subscribe(deleted);
  const present = await stall.customer("present@shop.example");
  const { id: others } = await stall.subscribe(present);
  await remove("renewed-zebulon@shop.example");
  await remove("deleted-zebulon@shop.example");
  // Nothing of this is delivered.
  await shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
  await shop.control("renew-now", { subscription: id, ends: "succeeds" });
  await shop.control("renew-now", { subscription: others, ends: "succeeds" });
  await shop.stripe.customers.del(deleted);
  await shop.settled();
  const invoiceOf = async () =>
    (
      await rows("select facts -> 'state' -> 'latestInvoice' ->> 'id' as id from stripe_facts where source = $1", [id])
    )[0];
  const before = await invoiceOf();
  for (const dryRun of [true, false]) {
    const { updated, problems } = await reconcile(dryRun);
    const told = problems.nodes.map(({ subject, code }) => ({ subject, code }));
    expect([dryRun, updated, told]).toEqual([dryRun, 1, [{ subject: others, code: "CONFLICT" }]]);
  }
  expect(await invoiceOf()).not.toEqual(before);
  expect(await reconcile(false)).toMatchObject({ updated: 0, created: 0, problems: { nodes: [] } });
  await shop.control("clear-instructions");
});

test("events that wait or failed when a person is removed keep no name and no address of theirs", async () => {
  const email = "waiting-zebulon@shop.example";
  const customer = await stall.customer(email, { name: "Zebulon Pike" });
  const other = await stall.customer("other@shop.example");
  const subscriptions = [await stall.subscribe(customer), await stall.subscribe(other)];
  await userOf(email);
  shop.simulator.deliveries.holdAll();
  for (const { id } of subscriptions) {
    await shop.stripe.subscriptions.update(id, { metadata: { name: "Zebulon Pike" } });
    // Somebody else's subscription may show the address as well.
    await shop.stripe.subscriptions.update(id, { metadata: { name: "", reply_to: email.toUpperCase() } });
  }
  await shop.control("plan-fault", { kind: "error-before", path: "/v1/*", count: 1_000_000 });
  await shop.simulator.deliveries.release();
  const bodies = (of: string) =>
    rows<{ body: string | null }>("select body from stripe_inbox where state = 'PENDING' and subject = $1", [of]);
  await until(
    async () => [...(await bodies(customer)), ...(await bodies(other))],
    (found) => found.length === 4,
  );
  await rows(
    "update stripe_inbox set state = 'FAILED' where event_id = (select min(event_id) from stripe_inbox where state = 'PENDING' and subject = $1)",
    [customer],
  );
  await remove(email);
  expect(await bodies(customer)).toEqual([{ body: null }]);
  const kept = (await bodies(other)).map(({ body }) => body);
  expect(kept.filter((body) => body !== null)).toHaveLength(1);
  expect(await dumpRows(shop.latchkey)).not.toMatch(/waiting-zebulon/i);
  await shop.control("clear-faults");
  await shop.settled();
  expect(await userOf(email)).toBeNull();
});

test("a purchase that was begun before the removal and is met after it, by an import, creates nobody", async () => {
  const email = "late-zebulon@shop.example";
  const other = await openStall(shop, "later");
  const unseen = await other.subscribe(await other.customer(email));
  await buyByLink(email);
  await remove(email);
  await other.link();
  expect(await userOf(email)).toBeNull();
  expect(await ownerOf(unseen.id)).toEqual({ owner: null });
  expect(await dumpRows(shop.latchkey)).not.toMatch(/zebulon/i);
});

test.each(["address", "customer"])(
  "a purchase that is begun after the removal, by the same %s, is a new user's; the old one is still nobody's",
  async (by) => {
    const email = `again-${by}@shop.example`;
    const customer = await stall.customer(email);
    const old = await stall.subscribe(customer);
    const before = await userOf(email);
    await remove(email);
    const later = by === "customer" ? customer : await stall.customer(email);
    await stall.subscribe(later);
    const user = await userOf(email);
    expect(user).toMatchObject({ access: { allowed: true, reason: "SUBSCRIPTION" } });
    expect(user?.id).not.toBe(before?.id);
    await shop.control("renew-now", { subscription: old.id, ends: "succeeds" });
    await shop.settled();
    expect(await ownerOf(old.id)).toEqual({ owner: null });
    expect(await api.grants(user?.id ?? "", true)).toHaveLength(1);
  },
);

test("with autoCreateUsers NEVER, a purchase that is begun after the removal creates nobody and is kept to be claimed", async () => {
  const email = "never@shop.example";
  await buyByLink(email);
  await remove(email);
  const policy = (autoCreateUsers: string) =>
    shop.latchkey.get("mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { autoCreateUsers } }", {
      input: { autoCreateUsers },
    });
  await policy("NEVER");
  const payment = await buyByLink(email);
  expect(await userOf(email)).toBeNull();
  const [held] = await rows("select facts -> 'buyer' ->> 'email' as email from stripe_facts where source = $1", [
    payment,
  ]);
  expect(held).toEqual({ email });
  await policy("ON_PURCHASE");
});

test("a person who is created again holds none of it until a server key links the customer or claims the purchase", async () => {
  const email = "back@shop.example";
  const customer = await stall.customer(email);
  const old = await stall.subscribe(customer);
  await userOf(email);
  await remove(email);
  const { id } = await api.createUser({ email, emailVerified: true });
  await shop.control("renew-now", { subscription: old.id, ends: "succeeds" });
  expect(await userOf(email)).toMatchObject({ id, access: { allowed: false, reason: "NO_GRANT" } });
  await shop.latchkey.get("mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { gained { key } } }", {
    input: { user: id, customerId: customer },
  });
  expect(await userOf(email)).toMatchObject({ id, access: { allowed: true, reason: "SUBSCRIPTION" } });

  const guest = "claimed@shop.example";
  await buyByLink(guest);
  await remove(guest);
  const [session] = (await shop.stripe.checkout.sessions.list({ limit: 1 })).data;
  const { id: claimant } = await api.createUser({ email: guest, emailVerified: true });
  expect(await userOf(guest)).toMatchObject({ id: claimant, access: { allowed: false } });
  await shop.latchkey.get(
    "mutation ($input: ClaimPurchaseInput!) { claimPurchase(input: $input) { gained { key } } }",
    {
      input: { user: claimant, checkoutSessionId: session?.id },
    },
  );
  expect(await userOf(guest)).toMatchObject({ id: claimant, access: { allowed: true, reason: "PURCHASE" } });
});

test("a trial that a removed person had used stays used: by their address, and by their customer", async () => {
  const policy = (trialsPerUser: number | null) =>
    shop.latchkey.get("mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { trialsPerUser } }", {
      input: { trialsPerUser },
    });
  await policy(1);
  const email = "trial@shop.example";
  const customer = await stall.customer(email);
  const { id } = await stall.subscribe(customer, { trial_period_days: 7 });
  await userOf(email);
  await shop.stripe.subscriptions.cancel(id);
  await shop.settled();
  await remove(email);
  const { id: sameAddress } = await api.createUser({ email });
  const { id: sameCustomer } = await api.createUser({});
  const { id: stranger } = await api.createUser({});
  await shop.latchkey.get("mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { gained { key } } }", {
    input: { user: sameCustomer, customerId: customer },
  });
  const buy = async (user: string) => {
    const input = { product: "course", priceId: stall.monthly, user, trialDays: 7 };
    return (await checkoutOperationsOf(shop).tryOpen(input)).errors?.[0]?.extensions.code ?? "opened";
  };
  expect([await buy(sameAddress), await buy(sameCustomer), await buy(stranger)]).toEqual([
    "TRIAL_USED",
    "TRIAL_USED",
    "opened",
  ]);
  await policy(null);
});
