import { jobDone, openStall, type Stall } from "../kit/open-stall";
import { SHOP_KEY, type Shop, startShop } from "../kit/start-shop";

// Every fix that explainAccess names is applied in the simulated world: it opens the product for this person, and for no
// one else unless it says so.

let shop: Shop;
let stall: Stall;
let count = 0;

beforeAll(async () => {
  shop = await startShop();
  stall = await openStall(shop, "pro");
  await stall.link();
});
afterAll(() => shop.stop());

interface Step {
  check: string;
  ok: boolean;
  detail: string;
  stripeObject: string | null;
  fix: string | null;
}

const EXPLAIN = `query ($product: String!, $user: ID!) { explainAccess(product: $product, user: $user) {
  decision { allowed } steps { check ok detail stripeObject fix } } }`;

async function explain(product: string, user: string, credential?: string) {
  await shop.settled();
  const answer = await shop.latchkey.get<{ explainAccess: { decision: { allowed: boolean }; steps: Step[] } }>(
    EXPLAIN,
    { product, user },
    credential,
  );
  return answer.explainAccess;
}

async function firstBroken(product: string, user: string): Promise<Step> {
  const { decision, steps } = await explain(product, user);
  const broken = steps.find(({ ok }) => !ok);
  expect([decision.allowed, broken?.fix]).toEqual([false, expect.any(String)]);
  return broken as Step;
}

async function createUser(input: object = {}): Promise<string> {
  const query = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
  return (await shop.latchkey.get<{ createUser: { id: string } }>(query, { input })).createUser.id;
}

const address = (): string => `person-${count++}@shop.example`;

async function createPerson(input: object = {}): Promise<{ user: string; email: string }> {
  const email = address();
  return { user: await createUser({ email, emailVerified: true, ...input }), email };
}

async function createProduct(input: { key: string } & Record<string, unknown>): Promise<string> {
  const query = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
  await shop.latchkey.get(query, { input: { name: input.key, status: "LIVE", ...input } });
  return input.key;
}

/** Everybody who may open the product, but for this person. */
async function othersWith(product: string, user: string): Promise<string[]> {
  const query = "query ($product: String!) { users(first: 200, filter: { hasAccessTo: $product }) { nodes { id } } }";
  const { users } = await shop.latchkey.get<{ users: { nodes: { id: string }[] } }>(query, { product });
  return users.nodes.map(({ id }) => id).filter((id) => id !== user);
}

/** Runs the call that a fix begins with, as it is written. */
async function runCall(fix: string): Promise<void> {
  const call = /^(\w+)\(input: \{.*?\}\)/.exec(fix);
  if (!call) throw new Error(`this fix is no call: ${fix}`);
  const [text = "", name = ""] = call;
  const fields: Record<string, string> = {
    claimPurchase: "{ gained { key } }",
    linkProduct: "{ job { id } }",
    updateProductLink: "{ job { id } }",
  };
  type Answer = Record<string, { job?: { id: string } | null }>;
  const answer = await shop.latchkey.get<Answer>(`mutation { ${text} ${fields[name] ?? "{ id }"} }`);
  const job = answer[name]?.job;
  if (job) await jobDone(shop, job.id);
}

interface Case {
  product: string;
  user: string;
  /** The check that is broken. */
  check: string | RegExp;
  /** How to carry out a fix that is not a call. */
  apply?: (fix: string) => Promise<unknown>;
}

