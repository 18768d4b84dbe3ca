import { readPublicIdOf, toPublicId } from "../../src/base/ids";
import { startJob } from "../../src/work/start-job";
import { isLong } from "../kit/is-long";
import { until } from "../kit/operations";
import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

const REPLAY =
  "mutation ($connection: ID!, $since: DateTime!) { replayEvents(connection: $connection, since: $since) { id } }";

let shop: Shop;
let stall: Stall;
beforeEach(async () => {
  shop = await startShop({ background: { retryPausesMs: [1] } });
  stall = await openStall(shop, "course");
  await stall.link();
  await shop.settled();
});
afterEach(() => shop.stop());

const DAY_MS = 86_400_000;
const ago = (ms: number) => new Date(shop.clock.now().getTime() - ms).toISOString();
const replay = async (since: string) => {
  const { replayEvents } = await shop.latchkey.get<{ replayEvents: { id: string } }>(REPLAY, {
    connection: shop.connection,
    since,
  });
  const job = await jobDone(shop, replayEvents.id);
  await shop.settled();
  return job;
};
const inbox = () =>
  shop.latchkey.server.deps.db.rows<{ state: string; count: number }>(
    "select state, count(*)::int as count from stripe_inbox group by state order by state",
  );

test("events that were never delivered are read from Stripe's list, and give access", async () => {
  await shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
  const { id } = await stall.subscribe(await stall.customer("ada@a.example"));
  for (let index = 0; index < 60; index++) {
    await shop.control("renew-now", { subscription: id, ends: "succeeds" });
  }
  await shop.settled();
  expect(await stall.allowed("ada@a.example")).toBeNull();
  const job = await replay(ago(DAY_MS));
  expect(job).toMatchObject({ status: "SUCCEEDED", failed: 0, problems: { totalCount: 0 } });
  expect(job.created).toBeGreaterThan(200);
  expect(job.done).toBe(job.created + job.skipped);
  expect(await stall.allowed("ada@a.example")).toBe(true);
  // The same once more finds everything done.
  expect(await replay(ago(DAY_MS))).toMatchObject({ created: 0, updated: 0, skipped: job.done });
});

test("two replicas read a long list once between them, and a second replay is refused while one is under way", async () => {
  await shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
  const { id } = await stall.subscribe(await stall.customer("ada@a.example"));
  for (let index = 0; index < 60; index++) {
    await shop.control("renew-now", { subscription: id, ends: "succeeds" });
  }
  await shop.control("plan-fault", { kind: "slow", ms: 500, path: "/v1/events", count: 3 });
  const replica = await shop.latchkey.replica();
  const since = ago(DAY_MS);
  const begun = replay(since);
  const running = () => shop.latchkey.server.deps.db.rows("select 1 from jobs where status = 'RUNNING'");
  await until(running, (rows) => rows.length > 0);
  const refused = await shop.latchkey.refused(REPLAY, { connection: shop.connection, since });
  expect(refused.extensions.code).toBe("JOB_RUNNING");
  const job = await begun;
  await replica.stop();
  expect(job).toMatchObject({ status: "SUCCEEDED", failed: 0 });
  const kept = (await inbox()).reduce((sum, { count }) => sum + count, 0);
  expect(job.created + job.skipped).toBe(kept);
  expect(await stall.allowed("ada@a.example")).toBe(true);
  const renewals = (await stall.journal("ada@a.example")).filter(({ type }) => type === "SUBSCRIPTION_RENEWED");
  expect(new Set(renewals.map(({ at }) => at)).size).toBe(renewals.length);
});

test("events that were given up on, and events that wait, are tried again at once and counted as updated", async () => {
  await stall.subscribe(await stall.customer("ada@a.example"));
  await shop.settled();
  const { db } = shop.latchkey.server.deps;
  const { done } = await replay(ago(DAY_MS));
  await db.rows("delete from grants");
  await db.rows("delete from stripe_facts");
  await db.rows(
    "update stripe_inbox set state = 'FAILED', error = 'it broke' where type like 'customer.subscription.%'",
  );
  await db.rows(
    `update stripe_inbox set state = 'PENDING', error = 'it broke', attempts = 2, next_try_at = now() + interval '1 hour'
     where type like 'invoice.%'`,
  );
  const [open] = await db.rows<{ events: number }>(
    "select count(*)::int as events from stripe_inbox where state <> 'DONE'",
  );
  const events = open?.events ?? 0;
  expect(await stall.allowed("ada@a.example")).toBe(false);
  const job = await replay(ago(DAY_MS));
  expect(job).toMatchObject({ status: "SUCCEEDED", created: 0, updated: events, skipped: done - events, done });
  expect(await stall.allowed("ada@a.example")).toBe(true);
  expect((await inbox()).map(({ state }) => state)).toEqual(["DONE"]);
});

