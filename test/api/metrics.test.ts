import { openStall, type Stall } from "../kit/open-stall";
import { operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { untilTrue } from "../kit/until";

// Numbers for operators, as Prometheus reads them.

let shop: Shop;
let stall: Stall;

beforeAll(async () => {
  shop = await startShop({ background: { retryPausesMs: [1, 1], reconcilesByItself: false } });
  stall = await openStall(shop, "pro");
  await stall.link();
});
afterAll(() => shop.stop());

/** Reads one number; NaN: it is not there. */
async function metric(name: string, labels: Record<string, string> = {}): Promise<number> {
  const headers = { authorization: `Bearer ${await shop.latchkey.key("READ")}` };
  const text = await (await fetch(`${shop.latchkey.url}/metrics`, { headers })).text();
  const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const series = written.length > 0 ? `latchkey_${name}{${written.join(",")}}` : `latchkey_${name}`;
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? Number.NaN : Number(line.slice(series.length));
}

const TEST = { mode: "TEST" };
const LIVE = { mode: "LIVE" };

test("decisions are counted by reason, whichever query asks for them", async () => {
  const { createUser } = operationsOf(shop.latchkey);
  const email = "counted@shop.example";
  const user = (await createUser({ email, emailVerified: true })).id;
  const denied = { reason: "NO_GRANT", allowed: "false" };
  const allowed = { reason: "PURCHASE", allowed: "true" };
  const count = async (labels: Record<string, string>) => (await metric("decisions_total", labels)) || 0;
  const before = [await count(denied), await count(allowed)] as const;
  const read = await shop.latchkey.key("READ");
  const one = 'query ($user: ID!) { access(product: "pro", user: $user) { allowed } }';
  await shop.latchkey.get(one, { user }, read);
  expect(await count(denied)).toBe(before[0] + 1);
  await stall.buyOnce({ email });
  await shop.settled();
  // A query that the server knows already is answered by the fast path.
  for (let times = 0; times < 2; times++) await shop.latchkey.get(one, { user }, read);
  const many = `query ($user: ID!) { accessMany(user: $user, products: ["pro", "pro"]) { allowed }
    user(id: $user) { access(product: "pro") { allowed } } products(first: 5) { nodes { access(user: $user) { allowed } } } }`;
  await shop.latchkey.get(many, { user }, read);
  expect(await count(allowed)).toBe(before[1] + 6);
});

test("the inbox says what waits, for how long, and what failed, by mode", async () => {
  expect([await metric("inbox_waiting", TEST), await metric("inbox_failed", TEST)]).toEqual([0, 0]);
  expect(await metric("inbox_oldest_seconds", TEST)).toBe(0);
  const customer = await stall.customer("waiting@shop.example");
  await shop.settled();
  await shop.control("plan-fault", { kind: "error-before", path: "/v1/subscriptions/*", count: 1_000 });
  await stall.subscribe(customer);
  await untilTrue(async () => (await metric("inbox_waiting", TEST)) > 0);
  await untilTrue(async () => (await metric("inbox_oldest_seconds", TEST)) > 0);
  expect(await metric("inbox_waiting", LIVE)).toBe(0);
  await shop.control("clear-faults");
  await shop.settled();
  expect([await metric("inbox_waiting", TEST), await metric("inbox_failed", TEST)]).toEqual([0, 0]);
  const { db } = shop.latchkey.server.deps;
  const one = "select event_id from stripe_inbox where state = 'DONE' limit 1";
  await db.rows(`/* test.fail */ update stripe_inbox set state = 'FAILED' where event_id = (${one})`);
  expect([await metric("inbox_waiting", TEST), await metric("inbox_failed", TEST)]).toEqual([0, 1]);
});

test("requests to Stripe are counted by its answer: those that went well, that it refused, and that nobody answered", async () => {
  const count = async (answer: string) => (await metric("stripe_requests_total", { answer })) || 0;
  const before = { ok: await count("200"), limited: await count("429"), none: await count("none") };
  const check = () =>
    shop.latchkey.ask("mutation ($id: ID!) { testStripeConnection(connection: $id) { id } }", { id: shop.connection });
  await check();
  expect(await count("200")).toBeGreaterThan(before.ok);
  await shop.control("plan-fault", { kind: "rate-limit", path: "/v1/account", count: 1 });
  await check();
  expect(await count("429")).toBe(before.limited + 1);
  await shop.control("plan-fault", { kind: "reset", when: "before", path: "/v1/account", count: 1 });
  await check();
  expect(await count("none")).toBe(before.none + 1);
  await shop.control("clear-faults");
});

test("connections to the database are counted by pool: open, in use, and how many wait for one", async () => {
  const { db } = shop.latchkey.server.deps;
  const main = (state: string) => metric("database_connections", { pool: "main", state });
  expect(await metric("database_connections_max", { pool: "main" })).toBe(3);
  expect(await metric("database_connections_max", { pool: "checks" })).toBe(1);
  expect(await metric("database_requests_waiting", { pool: "main" })).toBe(0);
  let release = () => undefined as void;
  const held = db.transaction(() => new Promise<void>((resolve) => (release = resolve)));
  await untilTrue(async () => (await main("busy")) >= 1);
  release();
  await held;
  await untilTrue(async () => (await main("idle")) >= 1);
});

test("purchases that nobody owns are counted by mode", async () => {
  expect(await metric("unclaimed_purchases", TEST)).toBe(0);
  const policy =
    "mutation ($auto: AutoCreateUsers!) { updatePolicy(input: { autoCreateUsers: $auto }) { autoCreateUsers } }";
  await shop.latchkey.get(policy, { auto: "NEVER" });
  await stall.buyOnce({ email: "nobody-yet@shop.example" });
  await shop.settled();
  expect(await metric("unclaimed_purchases", TEST)).toBe(1);
  expect(await metric("unclaimed_purchases", LIVE)).toBe(0);
  await shop.latchkey.get(policy, { auto: "ON_PURCHASE" });
});

test("the drift that the last reconciliation found is told, and is gone after the next one", async () => {
  const reconcile = async () => {
    const { reconcile: job } = await shop.latchkey.get<{ reconcile: { id: string } }>(
      "mutation ($input: ReconcileInput!) { reconcile(input: $input) { id } }",
      { input: { connection: shop.connection } },
    );
    const read = "query ($id: ID!) { job(id: $id) { status } }";
    const status = async () => (await shop.latchkey.get<{ job: { status: string } }>(read, job)).job.status;
    await untilTrue(async () => (await status()) === "SUCCEEDED", status);
  };
  expect(await metric("drift_differences", TEST)).toBeNaN();
  const customer = await stall.customer("drifting@shop.example");
  const { id } = await stall.subscribe(customer);
  await shop.settled();
  const [endpoint] = (await shop.stripe.webhookEndpoints.list()).data;
  await shop.stripe.webhookEndpoints.update(endpoint?.id ?? "", { disabled: true });
  await shop.stripe.subscriptions.cancel(id);
  await shop.stripe.webhookEndpoints.update(endpoint?.id ?? "", { disabled: false });
  await reconcile();
  expect(await metric("drift_differences", TEST)).toBe(1);
  expect(await metric("drift_age_seconds", TEST)).toBeGreaterThanOrEqual(0);
  await reconcile();
  expect(await metric("drift_differences", TEST)).toBe(0);
});

test("notices that nobody has taken are counted, and deleted after thirty days", async () => {
  const { db } = shop.latchkey.server.deps;
  const waiting = await metric("notices_waiting", TEST);
  expect(waiting).toBeGreaterThan(0);
  await db.rows(`/* test.age */ update notices set created_at = now() - interval '29 days'`);
  await db.rows(
    `/* test.age */ update notices set created_at = now() - interval '31 days'
     where id in (select id from notices where mode = 'TEST' order by id limit 2)`,
  );
  const replica = await shop.latchkey.replica();
  try {
    await untilTrue(async () => (await metric("notices_waiting", TEST)) === waiting - 2);
  } finally {
    await replica.stop();
  }
});
