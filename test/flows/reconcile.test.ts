import { toPublicId } from "../../src/base/ids";
import { automaticSubjectOf } from "../../src/reconciliation/start-due-reconciliations";
import { startJob } from "../../src/work/start-job";
import type { Job } from "../generated/operations";
import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { until } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { testLong } from "../kit/is-long";

const RECONCILE = `mutation ($input: ReconcileInput!) { reconcile(input: $input) { id } }`;

let shop: Shop;
let stall: Stall;
beforeEach(async () => {
  shop = await startShop();
  stall = await openStall(shop, "course");
  await stall.link();
});
afterEach(() => shop.stop());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const drop = () => shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
const reconcile = async (input: object = {}): Promise<Job> => {
  const { reconcile: job } = await shop.latchkey.get<{ reconcile: { id: string } }>(RECONCILE, { input });
  return jobDone(shop, job.id);
};
const differencesOf = (job: Job) => job.problems.nodes.map(({ subject }) => subject).sort();
const reconciled = async () =>
  (
    await shop.latchkey.get<{ activities: { nodes: { message: string; data: object }[] } }>(
      "{ activities(filter: { types: [RECONCILED] }) { nodes { message data actor origin } } }",
    )
  ).activities.nodes;

test("F17: the event of the end is dropped for ever: access ends by the reconciliation, which says what differed and why", async () => {
  const subscription = await stall.subscribe(await stall.customer("ada@a.example"));
  await stall.subscribe(await stall.customer("bob@a.example"));
  await shop.settled();
  await drop();
  await shop.stripe.subscriptions.cancel(subscription.id);
  await shop.settled();
  expect(await stall.allowed("ada@a.example")).toBe(true);

  const job = await reconcile();
  expect(job).toMatchObject({
    status: "SUCCEEDED",
    dryRun: false,
    done: 2,
    created: 0,
    updated: 1,
    skipped: 1,
    failed: 0,
  });
  expect(job.problems.nodes).toEqual([
    {
      row: expect.any(Number),
      subject: subscription.id,
      code: "CONFLICT",
      message: expect.stringContaining("The status: we held active, Stripe says canceled."),
    },
  ]);
  expect(await stall.allowed("ada@a.example")).toBe(false);
  expect(await stall.allowed("bob@a.example")).toBe(true);
  expect((await stall.journal("ada@a.example")).filter(({ origin }) => origin === "RECONCILIATION")).not.toEqual([]);
  expect(await reconciled()).toEqual([
    {
      message: "What we hold was compared with Stripe: of 2 purchases and customers 1 differed, and were mended.",
      data: expect.objectContaining({ compared: 2, different: 1, missing: 0, unreadable: 0 }),
      actor: "ADMIN",
      origin: "RECONCILIATION",
    },
  ]);
  // There is nothing left to mend.
  expect(await reconcile()).toMatchObject({ created: 0, updated: 0, problems: { totalCount: 0 } });
});

test("a dry run lists exactly the differences, of every sort, and changes nothing", async () => {
  const customers = await Promise.all(
    ["kept", "ended", "leaving", "refunded", "deleted", "mailed"].map((name) => stall.customer(`${name}@a.example`)),
  );
  const [kept = "", ended = "", leaving = "", refunded = "", deleted = "", mailed = ""] = customers;
  const subscriptions = await Promise.all([kept, ended, leaving, deleted].map((id) => stall.subscribe(id)));
  await stall.subscribe(mailed);
  const session = await stall.buyOnce({ customer: refunded });
  await shop.settled();
  await drop();
  await shop.stripe.subscriptions.cancel(subscriptions[1]?.id ?? "");
  await shop.stripe.subscriptions.update(subscriptions[2]?.id ?? "", { cancel_at_period_end: true });
  const { payment_intent: payment } = await shop.stripe.checkout.sessions.retrieve(session);
  await shop.stripe.refunds.create({ payment_intent: typeof payment === "string" ? payment : "" });
  await shop.stripe.customers.del(deleted);
  await shop.stripe.customers.update(mailed, { email: "other@a.example" });
  const fresh = await stall.subscribe(await stall.customer("fresh@a.example"));
  const once = await stall.buyOnce({ email: "once@a.example" });
  const { payment_intent: bought } = await shop.stripe.checkout.sessions.retrieve(once);
  await shop.settled();

  const allowed = () =>
    Promise.all(["kept", "ended", "refunded", "fresh"].map((name) => stall.allowed(`${name}@a.example`)));
  const before = await allowed();
  const job = await reconcile({ dryRun: true });
  expect(differencesOf(job)).toEqual(
    [
      subscriptions[1]?.id,
      subscriptions[2]?.id,
      subscriptions[3]?.id,
      payment,
      deleted,
      mailed,
      fresh.id,
      bought,
    ].sort(),
  );
  expect(job).toMatchObject({ status: "SUCCEEDED", dryRun: true, created: 2, updated: 6, failed: 0 });
  expect(JSON.stringify(job.problems.nodes)).not.toContain("@a.example");
  expect(await allowed()).toEqual(before);
  expect(await reconciled()).toEqual([]);

  const mending = await reconcile();
  expect(differencesOf(mending)).toEqual(differencesOf(job));
  expect(await allowed()).toEqual([true, false, false, true]);
  expect(differencesOf(await reconcile({ dryRun: true }))).toEqual([]);
});

