import type { Activity } from "../generated/operations";
import { jobDone, openStall, type Stall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// What somebody buys, wherever they buy it, and what becomes of it: told by signed webhooks, asked through GraphQL.

const DAY = 86_400_000;
let shop: Shop;
let stall: Stall;

beforeAll(async () => {
  shop = await startShop();
  stall = await openStall(shop, "pro");
  await stall.link();
});
afterAll(() => shop.stop());

let people = 0;
const somebody = () => `buyer-${people++}@shop.example`;

interface Decision {
  allowed: boolean;
  reason: string;
  endsAt: string | null;
  asOf: string | null;
}

const ACCESS = "access(product: $product) { allowed reason endsAt asOf }";

async function access(email: string, product = "pro"): Promise<Decision | null> {
  const query = `query ($email: String!, $product: String!) { userByEmail(email: $email) { ${ACCESS} } }`;
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { access: Decision } | null }>(query, {
    email,
    product,
  });
  return userByEmail?.access ?? null;
}

async function says(email: string): Promise<string> {
  await shop.settled();
  const decision = await access(email);
  return decision ? `${decision.allowed ? "open" : "closed"}: ${decision.reason}` : "nobody";
}

const intentOf = (intent: string | { id: string } | null): string =>
  typeof intent === "string" ? intent : (intent?.id ?? "");

const typesOf = (lines: readonly Activity[]) => lines.map((line) => line.type).sort();

async function subscribe(email: string, more: Parameters<Stall["subscribe"]>[1] = {}) {
  const customer = await stall.customer(email);
  const subscription = await stall.subscribe(customer, more);
  await shop.settled();
  return { customer, id: subscription.id, item: subscription.items.data[0]?.id ?? "" };
}

describe("a purchase opens the product wherever it is made: CH-S3, CH-S4, CH-S15, CH-X8, RWS-S19", () => {
  test("in a checkout of our own, once: CH-S5", async () => {
    const email = somebody();
    const session = await shop.stripe.checkout.sessions.create({
      mode: "payment",
      success_url: "https://shop.example/thanks",
      line_items: [{ price: stall.once, quantity: 1 }],
    });
    await shop.settled();
    // A session that was only begun opens nothing, and makes nobody.
    expect(await access(email)).toBeNull();
    await shop.control("complete-checkout", { session: session.id, card: "4242424242424242", email });
    expect(await says(email)).toBe("open: PURCHASE");
  });

  test("by a payment link, without an account in our system and with somebody else's reference: TA-X18", async () => {
    const email = somebody();
    const { id: victim } = (
      await shop.latchkey.get<{ createUser: { id: string } }>(
        `mutation { createUser(input: { email: "victim@shop.example", emailVerified: true }) { id } }`,
      )
    ).createUser;
    const link = await shop.stripe.paymentLinks.create({ line_items: [{ price: stall.monthly, quantity: 1 }] });
    const sale = { link: link.id, email, card: "4242424242424242", client_reference_id: victim };
    await shop.control("payment-link-sale", sale);
    expect(await says(email)).toBe("open: SUBSCRIPTION");
    expect(await access("victim@shop.example")).toMatchObject({ allowed: false, reason: "NO_GRANT" });
  });

  test("in the dashboard", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    await shop.control("dashboard-subscription", { customer, price: stall.monthly });
    expect(await says(email)).toBe("open: SUBSCRIPTION");
  });

  test("by an invoice that was paid outside of Stripe: RWS-X2", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    await shop.control("dashboard-invoice", { customer, price: stall.once });
    expect(await says(email)).toBe("open: PURCHASE");
  });

  test("by the API of another application, a subscription with a metadata that means nothing here", async () => {
    const email = somebody();
    await subscribe(email, { metadata: { user: "somebody-else" } });
    expect(await says(email)).toBe("open: SUBSCRIPTION");
  });
});

