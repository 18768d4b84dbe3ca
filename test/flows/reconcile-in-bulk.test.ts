import type { Job } from "../generated/operations";
import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { until } from "../kit/operations";
import type { Shop } from "../kit/start-shop";
import { startTolledShop } from "../kit/start-tolled-shop";
import type { Toll } from "../kit/open-toll";

const RECONCILE = `mutation ($input: ReconcileInput!) { reconcile(input: $input) { id } }`;
const AS_OF = `query ($email: String!) { userByEmail(email: $email) {
  id access(product: "course") { allowed reason endsAt asOf } } }`;
const LINK = "mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { link { id } } }";
const CREATE = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
const HOUR_MS = 3_600_000;

let shop: Shop & { toll: Toll };
let stall: Stall;
beforeEach(async () => {
  shop = await startTolledShop();
  stall = await openStall(shop, "course");
});
afterEach(() => shop.stop());

const drop = () => shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
const begin = async (input: object): Promise<string> =>
  (await shop.latchkey.get<{ reconcile: { id: string } }>(RECONCILE, { input })).reconcile.id;
const reconcile = async (input: object = {}): Promise<Job> => jobDone(shop, await begin(input));
const differencesOf = (job: Job) => job.problems.nodes.map(({ subject }) => subject).sort();
const said = (job: Job, subject: string) => job.problems.nodes.find((each) => each.subject === subject)?.message;
const accessOf = async (email: string) => {
  const { userByEmail } = await shop.latchkey.get<{
    userByEmail: { access: { allowed: boolean; reason: string; endsAt: string | null; asOf: string } };
  }>(AS_OF, { email });
  return userByEmail.access;
};
const rows = <Row extends object>(sql: string, values: unknown[] = []) =>
  shop.latchkey.server.deps.db.rows<Row>(sql, values);

test("a shop that is as it should be costs a request for each hundred rows, and every decision says when Stripe was asked last", async () => {
  await drop();
  const ids: string[] = [];
  for (let index = 0; index < 130; index++) {
    ids.push((await stall.subscribe(await stall.customer(`b${index}@a.example`))).id);
  }
  shop.clock.moveBy(HOUR_MS);
  expect((await stall.link()).job).toMatchObject({ status: "SUCCEEDED", created: 130 });
  await shop.stripe.subscriptions.cancel(ids[7] ?? "");
  const before = await accessOf("b0@a.example");
  shop.clock.moveBy(HOUR_MS);

  shop.toll.seen.length = 0;
  const dry = await reconcile({ dryRun: true });
  expect(dry).toMatchObject({ status: "SUCCEEDED", total: 130, done: 130, updated: 1, skipped: 129, failed: 0 });
  expect(differencesOf(dry)).toEqual([ids[7]]);
  // Clocks, disputes and checkouts once, two pages of subscriptions and of invoices, and the one that differs.
  expect(shop.toll.seen.length).toBeLessThanOrEqual(12);
  expect(await accessOf("b0@a.example")).toEqual(before);

  const mending = await reconcile();
  expect(mending).toMatchObject({ total: 130, done: 130, created: 0, updated: 1, skipped: 129 });
  const now = shop.clock.now().toISOString();
  expect(await accessOf("b0@a.example")).toEqual({ ...before, asOf: now });
  expect(await accessOf("b7@a.example")).toMatchObject({ allowed: false, asOf: now });
  // It never goes back: a look of before is older than what is held.
  const [{ behind } = { behind: -1 }] = await rows<{ behind: number }>(
    "select count(*)::int as behind from stripe_facts where observed_at < $1",
    [shop.clock.now()],
  );
  expect(behind).toBe(0);
});