testLong(
  "10 % of all webhooks are dropped for ever: after one reconciliation everybody has what Stripe says",
  async () => {
    await shop.control("plan-deliveries", { seed: 7, drop: 0.1 });
    const people = Array.from({ length: 30 }, (_, index) => `p${index}@a.example`);
    const subscriptions: string[] = [];
    for (const email of people) subscriptions.push((await stall.subscribe(await stall.customer(email))).id);
    for (const [index, id] of subscriptions.entries()) {
      if (index % 3 === 0) await shop.stripe.subscriptions.cancel(id);
      if (index % 3 === 1) await shop.control("renew-now", { subscription: id, ends: "succeeds" });
    }
    await shop.settled();
    await reconcile();
    for (const [index, email] of people.entries()) {
      const expected = index % 3 !== 0;
      expect([email, (await stall.allowed(email)) ?? false]).toEqual([email, expected]);
    }
  },
);

test("F21: a change of the last of thirteen items is found, in a run over everything and in one of its user", async () => {
  const others = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const product = await shop.stripe.products.create({ name: `other ${index}` });
      const price = {
        product: product.id,
        currency: "usd",
        unit_amount: 100,
        recurring: { interval: "month" },
      } as const;
      return { price: (await shop.stripe.prices.create(price)).id };
    }),
  );
  const sell = async (email: string) =>
    stall.subscribe(await stall.customer(email), { items: [...others, { price: stall.monthly }] });
  const [ada, bob] = [await sell("ada@a.example"), await sell("bob@a.example")];
  await shop.settled();
  expect(await stall.allowed("ada@a.example")).toBe(true);
  await drop();
  for (const { id } of [ada, bob]) {
    const items = await shop.stripe.subscriptionItems.list({ subscription: id, limit: 100 });
    await shop.stripe.subscriptionItems.del(items.data.find(({ price }) => price.id === stall.monthly)?.id ?? "");
  }
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } }>(
    '{ userByEmail(email: "ada@a.example") { id } }',
  );
  expect(differencesOf(await reconcile({ user: userByEmail.id }))).toEqual([ada.id]);
  expect(await stall.allowed("ada@a.example")).toBe(false);
  expect(differencesOf(await reconcile())).toEqual([bob.id]);
  expect(await stall.allowed("bob@a.example")).toBe(false);
});

test("of one user only what that user's customers bought is compared", async () => {
  const [ada, bob] = [
    await stall.subscribe(await stall.customer("ada@a.example")),
    await stall.subscribe(await stall.customer("bob@a.example")),
  ];
  await shop.settled();
  await drop();
  for (const { id } of [ada, bob]) await shop.stripe.subscriptions.cancel(id);
  const once = await stall.buyOnce({ customer: typeof ada.customer === "string" ? ada.customer : "" });
  const { payment_intent: payment } = await shop.stripe.checkout.sessions.retrieve(once);
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } }>(
    '{ userByEmail(email: "ada@a.example") { id } }',
  );
  const job = await reconcile({ user: userByEmail.id });
  expect(differencesOf(job)).toEqual([ada.id, payment].sort());
  expect(await stall.allowed("ada@a.example")).toBe(true);
  expect(await stall.allowed("bob@a.example")).toBe(true);
  await reconcile();
  expect(await stall.allowed("bob@a.example")).toBe(false);
});

test("what was bought before a link, and was not to be imported, is left alone", async () => {
  const second = await openStall(shop, "second");
  await drop();
  await second.subscribe(await second.customer("old@a.example"));
  const input = { product: "second", stripeProductId: second.stripeProduct, importExisting: false };
  shop.clock.moveBy(60_000);
  await shop.latchkey.get("mutation ($i: LinkProductInput!) { linkProduct(input: $i) { link { id } } }", { i: input });
  shop.clock.moveBy(60_000);
  await second.subscribe(await second.customer("new@a.example"));
  expect(await reconcile()).toMatchObject({ created: 1 });
  expect(await second.allowed("old@a.example")).toBeNull();
  expect(await second.allowed("new@a.example")).toBe(true);
});