describe("a subscription keeps the product open as long as it should: CH-S6, RWS-S10, RWS-X1", () => {
  test("it is bought, renewed for three months, and never locks the payer out on the way", async () => {
    const email = somebody();
    await subscribe(email);
    for (const month of [1, 2, 3]) {
      shop.clock.moveBy((month === 1 ? 32 : 31) * DAY);
      expect([month, await says(email)]).toEqual([month, "open: SUBSCRIPTION"]);
    }
    const lines = typesOf(await stall.journal(email));
    expect(lines.filter((type) => type === "PRODUCT_PURCHASED")).toHaveLength(1);
    expect(lines.filter((type) => type === "SUBSCRIPTION_STARTED")).toHaveLength(1);
    expect(lines.filter((type) => type === "SUBSCRIPTION_RENEWED")).toHaveLength(3);
    expect(lines.filter((type) => type === "ACCESS_STARTED")).toHaveLength(1);
  });

  test("cancelled to the end of the period: open until then, and the end is shown at once: CH-S28", async () => {
    const email = somebody();
    const { id } = await subscribe(email);
    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    expect(await says(email)).toBe("open: SUBSCRIPTION");
    const { endsAt } = (await access(email)) ?? {};
    expect(endsAt).not.toBeNull();
    shop.clock.moveTo(new Date(new Date(endsAt ?? "").getTime() + 1_000));
    expect(await says(email)).toBe("closed: CANCELLED");
    const journal = await stall.journal(email);
    const [cancelled] = journal.filter((line) => line.type === "SUBSCRIPTION_CANCELLED");
    const [ended] = journal.filter((line) => line.type === "ACCESS_ENDED");
    expect(new Date(cancelled?.at ?? "").getTime()).toBeLessThan(new Date(ended?.at ?? "").getTime());
  });

  test("who cancelled is told apart: the customer in the portal, an administrator, Stripe: CH-S32", async () => {
    const query = `query ($email: String!) { userByEmail(email: $email) {
      activities(first: 50) { nodes { type actor } } } }`;
    const actorOf = async (email: string) => {
      await shop.settled();
      const data = await shop.latchkey.get<{
        userByEmail: { activities: { nodes: { type: string; actor: string }[] } };
      }>(query, { email });
      return data.userByEmail.activities.nodes.filter((line) => line.type === "SUBSCRIPTION_CANCELLED");
    };
    const [portal, office, unpaid] = [somebody(), somebody(), somebody()];
    const one = await subscribe(portal);
    const { items } = await shop.stripe.subscriptions.retrieve(one.id);
    // The shape that the portal leaves behind.
    await shop.stripe.subscriptions.update(one.id, {
      cancel_at: items.data[0]?.current_period_end ?? 0,
      cancellation_details: { feedback: "too_expensive" },
    });
    const two = await subscribe(office);
    await shop.stripe.subscriptions.cancel(two.id);
    const three = await subscribe(unpaid);
    await shop.control("billing-settings", { after_retries: "cancel", retry_after_s: [], draft_for_s: 0 });
    await shop.control("renew-now", { subscription: three.id, ends: "fails" });
    expect(await actorOf(portal)).toEqual([{ type: "SUBSCRIPTION_CANCELLED", actor: "CUSTOMER" }]);
    expect(await actorOf(office)).toEqual([{ type: "SUBSCRIPTION_CANCELLED", actor: "ADMIN" }]);
    expect(await actorOf(unpaid)).toEqual([{ type: "SUBSCRIPTION_CANCELLED", actor: "STRIPE" }]);
  });

  test("who changed and resumed is an administrator where a key did it, and each line carries what it is about: CH-S32", async () => {
    const email = somebody();
    const { id, item } = await subscribe(email);
    const end = (await shop.stripe.subscriptions.retrieve(id)).items.data[0]?.current_period_end ?? 0;
    await shop.stripe.subscriptions.update(id, { items: [{ id: item, quantity: 2 }] });
    await shop.settled();
    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await shop.settled();
    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: false });
    await shop.settled();
    const query = `query ($email: String!) { userByEmail(email: $email) {
      activities(first: 50) { nodes { type actor data } } } }`;
    type Line = { type: string; actor: string; data: object };
    const { userByEmail } = await shop.latchkey.get<{ userByEmail: { activities: { nodes: Line[] } } }>(query, {
      email,
    });
    const lineOf = (type: string) => userByEmail.activities.nodes.find((line) => line.type === type);
    expect(lineOf("SUBSCRIPTION_CHANGED")).toMatchObject({ actor: "ADMIN" });
    expect(lineOf("SUBSCRIPTION_RESUMED")).toMatchObject({ actor: "ADMIN" });
    expect(lineOf("SUBSCRIPTION_CANCELLED")).toMatchObject({
      actor: "ADMIN",
      data: { endsAt: new Date(end * 1_000).toISOString() },
    });
    expect(lineOf("PRODUCT_PURCHASED")).toMatchObject({ data: { amount: 900, currency: "usd" } });
  });

  test("a payment fails: grace, then closed, and open again at once when it is paid: CH-X5, TA-X19", async () => {
    const email = somebody();
    const { id } = await subscribe(email);
    await shop.control("billing-settings", { after_retries: "unpaid", retry_after_s: [40 * 86_400], draft_for_s: 0 });
    await shop.control("renew-now", { subscription: id, ends: "fails" });
    expect(await says(email)).toBe("open: GRACE_PERIOD");
    const { endsAt } = (await access(email)) ?? {};
    expect(new Date(endsAt ?? "").getTime() - shop.clock.now().getTime()).toBeGreaterThan(6.9 * DAY);
    shop.clock.moveBy(7.1 * DAY);
    expect(await says(email)).toBe("closed: PAYMENT_FAILED");
    const [invoice] = (await shop.stripe.invoices.list({ subscription: id, status: "open" })).data;
    await shop.stripe.invoices.pay(invoice?.id ?? "", { paid_out_of_band: true });
    expect(await says(email)).toBe("open: SUBSCRIPTION");
  });

  test("paused and resumed", async () => {
    const email = somebody();
    const { id } = await subscribe(email);
    await shop.control("pause-subscription", { subscription: id });
    expect(await says(email)).toBe("closed: PAUSED");
    await shop.control("resume-subscription", { subscription: id });
    expect(await says(email)).toBe("open: SUBSCRIPTION");
    expect(typesOf(await stall.journal(email))).toContain("SUBSCRIPTION_RESUMED");
  });
});

