import { Client } from "pg";
import Stripe from "stripe";
import { openSimulatedStripe, type SimulatedStripe } from "../../src/local/stripe/simulated-stripe";
import { openClient } from "../contract/simulator-kit";
import { control } from "../contract/whole-kit";
import { askGraphql, type TestAnswer } from "../kit/ask-graphql";
import {
  BOOTSTRAP_KEY,
  type FileClock,
  openFileClock,
  type ServerProcess,
  startServerProcess,
  WAITING,
} from "../kit/server-process";
import { describeLong, isLong } from "../kit/is-long";
import { until } from "../kit/operations";
import { createTestDatabase, type TestDatabase } from "../kit/test-database";

// Real processes on one database: what one of them believes, no other one knows but by the rows.

const MINUTE_MS = 60_000;
const BEGIN = new Date("2026-11-02T10:00:00.000Z");

let database: TestDatabase;
let clock: FileClock;
let simulator: SimulatedStripe;
let stripe: Stripe;
let db: Client;
let servers: ServerProcess[] = [];

async function begin(): Promise<void> {
  database = await createTestDatabase();
  db = new Client({ connectionString: database.url });
  await db.connect();
  clock = openFileClock(BEGIN);
  simulator = await openSimulatedStripe({ clock, log: console.error, delivery: { parallel: 8, clock } });
  stripe = openClient(simulator);
}

async function end(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await simulator.close();
  clock.remove();
  await db.end();
  await database.drop();
}

async function open(...skewsMs: number[]): Promise<ServerProcess[]> {
  // The first one brings the database up to date; the others find it so.
  for (const skewMs of skewsMs) {
    const env = { STRIPE_API_BASE: simulator.url };
    servers.push(await startServerProcess({ databaseUrl: database.url, clock, skewMs, env }));
  }
  await get(CONNECT, { input: { secretKey: "sk_test_kit" } });
  return servers;
}

const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";

function ask(query: string, variables: Record<string, unknown> = {}, at = 0): Promise<TestAnswer> {
  const headers = { authorization: `Bearer ${BOOTSTRAP_KEY}` };
  return askGraphql(`${servers[at]?.url}/graphql`, { query, variables }, headers);
}

async function get<Data>(query: string, variables: Record<string, unknown> = {}, at = 0): Promise<Data> {
  const { data, errors, text } = await ask(query, variables, at);
  if (errors || !data) throw new Error(text);
  return data as Data;
}

async function rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await db.query(sql, values)).rows as Row[];
}

async function idle(): Promise<void> {
  const read = async () => (await rows<Record<string, number>>(WAITING))[0];
  const rest = { inbox: 0, jobs: 0, plans: 0 };
  expect(await until(read, (waiting) => Object.values(waiting ?? {}).every((count) => count === 0))).toEqual(rest);
}

/** A product of ours, linked to one of Stripe's that costs nine dollars a month. */
async function sellPro(): Promise<string> {
  const { id: product } = await stripe.products.create({ name: "pro" });
  const recurring = { interval: "month" } as const;
  const { id } = await stripe.prices.create({ product, currency: "usd", unit_amount: 900, recurring });
  await get("mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }", {
    input: { key: "pro", name: "Pro", status: "LIVE" },
  });
  await get("mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }", {
    input: { product: "pro", stripeProductId: product, importExisting: false },
  });
  return id;
}

async function openCustomer(email: string): Promise<string> {
  const { id } = await stripe.customers.create({ email });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return id;
}

/** The bytes and the signature of an event, as Stripe would send it again and again. */
async function letterOf(type: string): Promise<{ path: string; body: string; signature: string }> {
  const [event] = (await stripe.events.list({ type })).data;
  const [{ row: endpoint } = { row: null }] = simulator.world.shelves.webhook_endpoint.inOrder;
  const payload = JSON.stringify(event);
  const timestamp = Math.floor(clock.now().getTime() / 1_000);
  const secret = endpoint?.ours.secrets[0] ?? "";
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return { path: new URL(endpoint?.url ?? "").pathname, body: payload, signature };
}

function post(
  at: number,
  { path, body, signature }: { path: string; body: string; signature: string },
): Promise<Response> {
  const headers = { "content-type": "application/json", "stripe-signature": signature };
  return fetch(`${servers[at % servers.length]?.url}${path}`, { method: "POST", headers, body });
}

