import { newUuid } from "../../src/base/ids";
import type { Db } from "../../src/database/db";
import { openDatabase } from "../../src/database/open-database";
import {
  type NewEvent,
  claimSubjects,
  countInbox,
  failEvents,
  findFailed,
  finishEvents,
  insertEvents,
} from "../../src/stripe/inbox.store";
import { retryEvents } from "../../src/stripe/retry-events.store";
import { sweepInbox } from "../../src/stripe/old-events.store";
import { type TestDatabase, createTestDatabase } from "../kit/test-database";
import { until } from "../kit/until";

let database: TestDatabase;
let db: Db;
let connectionId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, entities: [], connectionsMax: 8, statementTimeoutMs: 10_000 });
});
afterAll(async () => {
  await db.source.destroy();
  await database.drop();
});
beforeEach(async () => {
  connectionId = newUuid();
  await db.rows(
    `/* test */ insert into stripe_connections (id, account, mode, status, created_at, updated_at)
     values ($1::uuid, $1::uuid::text, 'TEST', 'CONNECTED', now(), now())`,
    [connectionId],
  );
});

const at = new Date("2026-03-01T12:00:00.000Z");
const eventOf = (eventId: string, subject: string, more: Partial<NewEvent> = {}): NewEvent => ({
  connectionId,
  eventId,
  type: "customer.subscription.updated",
  objectId: "sub_1",
  ids: { subscription: "sub_1" },
  subject,
  shape: "SNAPSHOT",
  apiVersion: null,
  happenedAt: at,
  receivedAt: at,
  body: "{}",
  state: "PENDING",
  ...more,
});
const put = (...events: NewEvent[]) => insertEvents(db, events);
const claim = (limit = 10, leaseMs = 15_000) => claimSubjects(db, { limit, leaseMs, connectionIds: [connectionId] });
const namesOf = (claimed: Awaited<ReturnType<typeof claim>>) =>
  Object.fromEntries(claimed.map(({ subject, events }) => [subject, events.map(({ eventId }) => eventId)]));
const refs = (...eventIds: string[]) => eventIds.map((eventId) => ({ connectionId, eventId }));
const failed = (eventId: string, more: object = {}) => ({
  connectionId,
  eventId,
  pauseMs: 0,
  error: "it failed",
  final: false,
  counts: true,
  ...more,
});

test("an event is new once, also within one statement", async () => {
  expect(await put(eventOf("evt_1", "cus_1"), eventOf("evt_1", "cus_1"), eventOf("evt_2", "cus_1"))).toBe(2);
  expect(await put(eventOf("evt_2", "cus_1"), eventOf("evt_3", "cus_1"))).toBe(1);
});

test("statements that share events in opposite orders do not wait in a circle", async () => {
  const [first, middle, last] = ["evt_a", "evt_m", "evt_z"].map((eventId) => eventOf(eventId, "cus_1"));
  if (!first || !middle || !last) throw new Error("three are needed");
  // Both stop at the event in the middle, each with its own first one written; then the way is free.
  const waiting: Promise<number>[] = [];
  await db.transaction(async (tx) => {
    await insertEvents(tx, [middle]);
    waiting.push(put(first, middle, last), put(last, middle, first));
    expect(await until(countWaiting, (count) => count === 2)).toBe(2);
  });
  expect((await Promise.all(waiting)).toSorted()).toEqual([0, 2]);
});

async function countWaiting(): Promise<number> {
  const rows = await db.rows(`/* test */ select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%inbox.insert%'`);
  return rows.length;
}

test("events of one subject are claimed together, and by one worker only", async () => {
  await put(eventOf("evt_1", "cus_1"), eventOf("evt_2", "cus_2"), eventOf("evt_3", "cus_1"));
  expect(namesOf(await claim())).toEqual({ cus_1: ["evt_1", "evt_3"], cus_2: ["evt_2"] });
  expect(await claim()).toEqual([]);
});

test("what nobody waits for says so when it is claimed", async () => {
  await put(eventOf("evt_1", "cus_1"), eventOf("evt_2", "cus_1", { paced: true }));
  expect((await claim())[0]?.events).toMatchObject([
    { eventId: "evt_1", paced: false },
    { eventId: "evt_2", paced: true },
  ]);
});

test("what comes in about a subject in work is left alone until that is done", async () => {
  await put(eventOf("evt_1", "cus_1"));
  await claim();
  await put(eventOf("evt_2", "cus_1"), eventOf("evt_3", "cus_2"));
  expect(namesOf(await claim())).toEqual({ cus_2: ["evt_3"] });
  await finishEvents(db, refs("evt_1"));
  expect(namesOf(await claim())).toEqual({ cus_1: ["evt_2"] });
});