describe("Stripe is never asked when somebody asks us: RWS-X6, RWS-X8, TA-X9", () => {
  test("while Stripe is down the last known access stands, and says how old it is; nothing is opened by an error", async () => {
    const [payer, stranger] = [somebody(), somebody()];
    await subscribe(payer);
    const user = `mutation ($email: String!) { createUser(input: { email: $email }) { id } }`;
    await shop.latchkey.get(user, { email: stranger });
    const before = (await access(payer))?.asOf;
    await shop.control("plan-fault", { kind: "error-before", count: 1_000_000 });
    try {
      shop.clock.moveBy(2 * 3_600_000);
      expect(await access(payer)).toMatchObject({ allowed: true, reason: "SUBSCRIPTION", asOf: before });
      expect(await access(stranger)).toMatchObject({ allowed: false, reason: "NO_GRANT", asOf: null });
    } finally {
      await shop.control("clear-faults");
    }
  });
});

describe("why somebody may not open it: RWS-S20", () => {
  interface Step {
    check: string;
    ok: boolean;
    detail: string;
    stripeObject: string | null;
    fix: string | null;
  }

  async function firstBroken(email: string, product = "pro"): Promise<Step | undefined> {
    await shop.settled();
    const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } }>(
      `query ($email: String!) { userByEmail(email: $email) { id } }`,
      { email },
    );
    const query = `query ($product: String!, $user: ID!) { explainAccess(product: $product, user: $user) {
      steps { check ok detail stripeObject fix } } }`;
    const variables = { product, user: userByEmail.id };
    const { explainAccess } = await shop.latchkey.get<{ explainAccess: { steps: Step[] } }>(query, variables);
    return explainAccess.steps.find((step) => !step.ok);
  }

  const create = (email: string) =>
    shop.latchkey.get(`mutation ($email: String!) { createUser(input: { email: $email }) { id } }`, { email });

  test("no customer", async () => {
    const email = somebody();
    await create(email);
    expect(await firstBroken(email)).toMatchObject({
      check: "the user is known to Stripe",
      fix: expect.stringContaining("linkCustomer"),
    });
  });

  test("the product is not linked, though something else was bought", async () => {
    const email = somebody();
    await subscribe(email);
    await shop.latchkey.get(`mutation { createProduct(input: { key: "other", name: "Other" }) { id } }`);
    expect(await firstBroken(email, "other")).toMatchObject({
      check: "the product is linked",
      fix: expect.stringMatching(/^grantAccess\(/),
    });
  });

  test("the status, the refund, the dispute and the end are named with the object in Stripe", async () => {
    const [paused, refunded, disputed, over] = [somebody(), somebody(), somebody(), somebody()];
    const { id } = await subscribe(paused);
    await shop.control("pause-subscription", { subscription: id });
    expect(await firstBroken(paused)).toMatchObject({
      stripeObject: id,
      detail: expect.stringContaining("status paused"),
    });
    const bought = async (email: string) => {
      const session = await stall.buyOnce({ email });
      expect(await says(email)).toBe("open: PURCHASE");
      const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session);
      return intentOf(intent);
    };
    const one = await bought(refunded);
    await shop.stripe.refunds.create({ payment_intent: one });
    expect(await firstBroken(refunded)).toMatchObject({
      stripeObject: one,
      detail: expect.stringContaining("refunded"),
    });
    const two = await bought(disputed);
    const [charge] = (await shop.stripe.charges.list({ payment_intent: two })).data;
    await shop.control("open-dispute", { charge: charge?.id ?? "" });
    expect(await firstBroken(disputed)).toMatchObject({
      stripeObject: two,
      detail: expect.stringContaining("disputed"),
    });
    const ended = await subscribe(over);
    await shop.stripe.subscriptions.cancel(ended.id);
    expect(await firstBroken(over)).toMatchObject({
      stripeObject: ended.id,
      detail: expect.stringContaining("status canceled"),
    });
  });
});