describe("two processes", () => {
  let price: string;

  beforeAll(async () => {
    await begin();
    await open(0, 0);
    price = await sellPro();
  });
  afterAll(end);

  test("F4: one event fifty times at once to two processes is one row, one grant and one line each, and every answer is 2xx", async () => {
    simulator.deliveries.holdAll();
    await stripe.subscriptions.create({ customer: await openCustomer("ada@example.com"), items: [{ price }] });
    const letter = await letterOf("customer.subscription.created");
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => post(at, letter)));
    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    await idle();
    // A late copy, when all is done.
    expect((await post(1, letter)).ok).toBe(true);
    await idle();
    expect(await rows("select state from stripe_inbox where type = 'customer.subscription.created'")).toEqual([
      { state: "DONE" },
    ]);
    expect(await rows("select reason, ended_at from grants")).toEqual([{ reason: "SUBSCRIPTION", ended_at: null }]);
    const lines = await rows<{ type: string }>(
      "select type from activities where user_id is not null and stripe_object is not null order by type",
    );
    const types = lines.map(({ type }) => type);
    expect(types).toEqual([...new Set(types)]);
    expect(types).toEqual(expect.arrayContaining(["PRODUCT_PURCHASED", "SUBSCRIPTION_STARTED", "ACCESS_STARTED"]));
    await simulator.deliveries.release({ seed: 4 });
    await idle();
  });

  test("F32: sixty-four operations at once on four customers, by two processes: none fails by our own fault", async () => {
    const people = ["a", "b", "c", "d"];
    const customers: string[] = [];
    for (const name of people) {
      await get("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", {
        input: { externalId: name, email: `${name}@example.com`, emailVerified: true },
      });
      customers.push(await openCustomer(`${name}-bills@example.com`));
    }
    const link = "mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { link { id } } }";
    const kinds: ((at: number) => Promise<TestAnswer | { status: number; errors?: undefined }>)[] = [
      (at) =>
        ask(link, { input: { user: people[at % 4], customerId: customers[(at * 3) % 4], replace: true } }, at % 2),
      (at) =>
        ask("mutation ($user: ID!) { unlinkCustomer(user: $user) { lost { key } } }", { user: people[at % 4] }, at % 2),
      async (at) => {
        await stripe.subscriptions.create({ customer: customers[at % 4] ?? "", items: [{ price }] });
        return { status: 200 };
      },
      (at) =>
        ask(
          "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }",
          { input: { user: people[at % 4], product: "pro", note: "at once", source: "test", externalRef: String(at) } },
          at % 2,
        ),
      (at) =>
        ask(
          "mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { pastDueGraceDays } }",
          { input: { pastDueGraceDays: at % 9 } },
          at % 2,
        ),
      (at) =>
        ask(
          'query ($user: ID!) { accessMany(user: $user, products: ["pro"]) { allowed } }',
          { user: people[at % 4] },
          at % 2,
        ),
      (at) =>
        ask(
          "mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) { id } }",
          { input: { source: "test", externalRef: String(at - 3), note: "at once" } },
          at % 2,
        ),
      async (at) => {
        const [subscription] = (await stripe.subscriptions.list({ customer: customers[at % 4] ?? "" })).data;
        if (subscription) await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: at % 3 === 0 });
        return { status: 200 };
      },
    ];
    const answers = await Promise.all(Array.from({ length: 64 }, async (_, at) => kinds[at % kinds.length]?.(at)));
    const codes = answers.flatMap((answer) => answer?.errors ?? []).map(({ extensions }) => extensions.code);
    expect(answers.filter((answer) => (answer?.status ?? 0) >= 500)).toEqual([]);
    expect(codes.filter((code) => code === "INTERNAL" || code === "UNAVAILABLE")).toEqual([]);
    await simulator.deliveries.settled();
    await idle();
    const undelivered = simulator.world.shelves.delivery.inOrder.filter(({ row }) => row.status !== "delivered");
    expect(undelivered.map(({ row }) => row.attempts)).toEqual([]);
    expect(await rows("select type, error from stripe_inbox where state = 'FAILED' or attempts > 0")).toEqual([]);
    // No customer has two links, and each open grant belongs to the user of its customer's link.
    const wrong = await rows(
      `select g.id from grants g join stripe_facts f on f.connection_id = g.connection_id and f.source = g.stripe_object
       left join customer_links l on l.connection_id = f.connection_id and l.customer = f.customer and l.active
       where g.ended_at is null and g.user_id is distinct from coalesce(l.user_id, f.owner_id)`,
    );
    expect(wrong).toEqual([]);
  });

  test("F40 in small: after three days' silence thousands of events at once are taken, worked, and right", async () => {
    const before = simulator.world.shelves.delivery.inOrder.length;
    simulator.deliveries.holdAll();
    const people = Array.from({ length: isLong ? 60 : 8 }, (_, at) => `f${at}@example.com`);
    for (const [at, email] of people.entries()) {
      const customer = await openCustomer(email);
      const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
      for (let turn = 0; turn < 4; turn++) await stripe.subscriptions.update(id, { metadata: { turn: String(turn) } });
      if (at % 3 === 0) await stripe.subscriptions.cancel(id);
    }
    clock.moveTo(new Date(clock.now().getTime() + 3 * 24 * 60 * MINUTE_MS));
    await simulator.deliveries.release({ seed: 40 });
    await idle();
    const attempts = simulator.world.shelves.delivery.inOrder.slice(before).flatMap(({ row }) => row.attempts);
    expect(attempts.length).toBeGreaterThan(10 * people.length);
    expect(attempts.filter(({ status }) => status !== 200)).toEqual([]);
    const held = await rows<{ email: string }>(
      "select email from grants g join users u on u.id = g.user_id where g.ended_at is null and email like 'f%' order by email",
    );
    // A subscription that began and ended during the silence never makes a user.
    const holders = people.filter((_, at) => at % 3 !== 0).toSorted();
    expect(held.map(({ email }) => email)).toEqual(holders);
    const ever = await rows("select 1 from grants g join users u on u.id = g.user_id where email like 'f%'");
    expect(ever).toHaveLength(holders.length);
  });
});