const cases: Record<string, () => Promise<Case>> = {
  "nothing was bought": async () => {
    const { user } = await createPerson();
    return { product: "pro", user, check: "the user is known to Stripe" };
  },
  "another linked product is held, which says nothing about this one": async () => {
    const other = await openStall(shop, `other-${count++}`);
    await other.link();
    const { user, email } = await createPerson();
    await other.subscribe(await other.customer(email));
    await shop.settled();
    return { product: "pro", user, check: "the product was bought" };
  },
  "a price of the linked Stripe product is held that the link does not name": async () => {
    const narrow = await openStall(shop, `narrow-${count++}`);
    await narrow.link({ priceIds: [narrow.once] });
    const { user, email } = await createPerson();
    const customer = await narrow.customer(email);
    await narrow.buyOnce({ customer });
    const { user: second, email: secondEmail } = await createPerson();
    await narrow.subscribe(await narrow.customer(secondEmail, { metadata: { second } }), {
      items: [{ price: narrow.monthly }, { price: stall.monthly }],
    });
    await shop.settled();
    expect(await narrow.allowed(email)).toBe(true);
    expect(user).not.toBe(second);
    return { product: narrow.key, user: second, check: "the product was bought" };
  },
  "a Stripe product is held that no product is linked to": async () => {
    const fresh = await openStall(shop, `fresh-${count++}`);
    const { user, email } = await createPerson();
    await fresh.subscribe(await fresh.customer(email), { items: [{ price: fresh.monthly }, { price: stall.monthly }] });
    await shop.settled();
    return { product: fresh.key, user, check: "the product is linked" };
  },
  "a purchase belongs to nobody, because the address is not proved": async () => {
    const { user, email } = await createPerson({ emailVerified: false, externalId: `taken-${count++}` });
    await stall.subscribe(await stall.customer(email));
    await shop.settled();
    return { product: "pro", user, check: "the purchase has an owner" };
  },
  "the bundle that was bought is a draft": async () => {
    const part = await createProduct({ key: `part-${count++}` });
    const bundle = await createProduct({ key: `bundle-${count++}`, includes: [part] });
    const { user } = await createPerson();
    const grant = "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }";
    await shop.latchkey.get(grant, { input: { user, product: bundle, note: "paid" } });
    const update = "mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { id } }";
    await shop.latchkey.get(update, { input: { product: bundle, status: "DRAFT" } });
    return { product: part, user, check: `the bundle ${bundle} is live` };
  },
  "the product is archived": async () => {
    const product = await createProduct({ key: `archived-${count++}`, status: "ARCHIVED" });
    const { user } = await createPerson();
    const grant = "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }";
    await shop.latchkey.get(grant, { input: { user, product, note: "paid" } });
    return { product, user, check: "product is live" };
  },
  "the subscription is paused": async () => {
    const { user, email } = await createPerson();
    const { id } = await stall.subscribe(await stall.customer(email));
    await shop.control("pause-subscription", { subscription: id });
    return {
      product: "pro",
      user,
      check: `what ${id} says`,
      apply: async (fix) => {
        expect(fix).toBe(`In Stripe: resume ${id}`);
        await shop.control("resume-subscription", { subscription: id });
      },
    };
  },
  "the subscription was cancelled": async () => {
    const { user, email } = await createPerson();
    const { id } = await stall.subscribe(await stall.customer(email));
    await shop.settled();
    await shop.stripe.subscriptions.cancel(id);
    return { product: "pro", user, check: `what ${id} says` };
  },
  "the purchase was refunded": async () => {
    const { user, email } = await createPerson();
    const session = await stall.buyOnce({ customer: await stall.customer(email) });
    const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session);
    const payment = typeof intent === "string" ? intent : (intent?.id ?? "");
    await shop.stripe.refunds.create({ payment_intent: payment });
    return { product: "pro", user, check: `what ${payment} says` };
  },
  "the renewals are not paid": async () => {
    const { user, email } = await createPerson();
    const { id } = await stall.subscribe(await stall.customer(email));
    await shop.control("billing-settings", { after_retries: "unpaid", retry_after_s: [], draft_for_s: 0 });
    await shop.control("renew-now", { subscription: id, ends: "fails" });
    return {
      product: "pro",
      user,
      check: `what ${id} says`,
      apply: async (fix) => {
        const [invoice = ""] = /in_\w+/.exec(fix) ?? [];
        expect(fix).toBe(`In Stripe: have ${invoice} paid`);
        await shop.stripe.invoices.pay(invoice, { paid_out_of_band: true });
      },
    };
  },
  "the subscription is marked to be ignored": async () => {
    const { user, email } = await createPerson();
    const { id } = await stall.subscribe(await stall.customer(email));
    await shop.settled();
    await shop.stripe.subscriptions.update(id, { metadata: { latchkey_ignore: "true" } });
    return {
      product: "pro",
      user,
      check: `what ${id} says`,
      apply: async (fix) => {
        expect(fix).toBe(`In Stripe: remove the metadata latchkey_ignore from ${id}`);
        await shop.stripe.subscriptions.update(id, { metadata: { latchkey_ignore: "" } });
      },
    };
  },
};

describe("RWS-S20: a fix opens the product for this person, and for others only if it says so", () => {
  test.each(Object.entries(cases))("%s", async (_title, setUp) => {
    const { product, user, check, apply = runCall } = await setUp();
    const broken = await firstBroken(product, user);
    expect(broken.check).toMatch(check);
    const fix = broken.fix ?? "";
    const before = await othersWith(product, user);
    await apply(fix);
    await shop.settled();
    expect(await explain(product, user)).toMatchObject({ decision: { allowed: true } });
    const reachesOthers = /^(linkProduct|updateProductLink|updateProduct|updatePolicy|connectStripe)/.test(fix);
    expect(/It changes access for everybody/.test(fix)).toBe(reachesOthers);
    if (!reachesOthers) expect(await othersWith(product, user)).toEqual(before);
  });
});

test("a fix that reaches others names the dry run where there is one", async () => {
  const fresh = await openStall(shop, `dry-${count++}`);
  const { user, email } = await createPerson();
  await fresh.subscribe(await fresh.customer(email), { items: [{ price: fresh.monthly }, { price: stall.monthly }] });
  expect((await firstBroken(fresh.key, user)).fix).toMatch(/Run it with dryRun: true first\.$/);
});

test("the other mode is mentioned without any id of it", async () => {
  const { user, email } = await createPerson();
  await stall.subscribe(await stall.customer(email));
  await shop.settled();
  const live = await shop.latchkey.key("READ", "LIVE");
  const query = EXPLAIN.replace("explainAccess", "explained: explainAccess");
  const answer = await shop.latchkey.get<object>(query, { product: "pro", user }, live);
  expect(JSON.stringify(answer)).not.toMatch(/acct_|cus_|sub_|prod_|price_/);
});

test("a disconnected account is named, and connecting it again opens what was bought", async () => {
  const { user, email } = await createPerson();
  const { id } = await stall.subscribe(await stall.customer(email));
  await shop.settled();
  await shop.latchkey.get("mutation ($id: ID!) { disconnectStripe(connection: $id) { id } }", { id: shop.connection });
  await shop.stripe.subscriptions.update(id, { metadata: { seen: "while disconnected" } });
  const other = await createUser();
  const { steps } = await explain("pro", other);
  expect(steps.find(({ ok }) => !ok)).toMatchObject({
    check: "Stripe is connected",
    fix: expect.stringMatching(/^connectStripe\./),
  });
  const connect = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";
  await shop.latchkey.get(connect, { input: { secretKey: SHOP_KEY } });
  expect(await explain("pro", user)).toMatchObject({ decision: { allowed: true } });
});
