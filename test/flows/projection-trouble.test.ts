import type { Toll } from "../kit/open-toll";
import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { until } from "../kit/operations";
import type { Shop } from "../kit/start-shop";
import { startTolledShop } from "../kit/start-tolled-shop";
import { isLong } from "../kit/is-long";

// Stripe is slow, down, or limits us; events are absurd; somebody's objects cannot be read. Nobody else waits for it.

let shop: Shop & { toll: Toll };
let stall: Stall;

beforeAll(async () => {
  shop = await startTolledShop({ background: { retryPausesMs: [50, 100, 200] } });
  stall = await openStall(shop, "pro");
  await stall.link();
});
afterAll(() => shop.stop());
beforeEach(() => shop.toll.decide(() => "PASS"));

let people = 0;
const somebody = () => `buyer-${people++}@shop.example`;

interface Row {
  type: string;
  subject: string;
  state: string;
  attempts: number;
  error: string | null;
}

function inbox(where: string, ...values: unknown[]): Promise<Row[]> {
  const sql = `/* test.inbox */ select type, subject, state, attempts, error from stripe_inbox where ${where}`;
  return shop.latchkey.server.deps.db.rows<Row>(sql, values);
}

/** Opens or closes in a moment. */
async function opens(email: string, allowed = true): Promise<void> {
  expect(
    await until(
      () => stall.allowed(email),
      (is) => is === allowed,
    ),
  ).toBe(allowed);
}

async function nothingWaits(): Promise<void> {
  expect(
    await until(
      () => inbox("state = 'PENDING'"),
      (rows) => rows.length === 0,
    ),
  ).toEqual([]);
}

async function inboxHas(count: number, where: string, ...values: unknown[]): Promise<Row[]> {
  const rows = await until(
    () => inbox(where, ...values),
    (found) => found.length >= count,
  );
  expect(rows.length).toBeGreaterThanOrEqual(count);
  return rows;
}

describe("Stripe has trouble", () => {
  test("F5, TA-X24: what was acknowledged while Stripe failed is worked when Stripe is back, without being sent again", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    shop.toll.decide(() => 500);
    await stall.subscribe(customer);
    await shop.simulator.deliveries.settled();
    const failed = await inboxHas(1, "state = 'PENDING' and subject = $1 and error is not null", customer);
    // It is no fault of the events: however long it lasts, none of them is given up.
    expect(failed.every(({ attempts, error }) => attempts === 0 && error?.includes("Stripe"))).toBe(true);
    shop.toll.decide(() => "PASS");
    await opens(email);
    await nothingWaits();
  });

  test("jobs and events that waited for Stripe go on with the first success of the account", async () => {
    const { db } = shop.latchkey.server.deps;
    const quiet = await stall.customer(somebody());
    await shop.settled();
    shop.toll.decide(() => 500);
    const customer = await stall.customer(somebody());
    await stall.subscribe(customer);
    const { reconcile: job } = await shop.latchkey.get<{ reconcile: { id: string } }>(
      "mutation { reconcile(input: {}) { id } }",
    );
    await inboxHas(1, "state = 'PENDING' and subject = $1 and error is not null", customer);
    const waiting = () =>
      db.rows("/* test */ select 1 from jobs where waits > 0 and claim is null and status = 'RUNNING'");
    await until(waiting, (rows) => rows.length === 1);
    const later = "next_try_at = now() + interval '1 hour'";
    // A job that is being tried again is left alone; it is set back when it waits.
    await until(
      () =>
        db.rows(
          `/* test */ update jobs set ${later} where waits > 0 and claim is null and status = 'RUNNING' returning 1`,
        ),
      ([, updated]) => Number(updated) > 0,
    );
    await shop.simulator.deliveries.settled();
    await until(
      () => inbox("state = 'PENDING' and (error is null or claimed_until > now())"),
      (rows) => rows.length === 0,
    );
    await db.rows(`/* test */ update stripe_inbox set ${later} where state = 'PENDING' and error is not null`);
    // What is done without a question to Stripe is no success of the account.
    for (let drafts = 1; drafts <= 3; drafts++) {
      await shop.stripe.invoices.create({ customer: quiet, auto_advance: false });
      await inboxHas(drafts, "state = 'DONE' and type = 'invoice.created' and subject = $1", quiet);
    }
    expect(await inbox("state = 'PENDING' and next_try_at < now() + interval '30 minutes'")).toEqual([]);
    shop.toll.decide(() => "PASS");
    await stall.subscribe(await stall.customer(somebody()));
    expect((await jobDone(shop, job.id)).status).toBe("SUCCEEDED");
    await nothingWaits();
  });

  test("while Stripe cannot be asked, what an event shows is used; Stripe is asked later all the same", async () => {
    const email = somebody();
    const { id } = await stall.subscribe(await stall.customer(email));
    await opens(email);
    await nothingWaits();
    shop.toll.decide(() => 500);
    shop.clock.moveBy(2_000);
    await shop.stripe.subscriptions.cancel(id);
    await opens(email, false);
    expect(await inbox("state = 'PENDING' and type = 'customer.subscription.deleted'")).toHaveLength(1);
    shop.toll.decide(() => "PASS");
    await nothingWaits();
    expect(await stall.allowed(email)).toBe(false);
  });

  test("F2: an event from before what we know says nothing, not even while Stripe cannot be asked", async () => {
    const email = somebody();
    const { deliveries } = shop.simulator;
    deliveries.instruct({ event: "customer.subscription.created", count: 1, hold: true });
    const { id } = await stall.subscribe(await stall.customer(email));
    await opens(email);
    shop.clock.moveBy(2_000);
    await shop.stripe.subscriptions.cancel(id);
    await opens(email, false);
    await nothingWaits();
    shop.toll.decide(() => 500);
    await deliveries.release();
    await inboxHas(1, "type = 'customer.subscription.created' and state = 'PENDING' and error is not null");
    expect(await stall.allowed(email)).toBe(false);
    shop.toll.decide(() => "PASS");
    await nothingWaits();
    expect(await stall.allowed(email)).toBe(false);
  });

  test("F27: one customer whose objects cannot be read delays nobody", async () => {
    const [slow, quick] = [somebody(), somebody()];
    const stuck = await stall.customer(slow);
    const other = await stall.customer(quick);
    await shop.settled();
    const { id } = await stall.subscribe(stuck);
    shop.toll.decide((request) => (request.includes(id) || request.includes(stuck) ? "HANG" : "PASS"));
    for (let times = 0; times < 20; times++) await shop.stripe.subscriptions.update(id, { metadata: { times } });
    await stall.subscribe(other);
    // The other's still hang.
    await opens(quick);
    shop.toll.decide(() => "PASS");
    await opens(slow);
    await nothingWaits();
  });
});