describeLong("processes of their own", () => {
  beforeEach(begin);
  afterEach(end);

  test("F6: what was acknowledged is worked after the process was killed in the middle of it, without being sent again", async () => {
    await open(0);
    const price = await sellPro();
    // Stripe answers so slowly that the work is still under way when the power goes.
    await control(simulator, "plan-fault", { kind: "slow", ms: 20_000, method: "GET", path: "/v1/*", count: 50 });
    await stripe.subscriptions.create({ customer: await openCustomer("ada@example.com"), items: [{ price }] });
    await simulator.deliveries.settled();
    const open200 = simulator.world.shelves.delivery.inOrder.filter(({ row }) => row.status !== "delivered");
    expect(open200).toEqual([]);
    const claimed = "select count(*)::int as count from stripe_inbox where claimed_until > now()";
    await until(
      () => rows<{ count: number }>(claimed),
      ([row]) => (row?.count ?? 0) > 0,
    );
    await servers[0]?.kill();
    expect(await rows("select 1 from grants")).toEqual([]);
    await control(simulator, "clear-faults");
    simulator.deliveries.holdAll();
    // As if the time for which the dead process had taken the work were over.
    await rows("update stripe_inbox set claimed_until = now() where claimed_until is not null");
    servers = [await startServerProcess({ databaseUrl: database.url, clock, env: { STRIPE_API_BASE: simulator.url } })];
    await idle();
    expect(await rows("select reason from grants")).toEqual([{ reason: "SUBSCRIPTION" }]);
  });

  test("F34: replicas whose clocks are wrong by minutes and hours work side by side, and nothing flaps", async () => {
    const ahead = isLong ? [10 * MINUTE_MS, 120 * MINUTE_MS] : [120 * MINUTE_MS];
    await open(0, -10 * MINUTE_MS, ...ahead);
    const price = await sellPro();
    const people = ["a", "b", "c", "d", "e", "f"];
    const subscriptions: string[] = [];
    for (const name of people) {
      const customer = await openCustomer(`${name}@example.com`);
      subscriptions.push((await stripe.subscriptions.create({ customer, items: [{ price }] })).id);
    }
    const settle = async (): Promise<void> => {
      await simulator.deliveries.settled();
      await idle();
    };
    const pass = async (minutes: number): Promise<void> => {
      clock.moveTo(new Date(clock.now().getTime() + minutes * MINUTE_MS));
      simulator.control.moveBy(0);
      await settle();
    };
    await settle();
    // Renewed, changed and renewed again, with looks from every clock in between.
    for (let turn = 0; turn < (isLong ? 3 : 1); turn++) {
      for (const id of subscriptions) await control(simulator, "renew-now", { subscription: id });
      await pass(30);
      for (const id of subscriptions) await stripe.subscriptions.update(id, { metadata: { turn: String(turn) } });
      await pass(30);
    }
    for (const id of subscriptions.slice(0, 3)) await stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await settle();
    await pass(31 * 24 * 60);
    await pass(3 * 60);
    const byClock =
      "select email, ended_at is null as open, (select count(*)::int from grants o where o.user_id = u.id) as all";
    expect(await rows(`${byClock} from grants g join users u on u.id = g.user_id order by email`)).toEqual(
      people.map((name, at) => ({ email: `${name}@example.com`, open: at >= 3, all: 1 })),
    );
    const lines = await rows<{ type: string; count: number }>(
      `select type, count(*)::int from activities
       where type in ('ACCESS_STARTED', 'SUBSCRIPTION_STARTED', 'SUBSCRIPTION_CANCELLED', 'PRODUCT_PURCHASED')
       group by type order by type`,
    );
    expect(Object.fromEntries(lines.map(({ type, count }) => [type, count]))).toEqual({
      ACCESS_STARTED: 6,
      PRODUCT_PURCHASED: 6,
      SUBSCRIPTION_CANCELLED: 3,
      SUBSCRIPTION_STARTED: 6,
    });
    // What came to its end has one line, from whoever was first: Stripe's word, or the sweep of a server of another time.
    const ended = () =>
      rows<{ email: string }>(
        "select email from activities a join users u on u.id = a.user_id where type = 'ACCESS_ENDED' order by email",
      );
    const closed = await until(ended, (found) => found.length >= 3);
    expect(closed.map(({ email }) => email)).toEqual(["a@example.com", "b@example.com", "c@example.com"]);
  });
});