test("F24: every list is read to its end, also when Stripe fails on the way", async () => {
  await drop();
  const ids: string[] = [];
  for (let index = 0; index < 101; index++) {
    ids.push((await stall.subscribe(await stall.customer(`b${index}@a.example`))).id);
  }
  expect(await reconcile()).toMatchObject({ status: "SUCCEEDED", total: 101, created: 101, failed: 0 });
  // Trouble on the way: it waits, and goes on.
  for (const id of ids) await shop.stripe.subscriptions.cancel(id);
  for (const skip of [10, 60, 200])
    await shop.control("plan-fault", { kind: "error-before", path: "/v1/*", skip, count: 2 });
  expect(await reconcile()).toMatchObject({ status: "SUCCEEDED", total: 101, updated: 101, failed: 0 });
  expect(await stall.allowed("b0@a.example")).toBe(false);
});

test("F24: a crash in the middle: another replica goes on at the page, and nothing is counted twice", async () => {
  await drop();
  for (let index = 0; index < 45; index++) await stall.subscribe(await stall.customer(`b${index}@a.example`));
  // The second page of looks never comes to an end; whoever works on it falls silent.
  await shop.control("plan-fault", { kind: "slow", ms: 8_000, path: "/v1/subscriptions/*", skip: 25, count: 1 });
  const { reconcile: begun } = await shop.latchkey.get<{ reconcile: { id: string } }>(RECONCILE, { input: {} });
  const { db } = shop.latchkey.server.deps;
  const open = () =>
    db.rows<{ done: number; claim: string | null }>("select done, claim from jobs where status = 'RUNNING'");
  await until(open, ([row]) => row !== undefined && row.done >= 20 && row.claim !== null);
  const replica = await shop.latchkey.replica();
  await db.rows("update jobs set claimed_until = now() - interval '1 second' where status = 'RUNNING'");
  const job = await jobDone(shop, begun.id);
  await replica.stop();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 45, created: 45, updated: 0, skipped: 0 });
  expect(differencesOf(job)).toHaveLength(45);
  expect(await reconciled()).toHaveLength(1);
});

describe("by itself", () => {
  const runs = async () =>
    (
      await shop.latchkey.get<{ jobs: { nodes: { id: string; status: string }[] } }>(
        "{ jobs(kind: RECONCILIATION) { nodes { id status } } }",
      )
    ).jobs.nodes;

  test("a day after the last one, once, by whichever replica looks first", async () => {
    const { id } = await stall.subscribe(await stall.customer("ada@a.example"));
    await shop.settled();
    await drop();
    await shop.stripe.subscriptions.cancel(id);
    shop.clock.moveBy(DAY_MS + 1_000);
    // A server looks when it starts.
    const replicas = await Promise.all([1, 2, 3].map(() => shop.latchkey.replica()));
    await until(runs, (all) => all.length > 0 && all.every(({ status }) => status === "SUCCEEDED"));
    expect(await runs()).toHaveLength(1);
    expect(await stall.allowed("ada@a.example")).toBe(false);
    expect(await reconciled()).toMatchObject([{ actor: "SYSTEM" }]);
    const logged = replicas.flatMap((replica) => replica.logged).join("");
    expect(logged).not.toContain("a step of background work failed");
    await Promise.all(replicas.map((replica) => replica.stop()));
    const later = await shop.latchkey.replica();
    await later.stop();
    expect(await runs()).toHaveLength(1);
  });

  test("F17: an hour after a gap in the webhooks, once, and not while everything comes in", async () => {
    const { id } = await stall.subscribe(await stall.customer("ada@a.example"));
    await shop.settled();
    shop.clock.moveBy(2 * HOUR_MS);
    const quiet = await shop.latchkey.replica();
    const asked = () =>
      shop.latchkey.server.deps.db.rows<{ at: Date }>(
        "select compared_at as at from webhook_counts where compared_at = $1",
        [shop.clock.now()],
      );
    await until(asked, (rows) => rows.length > 0);
    await quiet.stop();
    expect(await runs()).toEqual([]);

    await drop();
    await shop.stripe.subscriptions.cancel(id);
    shop.clock.moveBy(2 * HOUR_MS);
    const replicas = await Promise.all([1, 2].map(() => shop.latchkey.replica()));
    await until(runs, (all) => all.length > 0 && all.every(({ status }) => status === "SUCCEEDED"));
    await Promise.all(replicas.map((replica) => replica.stop()));
    expect(await runs()).toHaveLength(1);
    expect(await stall.allowed("ada@a.example")).toBe(false);
    expect(replicas.flatMap((replica) => replica.logged).join("")).toContain('"reason":"MISSED"');
    // What was missed is mended, and no reason any more.
    shop.clock.moveBy(2 * HOUR_MS);
    const later = await shop.latchkey.replica();
    await until(asked, (rows) => rows.length > 0);
    await later.stop();
    expect(await runs()).toHaveLength(1);
  });

  test("not while somebody only looks: the day's run begins after the dry one", async () => {
    await shop.control("plan-fault", { kind: "slow", ms: 2_000, path: "/v1/*", count: 1 });
    const { reconcile: dry } = await shop.latchkey.get<{ reconcile: { id: string } }>(RECONCILE, {
      input: { dryRun: true },
    });
    shop.clock.moveBy(DAY_MS + 1_000);
    const replica = await shop.latchkey.replica();
    await jobDone(shop, dry.id);
    await replica.stop();
    expect(replica.logged.join("")).not.toContain("a step of background work failed");
    const next = await shop.latchkey.replica();
    await until(runs, (all) => all.length === 2 && all.every(({ status }) => status === "SUCCEEDED"));
    await next.stop();
  });

  test("after the account was connected again", async () => {
    const { id } = await stall.subscribe(await stall.customer("ada@a.example"));
    await shop.settled();
    shop.clock.moveBy(60_000);
    await shop.latchkey.get(`mutation { disconnectStripe(connection: "${shop.connection}") { id } }`);
    await shop.stripe.subscriptions.cancel(id);
    await shop.latchkey.get('mutation { connectStripe(input: { secretKey: "sk_test_shopofthetests" }) { id } }');
    const replica = await shop.latchkey.replica();
    await until(runs, (all) => all.length > 0 && all.every(({ status }) => status === "SUCCEEDED"));
    await replica.stop();
    expect(await stall.allowed("ada@a.example")).toBe(false);
  });
});