test("money that goes back, and comes back again: RWS-X5, TA-X22, TA-X23", async () => {
  const email = somebody();
  const session = await stall.buyOnce({ email });
  expect(await says(email)).toBe("open: PURCHASE");
  const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session);
  const part = await shop.stripe.refunds.create({ payment_intent: intentOf(intent), amount: 900 });
  expect(await says(email)).toBe("open: PURCHASE");
  await shop.stripe.refunds.create({ payment_intent: intentOf(intent), amount: 1_000 });
  expect(await says(email)).toBe("closed: REFUNDED");
  await shop.control("settle-refund", { refund: part.id, status: "failed" });
  expect(await says(email)).toBe("open: PURCHASE");
});

test("an order with two products has a line of each for a refund, its failure, a dispute and its end: RWS-X5", async () => {
  const other = await openStall(shop, "book");
  await other.link();
  const email = somebody();
  const lines = [stall, other].map(({ once }) => ({ price: once, quantity: 1 }));
  const session = await stall.buyOnce({ email }, { line_items: lines });
  await shop.settled();
  const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session);
  const part = await shop.stripe.refunds.create({ payment_intent: intentOf(intent), amount: 900 });
  await shop.settled();
  await shop.stripe.refunds.create({ payment_intent: intentOf(intent), amount: 2_900 });
  await shop.settled();
  await shop.control("settle-refund", { refund: part.id, status: "failed" });
  const [charge] = (await shop.stripe.charges.list({ payment_intent: intentOf(intent) })).data;
  const { id: dispute } = await shop.control<{ id: string }>("open-dispute", { charge: charge?.id ?? "" });
  await shop.settled();
  await shop.control("move-dispute", { dispute, status: "won" });
  await shop.settled();
  const query = `query ($email: String!) { userByEmail(email: $email) {
    activities(first: 50) { nodes { type customType message product { key } } } } }`;
  type Line = { type: string; customType: string | null; message: string; product: { key: string } | null };
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { activities: { nodes: Line[] } } }>(query, { email });
  const about = /REFUND|DISPUTE|^refund/;
  const told = userByEmail.activities.nodes
    .filter(({ type, customType }) => about.test(customType ?? type))
    .map(({ message, product }) => `${product?.key ?? "none"}: ${message}`);
  const messages = [
    "A part of the purchase was refunded.",
    "The rest of the purchase was refunded.",
    "A refund failed.",
    "The payment was disputed.",
    "The dispute was won.",
  ];
  expect(told.sort()).toEqual(["book", "pro"].flatMap((key) => messages.map((text) => `${key}: ${text}`)).sort());
});