test("grants that somebody changed or deleted are told from what the purchases give, and mended, without a look at Stripe", async () => {
  await stall.link();
  const [ended, gone, kept] = [
    await stall.subscribe(await stall.customer("ended@a.example")),
    await stall.subscribe(await stall.customer("gone@a.example")),
    await stall.subscribe(await stall.customer("kept@a.example")),
  ];
  const over = await stall.subscribe(await stall.customer("over@a.example"));
  await shop.settled();
  await shop.stripe.subscriptions.cancel(over.id);
  await shop.settled();
  // What began a moment ago may have a checkout that was listed before: it is looked at with care.
  shop.clock.moveBy(HOUR_MS);
  await rows("update grants set ended_at = $2, end_reason = 'REVOKED' where stripe_object = $1", [
    ended.id,
    shop.clock.now(),
  ]);
  await rows("delete from grants where stripe_object = $1", [gone.id]);
  await rows("update grants set ended_at = null, end_reason = null where stripe_object = $1", [over.id]);
  expect(await stall.allowed("ended@a.example")).toBe(false);
  expect(await stall.allowed("over@a.example")).toBe(true);

  shop.toll.seen.length = 0;
  const dry = await reconcile({ dryRun: true });
  expect(differencesOf(dry)).toEqual([ended.id, gone.id, over.id].sort());
  expect(said(dry, ended.id)).toContain("The grant of course: we held ended (REVOKED)");
  expect(said(dry, ended.id)).toContain("the purchase gives active (SUBSCRIPTION)");
  expect(said(dry, gone.id)).toContain("we held nothing");
  expect(shop.toll.seen.filter((request) => request.includes("/v1/subscriptions/"))).toEqual([]);
  expect(await stall.allowed("ended@a.example")).toBe(false);

  expect(differencesOf(await reconcile())).toEqual(differencesOf(dry));
  const names = ["ended", "gone", "kept", "over"];
  const allowed = await Promise.all(names.map((name) => stall.allowed(`${name}@a.example`)));
  expect(allowed).toEqual([true, true, true, false]);
  expect(differencesOf(await reconcile())).toEqual([]);
  expect(kept.status).toBe("active");
});

