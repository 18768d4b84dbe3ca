import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { openStall, type Stall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// Purchases that were paid and have no owner: the journal tells of each once, a list shows them, and they can be claimed.

let shop: Shop;
let stall: Stall;
let later: Stall;
let buying: ReturnType<typeof checkoutOperationsOf>;

interface Listed {
  id: string;
  stripeObject: string;
  customerId: string | null;
  email: string | null;
  amount: number | null;
  currency: string | null;
  reason: string;
  at: string;
  products: { key: string }[];
  candidate: { id: string } | null;
  connection: { id: string };
}

const fields = `id stripeObject customerId email amount currency reason at products { key } candidate { id } connection { id }`;
const LIST = `query ($filter: UnclaimedPurchaseFilter, $first: Int, $after: String) {
  unclaimedPurchases(filter: $filter, first: $first, after: $after) {
    totalCount nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;
const LINES = `query ($filter: ActivityFilter) { activities(filter: $filter, first: 200) {
  nodes { id type customType origin stripeObject data user { id } product { key } at } } }`;
const STEPS = "{ setupStatus { ready steps { key done detail fix } } }";

interface Page {
  totalCount: number;
  nodes: Listed[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}
const page = async (variables: Record<string, unknown> = {}, credential?: string) =>
  (await shop.latchkey.get<{ unclaimedPurchases: Page }>(LIST, variables, credential)).unclaimedPurchases;
const list = async (filter: object = {}) => (await page({ filter })).nodes;
const find = async (source: string) => (await list()).find(({ stripeObject }) => stripeObject === source) ?? null;

interface Line {
  id: string;
  customType: string | null;
  origin: string;
  stripeObject: string;
  data: Record<string, unknown>;
  user: { id: string } | null;
  product: { key: string } | null;
}
const lines = async (filter: object, credential?: string) => {
  const { activities } = await shop.latchkey.get<{ activities: { nodes: Line[] } }>(LINES, { filter }, credential);
  return activities.nodes.filter(({ customType }) => customType === "purchase.unclaimed");
};
const unready = async () => {
  const { setupStatus } = await shop.latchkey.get<{
    setupStatus: { ready: boolean; steps: { key: string; done: boolean; detail: string; fix: string | null }[] };
  }>(STEPS);
  const step = setupStatus.steps.find(({ key }) => key === "purchases_claimed");
  return { ready: setupStatus.ready, ...step };
};

let people = 0;
const address = () => `buyer-${people++}@shop.example`;
let readKey: string;

beforeAll(async () => {
  shop = await startShop({ env: CHECKOUT_ENV });
  stall = await openStall(shop, "pro");
  later = await openStall(shop, "later");
  await stall.link();
  buying = checkoutOperationsOf(shop);
  await buying.policy({ autoCreateUsers: "NEVER" });
  readKey = await shop.latchkey.key("READ");
});
afterAll(() => shop.stop());

/** The payment of a finished checkout: the id under which it is kept. */
async function paymentOf(session: string): Promise<string> {
  const { payment_intent: payment } = await shop.stripe.checkout.sessions.retrieve(session);
  return typeof payment === "string" ? payment : "";
}

test("RWS-S7: a purchase without an owner is journalled once, listed and counted, whatever its reason", async () => {
  expect(await unready()).toMatchObject({ ready: true, done: true });
  const email = address();
  const dora = await buying.newUser({ externalId: "dora", email: address() });
  const { user } = await shop.latchkey.get<{ user: { email: string } }>(`{ user(id: "dora") { email } }`);
  const guest = await paymentOf(await stall.buyOnce({ email }));
  const nameless = await stall.customer(null);
  const { id: silent } = await stall.subscribe(nameless);
  const { id: perhaps } = await stall.subscribe(await stall.customer(user.email));
  await shop.settled();
  expect(await find(guest)).toMatchObject({
    reason: "USERS_NOT_CREATED",
    customerId: null,
    email,
    amount: 1_900,
    currency: "usd",
    products: [{ key: "pro" }],
    candidate: null,
    connection: { id: shop.connection },
  });
  const silently = { reason: "NO_EMAIL", customerId: nameless, email: null, amount: 900, currency: "usd" };
  expect(await find(silent)).toMatchObject(silently);
  expect(await find(perhaps)).toMatchObject({
    reason: "UNVERIFIED_CANDIDATE",
    email: user.email,
    candidate: { id: dora },
  });
  expect(await unready()).toMatchObject({
    ready: true,
    done: false,
    detail: expect.stringContaining("3 purchases"),
    fix: expect.stringContaining("unclaimedPurchases"),
  });

  // The same events once more, and a change that says nothing new.
  for (const { row } of shop.simulator.world.shelves.event.inOrder) await shop.simulator.deliveries.resend(row.id, {});
  await shop.stripe.subscriptions.update(perhaps, { metadata: { seen: "again" } });
  await shop.settled();
  const told = await lines({ product: "pro" });
  expect(told.map(({ stripeObject }) => stripeObject).toSorted()).toEqual([guest, silent, perhaps].toSorted());
  expect(told.find(({ stripeObject }) => stripeObject === silent)).toMatchObject({
    origin: "WEBHOOK",
    product: { key: "pro" },
    user: null,
    data: { reason: "NO_EMAIL", customer: nameless, claim: { subscriptionId: silent } },
  });

  // Found by the candidate, and hidden from the candidate, whom it may not concern.
  const ofDora = await lines({ user: "dora" });
  expect(ofDora).toMatchObject([{ stripeObject: perhaps, user: { id: dora }, data: { candidates: [dora] } }]);
  const token = await shop.latchkey.tokenOf(dora);
  expect(await lines({}, token)).toEqual([]);
  const own = `{ me { activities { totalCount nodes { message stripeObject } } } node(id: "${ofDora[0]?.id}") { id } }`;
  const { text } = await shop.latchkey.ask(own, {}, token);
  expect(text).toContain('"node":null');
  expect(text).not.toContain(perhaps);
});

test("the words of the journal are what `claimPurchase` takes, and a claimed purchase leaves the list", async () => {
  for (const line of await lines({ product: "pro" })) {
    const ada = await buying.newUser({ externalId: address() });
    const claimed = await buying.claim({ user: ada, ...(line.data["claim"] as object) });
    expect(claimed).toMatchObject({ gained: [{ key: "pro" }], lost: [] });
    expect(await find(line.stripeObject)).toBeNull();
  }
  expect(await unready()).toMatchObject({ ready: true, done: true });
});

test("what its buyer proves to own opens and leaves the list", async () => {
  const email = address();
  const { id } = await stall.subscribe(await stall.customer(email));
  await shop.settled();
  expect(await find(id)).toMatchObject({ reason: "USERS_NOT_CREATED" });
  const eve = await buying.newUser({ externalId: address(), email, emailVerified: true });
  expect(await buying.opens("pro", eve)).toBe(true);
  expect(await find(id)).toBeNull();
});

test("what is over or refunded is not listed, and what is paused is", async () => {
  const started = await Promise.all(
    ["canceled", "paused", "refunded"].map(async (what) => [what, await stall.customer(address())] as const),
  );
  const [over = "", pausing = "", refunded = ""] = started.map(([, customer]) => customer);
  const { id: ended } = await stall.subscribe(over);
  const { id: paused } = await stall.subscribe(pausing);
  const order = await paymentOf(await stall.buyOnce({ customer: refunded }));
  await shop.settled();
  for (const source of [ended, paused, order]) expect(await find(source)).not.toBeNull();
  await shop.stripe.subscriptions.cancel(ended);
  await shop.control("pause-subscription", { subscription: paused });
  await shop.stripe.refunds.create({ payment_intent: order });
  await shop.settled();
  const listed = (await list()).map(({ stripeObject }) => stripeObject);
  expect(listed).toContain(paused);
  for (const source of [ended, order]) expect(listed).not.toContain(source);
});

test("purchases of a product are listed once it is linked, by an import too", async () => {
  const { id } = await later.subscribe(await later.customer(address()));
  await shop.settled();
  expect([await find(id), await lines({ product: "later" })]).toEqual([null, []]);
  await shop.control("hold-deliveries");
  const { id: unheard } = await later.subscribe(await later.customer(address()));
  await later.link();
  const expected = { products: [{ key: "later" }], reason: "USERS_NOT_CREATED" };
  expect([await find(id), await find(unheard)]).toMatchObject([expected, expected]);
  const origins = async () =>
    new Map((await lines({ product: "later" })).map(({ stripeObject, origin }) => [stripeObject, origin]));
  const told = new Map([
    [id, "IMPORT"],
    [unheard, "IMPORT"],
  ]);
  expect(await origins()).toEqual(told);
  await shop.control("release-deliveries");
  await shop.settled();
  expect(await origins()).toEqual(told);
});

test("a removed person's subscription that goes on is listed, without their address", async () => {
  const email = address();
  const gone = await buying.newUser({ externalId: email, email, emailVerified: true });
  const { id } = await stall.subscribe(await stall.customer(email));
  await shop.settled();
  expect(await buying.opens("pro", gone)).toBe(true);
  await shop.latchkey.get("mutation ($user: ID!) { deleteUser(user: $user) }", { user: gone });
  await shop.control("renew-now", { subscription: id });
  await shop.settled();
  expect(await find(id)).toMatchObject({ email: null, products: [{ key: "pro" }] });
});

test("the list has pages and filters, a node of its own, and shows nothing to others", async () => {
  const all = await list();
  expect(all.length).toBeGreaterThan(2);
  expect(all.map(({ at }) => at)).toEqual(
    all
      .map(({ at }) => at)
      .toSorted()
      .toReversed(),
  );
  const first = await page({ first: 2 }, readKey);
  expect([first.totalCount, first.nodes.length, first.pageInfo.hasNextPage]).toEqual([all.length, 2, true]);
  const next = await page({ first: 200, after: first.pageInfo.endCursor });
  expect([...first.nodes, ...next.nodes]).toEqual(all);

  const laters = [[{ key: "later" }], [{ key: "later" }]];
  expect((await list({ product: "later" })).map(({ products }) => products)).toEqual(laters);
  expect((await list({ connection: shop.connection })).length).toBe(all.length);
  const [latest] = all;
  expect((await list({ after: latest?.at })).length).toBeGreaterThan(0);
  expect(await list({ before: all.at(-1)?.at })).toEqual([]);
  const zoe = await buying.newUser({ externalId: "zoe", email: "zoe@shop.example" });
  const { id } = await stall.subscribe(await stall.customer("zoe@shop.example"));
  await shop.settled();
  expect(await list({ candidate: "zoe" })).toMatchObject([{ stripeObject: id, candidate: { id: zoe } }]);
  const refused = await Promise.all(
    [{ product: "none" }, { candidate: "nobody" }, { connection: "con_none" }].map((filter) =>
      shop.latchkey.refused(LIST, { filter }),
    ),
  );
  expect(refused.map(({ extensions }) => [extensions.code, extensions["field"]])).toEqual([
    ["NOT_FOUND", "filter.product"],
    ["NOT_FOUND", "filter.candidate"],
    ["NOT_FOUND", "filter.connection"],
  ]);

  const node = `query ($id: ID!) { node(id: $id) { id ... on UnclaimedPurchase { stripeObject } } }`;
  const { node: found } = await shop.latchkey.get<{ node: object | null }>(node, { id: latest?.id });
  expect(found).toEqual({ id: latest?.id, stripeObject: latest?.stripeObject });
  for (const credential of [await shop.latchkey.key("PUBLISHABLE"), await shop.latchkey.tokenOf(zoe)]) {
    expect((await shop.latchkey.ask(node, { id: latest?.id }, credential)).data).toEqual({ node: null });
  }
  const live = await shop.latchkey.key("READ", "LIVE");
  expect((await page({}, live)).totalCount).toBe(0);
});