describe("how much Stripe is asked", () => {
  const EVENTS = isLong ? 200 : 50;
  test(`F23: ${EVENTS} events of one customer cause three reads at most`, async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    const { id } = await stall.subscribe(customer);
    await shop.settled();
    // The first of them is refused, so that the others are there when it is tried again.
    shop.toll.seen.length = 0;
    shop.toll.decide(() => 429);
    shop.simulator.deliveries.holdAll();
    for (let times = 0; times < EVENTS; times++) await shop.stripe.subscriptions.update(id, { metadata: { times } });
    await shop.simulator.deliveries.release();
    await inboxHas(EVENTS, "state = 'PENDING' and subject = $1", customer);
    await until(
      () => inbox("state = 'PENDING' and claimed_until > now()"),
      (rows) => rows.length === 0,
    );
    const refused = shop.toll.seen.splice(0);
    shop.toll.decide(() => "PASS");
    await nothingWaits();
    expect(shop.toll.seen.length).toBeLessThanOrEqual(3);
    // Each try is for all that are there.
    expect(refused.length).toBeLessThan(EVENTS);
  });

  test("an ordinary subscription is read three times at most, a checkout that was paid once", async () => {
    const email = somebody();
    const customer = await stall.customer(email);
    const { id } = await stall.subscribe(customer);
    await shop.settled();
    shop.toll.seen.length = 0;
    await shop.stripe.subscriptions.update(id, { metadata: { some: "thing" } });
    await shop.settled();
    expect(shop.toll.seen).toHaveLength(3);
  });

  test("what is not in the table is not asked for", async () => {
    await shop.settled();
    shop.toll.seen.length = 0;
    await shop.stripe.paymentLinks.create({ line_items: [{ price: stall.once, quantity: 1 }] });
    await shop.settled();
    expect(shop.toll.seen).toEqual([]);
  });
});

describe("F26: absurd events", () => {
  const NAMES = ["customer.subscription.updated", "invoice.paid", "checkout.session.completed", "refund.created"];
  const THINGS: unknown[] = [
    {},
    { id: "nothing_1" },
    { id: "../customers", object: "subscription" },
    { id: 7, customer: ["cus_1"] },
    { id: "sub_9", object: "subscription", customer: { id: {} }, items: null },
    { id: "in_9", object: "invoice", customer: "cus_9", parent: 5 },
    { id: "re_9", object: "refund", charge: "ch_9", payment_intent: "pi_9" },
    { id: "cs_9", object: "checkout.session", subscription: "sub_9", invoice: "in_9", payment_intent: "pi_9" },
    null,
    "a text",
  ];

  test("end without effect and without an error of ours, among good ones that are done in time", async () => {
    const endpoint = shop.simulator.world.shelves.webhook_endpoint.inOrder[0]?.row.id ?? "";
    const email = somebody();
    const statuses: (number | null)[] = [];
    let index = 0;
    for (const type of NAMES) {
      for (const object of THINGS) {
        const created = Math.floor(shop.clock.now().getTime() / 1000);
        const event = {
          id: `evt_absurd_${index++}`,
          object: "event",
          type,
          created,
          livemode: false,
          data: { object },
        };
        const { status } = await shop.simulator.deliveries.sendBody(endpoint, JSON.stringify(event));
        statuses.push(status);
      }
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
    await stall.subscribe(await stall.customer(email));
    await opens(email);
    await nothingWaits();
    expect(await inbox("state = 'FAILED'")).toEqual([]);
  });

  test("one that cannot be worked on whatever is tried is given up after ten tries, visibly, and blocks nobody", async () => {
    const [bad, good] = [somebody(), somebody()];
    const poisoned = await stall.customer(bad);
    const { id } = await stall.subscribe(poisoned);
    await opens(bad);
    await nothingWaits();
    // Facts that no statement takes: the failure is the event's own, not Stripe's.
    const { db } = shop.latchkey.server.deps;
    await db.rows(
      `/* test.poison */ alter table stripe_facts add constraint poison check (source <> '${id}') not valid`,
    );
    await shop.stripe.subscriptions.update(id, { metadata: { now: "poisoned" } });
    await stall.subscribe(await stall.customer(good));
    await opens(good);
    const given = await inboxHas(1, "state = 'FAILED'");
    expect(given).toMatchObject([{ subject: poisoned, attempts: 10 }]);
    expect(given[0]?.error).toContain("poison");
    await db.rows(`/* test.heal */ alter table stripe_facts drop constraint poison`);
  });
});