test("one that cannot be written is reported, and keeps no other out: neither of what Stripe says nor of grants", async () => {
  await stall.link();
  const [ada, bob, cyd, dan] = [
    await stall.subscribe(await stall.customer("ada@a.example")),
    await stall.subscribe(await stall.customer("bob@a.example")),
    await stall.subscribe(await stall.customer("cyd@a.example")),
    await stall.subscribe(await stall.customer("dan@a.example")),
  ];
  await shop.settled();
  await drop();
  for (const { id } of [ada, bob]) await shop.stripe.subscriptions.cancel(id);
  await rows("delete from grants where stripe_object = any($1)", [[cyd.id, dan.id]]);
  await rows(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'this one cannot be written'; end $$`);
  await rows(`create trigger refuse before update on stripe_facts for each row
    when (new.source = '${ada.id}') execute function refuse()`);
  await rows(`create trigger refuse before insert on grants for each row
    when (new.stripe_object = '${cyd.id}') execute function refuse()`);
  const job = await reconcile();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 4, updated: 2, failed: 2, skipped: 0 });
  expect(differencesOf(job)).toEqual([ada, bob, cyd, dan].map(({ id }) => id).sort());
  expect(job.problems.nodes.find(({ subject }) => subject === cyd.id)).toMatchObject({ code: "INTERNAL" });
  const allowed = await Promise.all(["ada", "bob", "cyd", "dan"].map((name) => stall.allowed(`${name}@a.example`)));
  expect(allowed).toEqual([true, false, false, true]);
});

test("customers of users who have bought nothing are visited: by the list where that is less, by their ids where it is not", async () => {
  await stall.link();
  const customers: string[] = [];
  for (let index = 0; index < 24; index++) {
    customers.push((await shop.stripe.customers.create({ email: `c${index}@a.example` })).id);
    await shop.latchkey.get(CREATE, { input: { externalId: `u${index}`, email: `c${index}@a.example` } });
    const input = { user: `u${index}`, customerId: customers[index] };
    await shop.latchkey.get(LINK, { input });
  }
  await shop.settled();
  await drop();
  const [deleted = "", renamed = ""] = customers;
  await shop.stripe.customers.del(deleted);
  await shop.stripe.customers.update(renamed, { email: "other@a.example" });
  shop.toll.seen.length = 0;
  const dry = await reconcile({ dryRun: true });
  expect(differencesOf(dry)).toEqual([deleted, renamed].sort());
  expect(dry).toMatchObject({ total: 24, done: 24, updated: 2, skipped: 22 });
  const asked = shop.toll.seen.filter((request) => request.includes("/v1/customers"));
  expect(asked.filter((request) => request.includes("/v1/customers?"))).toHaveLength(1);
  expect(asked.filter((request) => request.includes(`/v1/customers/`))).toEqual([`GET /v1/customers/${deleted}`]);
  expect(differencesOf(await reconcile())).toEqual([deleted, renamed].sort());
  expect(differencesOf(await reconcile({ dryRun: true }))).toEqual([]);
});

test("an event that came in before and is not worked on yet is no difference", async () => {
  await stall.link();
  const { id } = await stall.subscribe(await stall.customer("ada@a.example"));
  await shop.settled();
  await shop.control("plan-fault", { kind: "slow", ms: 6_000, path: "/v1/subscriptions/*", skip: 1, count: 1 });
  await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true });
  const waiting = () => rows("select 1 from stripe_inbox where state = 'PENDING' and attempts = 0");
  await until(waiting, (all) => all.length > 0);
  const job = await begin({ dryRun: true });
  expect(await waiting()).not.toEqual([]);
  expect(differencesOf(await jobDone(shop, job))).toEqual([]);
  expect(await accessOf("ada@a.example")).toMatchObject({ endsAt: expect.any(String) });
});

test("F24: what is in no list of Stripe's any more is looked at too, and nothing is counted twice", async () => {
  await stall.link();
  const clock = await shop.stripe.testHelpers.testClocks.create({
    frozen_time: Math.floor(shop.clock.now().getTime() / 1_000),
  });
  const simulated = await stall.subscribe(await stall.customer("clock@a.example", { test_clock: clock.id }));
  const pending = await stall.subscribe(await stall.customer("here@a.example"));
  await shop.settled();
  expect(await stall.allowed("clock@a.example")).toBe(true);
  // Money that is on its way, and does not arrive: no list of what was paid shows it.
  const { id: session } = await shop.stripe.checkout.sessions.create({
    mode: "payment",
    success_url: "https://shop.example/thanks",
    line_items: [{ price: stall.once, quantity: 1 }],
  });
  await shop.control("complete-checkout", { session, method: "delayed", email: "late@a.example" });
  await shop.settled();
  const { payment_intent: intent } = await shop.stripe.checkout.sessions.retrieve(session);
  const payment = typeof intent === "string" ? intent : "";
  await drop();
  await shop.control("payment-fails", { payment });
  await shop.stripe.testHelpers.testClocks.del(clock.id);
  const dry = await reconcile({ dryRun: true });
  expect(differencesOf(dry)).toEqual(expect.arrayContaining([simulated.id, payment]));
  expect(said(dry, payment)).toContain("The payment: we held pending, Stripe says failed.");
  expect(dry.done).toBe(dry.created + dry.updated + dry.skipped + dry.failed);
  expect(dry.updated).toBe(dry.problems.totalCount);
  expect(differencesOf(await reconcile())).toEqual(differencesOf(dry));
  expect(await stall.allowed("clock@a.example")).toBe(false);
  expect(await stall.allowed("here@a.example")).toBe(true);
  expect(pending.status).toBe("active");
});

test("since a moment: only what was bought from then on is compared", async () => {
  await stall.link();
  const old = await stall.subscribe(await stall.customer("old@a.example"));
  await shop.settled();
  shop.clock.moveBy(HOUR_MS);
  const since = shop.clock.now().toISOString();
  const fresh = await stall.subscribe(await stall.customer("new@a.example"));
  await shop.settled();
  await drop();
  for (const { id } of [old, fresh]) await shop.stripe.subscriptions.cancel(id);
  const job = await reconcile({ since });
  expect(differencesOf(job)).toEqual([fresh.id]);
  expect(job).toMatchObject({ total: 1, done: 1 });
  expect(await stall.allowed("old@a.example")).toBe(true);
});