test("an automatic run never refuses an administrator's: a whole run takes its place, others go beside it", async () => {
  const { db } = shop.latchkey.server.deps;
  const [connection] = await db.rows<{ id: string }>("/* test */ select id from stripe_connections");
  const begin = () =>
    db.transaction((tx) =>
      startJob(tx, shop.latchkey.server.deps, {
        kind: "RECONCILIATION",
        mode: "TEST",
        subject: automaticSubjectOf(connection?.id ?? ""),
        connectionId: connection?.id ?? null,
        input: { connectionIds: [connection?.id], userId: null, since: null },
        dryRun: false,
        createdBy: "system",
      }),
    );
  const ask = async (input: object) => {
    const { reconcile } = await shop.latchkey.get<{ reconcile: { id: string } }>(RECONCILE, { input });
    return jobDone(shop, reconcile.id);
  };
  await shop.control("plan-fault", { kind: "slow", ms: 1_500, path: "/v1/*", count: 1 });
  const first = await begin();
  expect(await ask({ dryRun: true })).toMatchObject({ status: "SUCCEEDED" });
  expect(await jobDone(shop, toPublicId("job", first.id))).toMatchObject({ status: "SUCCEEDED" });
  await shop.control("plan-fault", { kind: "slow", ms: 1_500, path: "/v1/*", count: 1 });
  const second = await begin();
  expect(await ask({})).toMatchObject({ status: "SUCCEEDED" });
  expect(await jobDone(shop, toPublicId("job", second.id))).toMatchObject({ status: "CANCELLED" });
});

test("a reconciliation is refused while one of the same is running, and without an account", async () => {
  await shop.control("plan-fault", { kind: "slow", ms: 1_000, path: "/v1/*", count: 1 });
  const { reconcile: begun } = await shop.latchkey.get<{ reconcile: { id: string } }>(RECONCILE, { input: {} });
  expect((await shop.latchkey.refused(RECONCILE, { input: {} })).extensions.code).toBe("JOB_RUNNING");
  await jobDone(shop, begun.id);
  const live = await shop.latchkey.key("ADMIN", "LIVE");
  expect((await shop.latchkey.refused(RECONCILE, { input: {} }, live)).extensions.code).toBe("STRIPE_NOT_CONNECTED");
  const foreign = { input: { connection: shop.connection } };
  expect((await shop.latchkey.refused(RECONCILE, foreign, live)).extensions.code).toBe("NOT_FOUND");
  expect((await shop.latchkey.refused(RECONCILE, { input: { user: "nobody" } })).extensions.code).toBe("NOT_FOUND");
});