test("Stripe lists its events for 30 days: an earlier date is refused, and says what mends older gaps", async () => {
  const error = await shop.latchkey.refused(REPLAY, { connection: shop.connection, since: ago(31 * DAY_MS) });
  expect(error).toMatchObject({
    message: expect.stringContaining("reconcile"),
    extensions: { code: "LIMIT_EXCEEDED", field: "since", details: { limit: "replayDays", max: 30 } },
  });
  const later = new Date(shop.clock.now().getTime() + 1_000).toISOString();
  expect((await shop.latchkey.refused(REPLAY, { connection: shop.connection, since: later })).extensions.code).toBe(
    "INVALID_INPUT",
  );
});

test("of a connection of the other mode, or one that is disconnected, nothing is replayed", async () => {
  const live = await shop.latchkey.key("ADMIN", "LIVE");
  const variables = { connection: shop.connection, since: ago(DAY_MS) };
  expect((await shop.latchkey.refused(REPLAY, variables, live)).extensions.code).toBe("NOT_FOUND");
  await shop.latchkey.get(`mutation { disconnectStripe(connection: "${shop.connection}") { id } }`);
  expect((await shop.latchkey.refused(REPLAY, variables)).extensions.code).toBe("STRIPE_NOT_CONNECTED");
});

test("what still waits when its account is disconnected ends, and says why", async () => {
  const { deps } = shop.latchkey.server;
  await shop.latchkey.get(`mutation { disconnectStripe(connection: "${shop.connection}") { id } }`);
  const job = await deps.db.transaction((tx) =>
    startJob(tx, deps, {
      kind: "REPLAY",
      mode: "TEST",
      subject: null,
      connectionId: readPublicIdOf("connection", shop.connection),
      input: { since: ago(DAY_MS) },
      dryRun: false,
      createdBy: "test",
    }),
  );
  const ended = await jobDone(shop, toPublicId("job", job.id));
  expect(ended).toMatchObject({ status: "FAILED", error: "The Stripe account is disconnected." });
});

const BUYERS = isLong ? 60 : 25;

test("however much is replayed, whoever buys meanwhile does not wait for it, and Stripe never refuses", async () => {
  await shop.stop();
  shop = await startShop({ env: { LATCHKEY_STRIPE_REQUESTS_PER_SECOND: "25" } });
  stall = await openStall(shop, "course");
  await stall.link();
  await shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
  for (let index = 0; index < BUYERS; index++) await stall.subscribe(await stall.customer(`b${index}@a.example`));
  await shop.control("clear-instructions");
  await shop.control("limit-rates", { read: 25 });
  const { replayEvents } = await shop.latchkey.get<{ replayEvents: { id: string } }>(REPLAY, {
    connection: shop.connection,
    since: ago(DAY_MS),
  });
  const { done } = await jobDone(shop, replayEvents.id);
  expect(done).toBeGreaterThan(3 * BUYERS);
  const waiting = () =>
    shop.latchkey.server.deps.db.rows<{ count: number }>(
      "select count(*)::int as count from stripe_inbox where state = 'PENDING' and paced",
    );
  await stall.subscribe(await stall.customer("now@a.example"));
  expect(await until(() => stall.allowed("now@a.example"), Boolean)).toBe(true);
  // It did not wait for those that are replayed.
  expect((await waiting())[0]?.count).toBeGreaterThan(0);
  await shop.settled();
  expect(await stall.allowed(`b${BUYERS - 1}@a.example`)).toBe(true);
  expect(shop.latchkey.logged.filter((line) => /wait to be tried again|limits us/.test(line))).toEqual([]);
});