test("a delayed payment opens when it arrives, and not before: CH-S5", async () => {
  const email = somebody();
  const session = await shop.stripe.checkout.sessions.create({
    mode: "payment",
    success_url: "https://shop.example/thanks",
    line_items: [{ price: stall.once, quantity: 1 }],
  });
  const customer = await stall.customer(email);
  await shop.latchkey.get(
    `mutation ($email: String!, $customer: String!) {
      createUser(input: { email: $email, emailVerified: true, stripeCustomerId: $customer }) { id } }`,
    { email, customer },
  );
  await shop.control("complete-checkout", { session: session.id, method: "delayed", email });
  await shop.settled();
  expect((await access(email))?.allowed).toBe(false);
});

test("a rule of the shop changes, and everybody's access follows from what is known, without asking Stripe", async () => {
  const email = somebody();
  const { id } = await subscribe(email);
  await shop.control("billing-settings", { after_retries: "unpaid", retry_after_s: [40 * 86_400], draft_for_s: 0 });
  await shop.control("renew-now", { subscription: id, ends: "fails" });
  expect(await says(email)).toBe("open: GRACE_PERIOD");
  const preview = await shop.latchkey.get<{ policyPreview: { losing: number } }>(
    `{ policyPreview(input: { pastDueGraceDays: 0 }) { losing } }`,
  );
  expect(preview.policyPreview.losing).toBeGreaterThan(0);
  await shop.control("plan-fault", { kind: "error-before", count: 1_000_000 });
  const set = (days: number) =>
    shop.latchkey.get(
      `mutation ($days: Int) { updatePolicy(input: { pastDueGraceDays: $days }) { pastDueGraceDays } }`,
      {
        days,
      },
    );
  try {
    await set(0);
    expect((await access(email))?.reason).toBe("PAYMENT_FAILED");
    await set(7);
    expect((await access(email))?.reason).toBe("GRACE_PERIOD");
  } finally {
    await shop.control("clear-faults");
  }
});

test("what was bought before we knew the person is theirs once their address is verified", async () => {
  const set = (rule: string) =>
    shop.latchkey.get(`mutation { updatePolicy(input: { autoCreateUsers: ${rule} }) { autoCreateUsers } }`);
  await set("NEVER");
  try {
    const [guest, customer] = [somebody(), somebody()];
    await stall.buyOnce({ email: guest });
    await subscribe(customer);
    await shop.settled();
    expect([await access(guest), await access(customer)]).toEqual([null, null]);
    const create = `mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }`;
    await shop.latchkey.get(create, { input: { email: guest, emailVerified: true } });
    expect((await access(guest))?.reason).toBe("PURCHASE");
    const made = await shop.latchkey.get<{ createUser: { id: string } }>(create, { input: { email: customer } });
    expect((await access(customer))?.reason).toBe("NO_GRANT");
    const update = `mutation ($input: UpdateUserInput!) { updateUser(input: $input) { id } }`;
    await shop.latchkey.get(update, { input: { user: made.createUser.id, emailVerified: true } });
    expect((await access(customer))?.reason).toBe("SUBSCRIPTION");
  } finally {
    await set("ON_PURCHASE");
  }
});

test("roles give no access: an administrator's own user is checked like any other: RWS-X24", async () => {
  const email = somebody();
  await shop.latchkey.get(`mutation ($email: String!) { createUser(input: { email: $email }) { id } }`, { email });
  expect(await access(email)).toMatchObject({ allowed: false, reason: "NO_GRANT" });
});

test("jobs of links are over before anything else is asked", async () => {
  const { job } = await openStall(shop, "late").then((late) => late.link());
  expect((await jobDone(shop, job.id)).status).toBe("SUCCEEDED");
});