test("thirty workers at once never hold one subject twice, and nothing is left over", async () => {
  const events = Array.from({ length: 300 }, (_, index) => eventOf(`evt_${index}`, `cus_${index % 40}`));
  await put(...events);
  const claims = await Promise.all(Array.from({ length: 30 }, () => claim(3)));
  const taken = claims.flat();
  expect(new Set(taken.map(({ subject }) => subject)).size).toBe(taken.length);
  const rest = [];
  for (let more = await claim(7); more.length > 0; more = await claim(7)) rest.push(...more);
  const all = [...taken, ...rest];
  expect(new Set(all.map(({ subject }) => subject)).size).toBe(40);
  expect(all.flatMap((one) => one.events)).toHaveLength(300);
});

test("whoever dies gives back what it held, when the lease is over", async () => {
  await put(eventOf("evt_1", "cus_1"));
  expect(await claim(10, 200)).toHaveLength(1);
  expect(await claim()).toEqual([]);
  const back = await until(claim, (found) => found.length > 0);
  expect(namesOf(back)).toEqual({ cus_1: ["evt_1"] });
});

test("a customer with many events does not keep the others waiting", async () => {
  await put(...Array.from({ length: 500 }, (_, index) => eventOf(`evt_${index}`, "cus_loud")));
  await put(eventOf("evt_quiet", "cus_quiet"));
  const first = await claim(2);
  const second = await claim(2);
  expect([...first, ...second].map(({ subject }) => subject).toSorted()).toEqual(["cus_loud", "cus_quiet"]);
});

test("what failed waits for its pause; what failed for good is visible without its body, until it is put back", async () => {
  await put(eventOf("evt_1", "cus_1"), eventOf("evt_2", "cus_2"));
  await claim();
  await failEvents(db, [failed("evt_1", { pauseMs: 60_000 }), failed("evt_2", { final: true })]);
  expect(await claim()).toEqual([]);
  expect(await countInbox(db, [connectionId])).toMatchObject([{ connectionId, pending: 1, failed: 1 }]);
  expect(await findFailed(db, connectionId, 10)).toMatchObject([{ eventId: "evt_2", attempts: 1, error: "it failed" }]);
  expect(await retryEvents(db, connectionId, ["evt_2", "evt_3"])).toBe(1);
  const [again] = await claim();
  expect(again).toMatchObject({ subject: "cus_2", events: [{ eventId: "evt_2", attempts: 0, body: null }] });
  // One that waits loses its pause, one that is worked on is left alone.
  expect(await retryEvents(db, connectionId, ["evt_1", "evt_2"])).toBe(2);
  expect(await claim()).toMatchObject([{ subject: "cus_1", events: [{ eventId: "evt_1", attempts: 1 }] }]);
});

test("a try that was not the event's fault is not counted", async () => {
  await put(eventOf("evt_1", "cus_1"));
  await claim();
  await failEvents(db, [failed("evt_1", { counts: false })]);
  expect((await claim())[0]?.events).toMatchObject([{ attempts: 0 }]);
});

test("what is done keeps nothing of what it said about people", async () => {
  await put(eventOf("evt_1", "cus_1"), eventOf("evt_2", "cus_2"));
  await claim();
  await finishEvents(db, refs("evt_1"));
  await finishEvents(db, refs("evt_2"), "IGNORED");
  const rows = await db.rows(
    "/* test */ select state, body, error from stripe_inbox where connection_id = $1 order by 1",
    [connectionId],
  );
  expect(rows).toEqual([
    { state: "DONE", body: null, error: null },
    { state: "IGNORED", body: null, error: null },
  ]);
});

test("what is kept without effect is never claimed", async () => {
  await put(eventOf("evt_1", "cus_1", { state: "IGNORED" }));
  expect(await claim()).toEqual([]);
});

test("what is done is forgotten after five weeks; what failed, and what waits, is not", async () => {
  await put(eventOf("done", "a"), eventOf("fresh", "b"), eventOf("failed", "c"), eventOf("waits", "d"));
  await put(eventOf("ignored", "e", { state: "IGNORED" }));
  await finishEvents(db, refs("done", "fresh"));
  await failEvents(db, [failed("failed", { final: true })]);
  await db.rows(
    `/* test.age */ update stripe_inbox set done_at = done_at - interval '36 days', next_try_at = now() - interval '36 days'
     where connection_id = $1 and event_id <> 'fresh'`,
    [connectionId],
  );
  expect(await sweepInbox(db)).toBe(false);
  const left = await db.rows<{ event_id: string }>(
    `/* test.left */ select event_id from stripe_inbox where connection_id = $1 order by 1`,
    [connectionId],
  );
  expect(left.map((row) => row.event_id)).toEqual(["failed", "fresh", "waits"]);
});
