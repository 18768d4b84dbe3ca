import type { CustomerKey } from "../../src/links/customer-snapshot";
import { lockCustomers } from "../../src/links/customers.store";
import { dumpRows, type Operations, operationsOf, until } from "../kit/operations";
import type { TestAnswer } from "../kit/ask-graphql";
import { type Stall, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";
import { testLong } from "../kit/is-long";

const DELETE = `mutation ($users: [ID!]!, $dryRun: Boolean) { deleteUsers(users: $users, dryRun: $dryRun) {
  dryRun users notFound preview { gaining losing unchanged sample { id } } productsLost subscriptionsCharged note } }`;
interface Payload {
  dryRun: boolean;
  users: string[];
  notFound: string[];
  preview: { gaining: number; losing: number; unchanged: number; sample: { id: string }[] };
  productsLost: number;
  subscriptionsCharged: number;
  note: string;
}

let shop: Shop;
let stall: Stall;
let api: Operations;
beforeEach(async () => {
  shop = await startShop();
  api = operationsOf(shop.latchkey);
  stall = await openStall(shop, "course");
  await stall.link();
  await shop.settled();
});
afterEach(() => shop.stop());

const remove = async (users: string[], dryRun?: boolean, credential?: string) =>
  (await shop.latchkey.get<{ deleteUsers: Payload }>(DELETE, { users, dryRun }, credential)).deleteUsers;
const rows = <Row>(text: string) => shop.latchkey.server.deps.db.rows<Row>(text);
const idOf = async (email: string) =>
  (
    await shop.latchkey.get<{ userByEmail: { id: string } }>(
      "query ($email: String!) { userByEmail(email: $email) { id } }",
      { email },
    )
  ).userByEmail.id;

/** All that a removal writes. */
const held = () =>
  Promise.all(
    ["users", "grants", "customer_links", "stripe_facts", "stripe_customers", "activities"].map((table) =>
      rows<object>(`select * from ${table} as held order by held::text`),
    ),
  );

/** Ada pays each month, Bob has cancelled to the end of his month, Cleo was given two products, Dora has nothing. */
async function openWorld() {
  const subscription = await stall.subscribe(await stall.customer("ada-zebulon@example.com"));
  await stall.subscribe(await stall.customer("bob-zebulon@example.com"), { cancel_at_period_end: true });
  await shop.settled();
  const cleo = await api.createUser({ externalId: "cleo-zebulon", name: "Cleo Zebulon" });
  const extra = await api.createProduct();
  await api.grantAccess({ user: cleo.id, product: "course" });
  await api.grantAccess({ user: cleo.id, product: extra.key });
  const dora = await api.createUser({ externalId: "dora-zebulon" });
  const [ada, bob] = [await idOf("ada-zebulon@example.com"), await idOf("bob-zebulon@example.com")];
  return { subscription, ada, bob, cleo: cleo.id, dora: dora.id };
}

const NOBODY = "usr_00000000000000000000000000";

test("CH-X27: a dry run says who would lose what, what goes on being charged and who is unknown, and changes nothing", async () => {
  const { ada, bob, cleo, dora } = await openWorld();
  const before = await held();
  const would = await remove([ada, bob, "cleo-zebulon", cleo, dora, "nobody", NOBODY, "nobody"], true);
  expect(would).toEqual({
    dryRun: true,
    users: [ada, bob, cleo, dora].sort(),
    notFound: ["nobody", NOBODY],
    preview: { gaining: 0, losing: 3, unchanged: 1, sample: [ada, bob, cleo].sort().map((id) => ({ id })) },
    productsLost: 4,
    subscriptionsCharged: 1,
    note: expect.stringMatching(/^No money moves: 1 .*exportUsers/),
  });
  expect(await held()).toEqual(before);
  // What is bought and granted in one mode is not told in the other.
  const live = await shop.latchkey.key("WRITE", "LIVE");
  expect(await remove([ada, bob, cleo, dora], true, live)).toMatchObject({
    preview: { losing: 0, unchanged: 4 },
    productsLost: 0,
    subscriptionsCharged: 0,
  });
});

test("CH-X27: all who are found are gone at once, with everything personal; Stripe is not touched and brings nobody back", async () => {
  const { subscription, ada, bob, cleo, dora } = await openWorld();
  const requests = shop.simulator.world.shelves.subscription.inOrder.length;
  const removed = await remove([ada, bob, "cleo-zebulon", dora, "nobody"]);
  expect(removed).toMatchObject({
    dryRun: false,
    users: [ada, bob, cleo, dora].sort(),
    notFound: ["nobody"],
    preview: { losing: 3, unchanged: 1, sample: [] },
    productsLost: 4,
    subscriptionsCharged: 1,
    note: expect.stringContaining("1 of their subscriptions in Stripe go on"),
  });
  expect(await dumpRows(shop.latchkey)).not.toMatch(/zebulon/i);
  for (const id of [ada, bob, cleo, dora]) {
    expect(await api.access("course", id)).toMatchObject({ allowed: false, reason: "UNKNOWN_USER", grant: null });
  }
  expect(await rows("select id from grants where ended_at is null")).toEqual([]);
  const lines = await rows<{ mode: string; count: number }>(
    "select mode, count(*)::int as count from activities where type = 'USER_DELETED' group by mode order by mode",
  );
  expect(lines).toEqual([
    { mode: "LIVE", count: 4 },
    { mode: "TEST", count: 4 },
  ]);
  // The next month is charged, and is nobody's of ours.
  expect((await shop.stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
  expect(shop.simulator.world.shelves.subscription.inOrder.length).toBe(requests);
  await shop.control("renew-now", { subscription: subscription.id, ends: "succeeds" });
  await shop.settled();
  expect(await shop.latchkey.get("{ users { totalCount } }")).toEqual({ users: { totalCount: 0 } });
  expect(await remove([ada, "cleo-zebulon"])).toMatchObject({ users: [], notFound: [ada, "cleo-zebulon"] });
});

testLong("CH-X27: two hundred at once, and not one more", async () => {
  const names = Array.from({ length: 201 }, (_, index) => `member-${index}`);
  await Promise.all(names.map((externalId) => api.createUser({ externalId })));
  const error = await shop.latchkey.refused(DELETE, { users: names });
  expect(error.extensions).toMatchObject({
    code: "LIMIT_EXCEEDED",
    field: "users",
    details: { limit: "users", max: 200, actual: 201 },
  });
  expect((await remove(names.slice(0, 200))).users).toHaveLength(200);
  expect(await shop.latchkey.get("{ users { nodes { externalId } } }")).toEqual({
    users: { nodes: [{ externalId: "member-200" }] },
  });
  expect(await remove([])).toMatchObject({ users: [], notFound: [], productsLost: 0 });
});

test("CH-X27: what Stripe says is applied to the end before a person is removed, who is not held meanwhile", async () => {
  const { ada, bob } = await openWorld();
  const { db } = shop.latchkey.server.deps;
  const product = await api.createProduct();
  const [link] = await rows<CustomerKey>(
    `select connection_id as "connectionId", customer from customer_links l join users u on u.id = l.user_id
     where u.email like 'ada%'`,
  );
  if (!link) throw new Error("Ada has no customer");
  const waiting = () =>
    rows("select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'");
  let removal: Promise<Payload> | undefined;
  await db.transaction(async (tx) => {
    await lockCustomers(tx, [link]);
    removal = remove([bob, ada]);
    await until(waiting, (found) => found.length > 0);
    // Whoever applies something locks customers first and people after them, so they must be free.
    const [user] = await tx.rows<{ id: string }>(
      "select id from users where email like 'ada%' for no key update nowait",
    );
    await tx.rows(
      `insert into grants (id, user_id, product_id, mode, source, reason, starts_at, created_at, updated_at)
       select gen_random_uuid(), $1, id, 'TEST', 'MANUAL', 'MANUAL', now(), now(), now() from products where key = $2`,
      [user?.id, product.key],
    );
  });
  expect((await removal)?.users).toEqual([ada, bob].sort());
  expect(await rows("select id from grants where ended_at is null")).toHaveLength(2);
});

test("CH-X27: removals in all orders beside purchases of the same people end each of them once, and none waits in a circle", async () => {
  const members = Array.from({ length: 6 }, (_, index) => `member-${index}@example.com`);
  const customers = await Promise.all(members.map((email) => stall.customer(email)));
  await Promise.all(customers.map((customer) => stall.subscribe(customer)));
  await shop.settled();
  const ids = await Promise.all(members.map(idOf));
  // Everybody buys once more, and Stripe tells of it at the moment in which they are removed.
  shop.simulator.deliveries.holdAll();
  await Promise.all(customers.map((customer) => stall.subscribe(customer)));
  const answers: TestAnswer[] = [];
  const removeLater = async (users: string[][]) => {
    for (const part of users) answers.push(await shop.latchkey.ask(DELETE, { users: part }));
  };
  await Promise.all([
    shop.simulator.deliveries.release(),
    removeLater(ids.map((_, index) => ids.slice(index, index + 2))),
    removeLater(ids.map((_, index) => ids.slice(index, index + 3).toReversed())),
  ]);
  answers.push(await shop.latchkey.ask(DELETE, { users: ids.toReversed() }));
  expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
  // Who waits in a circle is tried again, so nobody would be told.
  expect(await rows("select deadlocks::int from pg_stat_database where datname = current_database()")).toEqual([
    { deadlocks: 0 },
  ]);
  await shop.settled();
  const lines = await rows<{ count: number }>(
    "select count(*)::int as count from activities where type = 'USER_DELETED' group by user_id, mode",
  );
  expect(lines.map(({ count }) => count)).toEqual(ids.flatMap(() => [1, 1]));
  expect(
    await rows(
      `select g.id from grants g join users u on u.id = g.user_id where u.deleted_at is not null and g.ended_at is null
       union all select l.id from customer_links l join users u on u.id = l.user_id
       where u.deleted_at is not null and l.active`,
    ),
  ).toEqual([]);
});
