import fc from "fast-check";
import { newUuid, readPublicIdOf } from "../../src/base/ids";
import { dueRemindersSql } from "../../src/clock/due-reminders.store";
import { dueTurnsSql } from "../../src/clock/due-turns.store";
import { sweepTurns } from "../../src/clock/sweep-turns";
import { unconfirmedEndsSql } from "../../src/clock/unconfirmed-ends.store";
import { type Operations, operationsOf } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { SWEEPING, swept } from "../kit/swept";
import { testClock } from "../kit/test-clock";

// Grants by hand, whose moments are known before they come. Nobody waits for the sweep to be let in; it writes the lines.

const DAY = 86_400_000;
let latchkey: Latchkey;
let replica: Latchkey;
let api: Operations;
let start: number;

beforeAll(async () => {
  latchkey = await startLatchkey({ background: SWEEPING, clock: testClock() });
  replica = await latchkey.replica();
  api = operationsOf(latchkey);
  await swept(latchkey);
});
afterAll(async () => {
  await replica.stop();
  await latchkey.stop();
});
beforeEach(() => {
  start = latchkey.clock.now().getTime();
});

const AROUND = `query ($user: ID!, $product: String!, $before: DateTime!, $at: DateTime!) {
  before: access(user: $user, product: $product, at: $before) { allowed }
  then: access(user: $user, product: $product, at: $at) { allowed } }`;
const msBefore = (at: string) => new Date(Date.parse(at) - 1).toISOString();
const day = (days: number) => new Date(start + days * DAY).toISOString();
const goTo = (days: number) => {
  latchkey.clock.moveTo(new Date(day(days)));
  return swept(latchkey);
};

/** Somebody who holds one product for these times, in days from the beginning of the test. */
async function holder(...spans: [from: number, until: number | null][]) {
  const [{ key: product }, { id: user }] = [await api.createProduct(), await api.createUser()];
  const grant = (from: number, until: number | null) =>
    api.grantAccess({ user, product, startsAt: day(from), ...(until === null ? {} : { endsAt: day(until) }) });
  const grants = [];
  for (const [from, until] of spans) grants.push(await grant(from, until));
  return { user, product, grants, grant, turns: () => turnsOf(product) };
}

/** Oldest first, in days from the beginning of the test. */
async function turnsOf(product: string): Promise<string[]> {
  const lines = await api.activities({ product, types: ["ACCESS_STARTED", "ACCESS_ENDED"] });
  return lines.map(({ type, at }) => `${type} ${(Date.parse(at) - start) / DAY}`).toReversed();
}

describe("two replicas sweep, and the journal says", () => {
  test("that a scheduled grant began and ended, once each, at its own moments, and the caller is told", async () => {
    const { user, product, grants, turns } = await holder([1, 3]);
    expect(await turns()).toEqual([]);
    await goTo(1);
    expect(await turns()).toEqual(["ACCESS_STARTED 1"]);
    await goTo(2);
    await goTo(3);
    const [ended, started] = await api.activities({ user, types: ["ACCESS_STARTED", "ACCESS_ENDED"] });
    const common = { origin: "CLOCK", actor: "SYSTEM", product: { key: product } };
    expect(started).toMatchObject({ ...common, type: "ACCESS_STARTED", at: day(1), data: { grant: grants[0]?.id } });
    const data = { grant: grants[0]?.id, reason: "EXPIRED" };
    expect(ended).toMatchObject({ ...common, type: "ACCESS_ENDED", at: day(3), data });
    const notices = await latchkey.server.deps.db.rows(
      `/* test */ select type from notices where user_id = $1 order by type desc`,
      [readPublicIdOf("user", user)],
    );
    expect(notices).toEqual([{ type: "ACCESS_STARTED" }, { type: "ACCESS_GRANTED" }, { type: "ACCESS_ENDED" }]);
  });

  test("nothing where another grant keeps the product open", async () => {
    const { turns } = await holder([0, 1], [0, 2], [2, 3]);
    await goTo(1);
    await goTo(2);
    expect(await turns()).toEqual([]);
    await goTo(4);
    expect(await turns()).toEqual(["ACCESS_ENDED 3"]);
  });

  test("nothing of a product that a live bundle keeps open, and its end when the bundle ends", async () => {
    const { user, product, turns } = await holder([0, 1], [2, 3], [6, 7]);
    const bundle = (await api.createProduct({ includes: [product] })).key;
    await api.grantAccess({ user, product: bundle, startsAt: day(0.5), endsAt: day(4) });
    await goTo(5);
    expect([await turns(), await turnsOf(bundle)]).toEqual([
      ["ACCESS_ENDED 4"],
      ["ACCESS_STARTED 0.5", "ACCESS_ENDED 4"],
    ]);
    // A bundle that is not live opens nothing, so it keeps nothing open.
    await api.grantAccess({ user, product: bundle, endsAt: day(9) });
    await api.updateProduct({ product: bundle, status: "ARCHIVED" });
    await goTo(8);
    expect(await turns()).toEqual(["ACCESS_ENDED 4", "ACCESS_STARTED 6", "ACCESS_ENDED 7"]);
  });

  test("what decisions say just before and at each line, for products and bundles of bundles in any order", async () => {
    const spans = fc.array(fc.tuple(fc.nat(2), fc.nat(8), fc.integer({ min: 1, max: 5 })), {
      minLength: 2,
      maxLength: 6,
    });
    const part = (await api.createProduct()).key;
    const pack = (await api.createProduct({ includes: [part] })).key;
    const whole = (await api.createProduct({ includes: [pack] })).key;
    const products = [part, pack, whole];
    const users: string[] = [];
    for (const grants of fc.sample(spans, { seed: 11, numRuns: 12 })) {
      const { id: user } = await api.createUser();
      users.push(user);
      for (const [place, from, length] of grants) {
        const product = products[place] ?? part;
        await api.grantAccess({ user, product, startsAt: day(1 + from), endsAt: day(1 + from + length) });
      }
    }
    for (const days of [2.5, 5, 7, 20]) await goTo(days);
    const said = await Promise.all(
      users.map((user) => api.activities({ user, types: ["ACCESS_STARTED", "ACCESS_ENDED"] })),
    );
    expect(said.flat().length).toBeGreaterThan(30);
    for (const [place, lines] of said.entries()) {
      for (const { type, at, product } of lines) {
        const asked = { user: users[place], product: product?.key, before: msBefore(at), at };
        const { before, then } = await latchkey.get<Record<"before" | "then", { allowed: boolean }>>(AROUND, asked);
        const decisions = [before.allowed, then.allowed];
        expect(decisions).toEqual(type === "ACCESS_STARTED" ? [false, true] : [true, false]);
      }
    }
  });

  test("nothing of one that was revoked before it began, or before its end", async () => {
    const [coming, running] = [await holder([1, 3]), await holder([0, 2])];
    for (const { grants } of [coming, running]) {
      await api.revokeAccess({ grant: grants[0]?.id ?? "", note: "a test" });
    }
    await goTo(4);
    expect([await coming.turns(), await running.turns()]).toEqual([[], []]);
  });

  test("nothing of an end before which it was prolonged, and the end of what prolonged it", async () => {
    const { grant, turns } = await holder([0, 2]);
    await goTo(1);
    await grant(1, 4);
    await goTo(3);
    expect(await turns()).toEqual([]);
    await goTo(5);
    expect(await turns()).toEqual(["ACCESS_ENDED 4"]);
  });

  test("each end and each beginning of a week with gaps, whatever is written in between", async () => {
    const { grant, turns } = await holder([1, 2], [3, 4]);
    await goTo(3.5);
    await grant(4.5, 5);
    await goTo(9);
    await grant(9, null);
    expect(await turns()).toEqual([
      "ACCESS_STARTED 1",
      "ACCESS_ENDED 2",
      "ACCESS_STARTED 3",
      "ACCESS_ENDED 4",
      "ACCESS_STARTED 4.5",
      "ACCESS_ENDED 5",
    ]);
  });

  test("what a removed person held is not told any more", async () => {
    const { user, turns } = await holder([0, 2], [3, 4]);
    await goTo(1);
    await api.deleteUser(user);
    await goTo(5);
    expect(await turns()).toEqual([]);
  });
});

describe("whoever writes grants first", () => {
  let quiet: Latchkey;
  let own: Operations;
  beforeAll(async () => {
    // Nobody sweeps here while the tests run.
    quiet = await startLatchkey({ background: { clockEveryMs: 3_600_000 }, clock: testClock() });
    own = operationsOf(quiet);
  });
  afterAll(() => quiet.stop());

  const typesOf = async (product: string) =>
    (await own.activities({ product })).map(({ type, at }) => `${type} ${at}`).toReversed();

  test.each<[string, (user: string, product: string) => Promise<unknown>]>([
    ["a grant", (user, product) => own.grantAccess({ user, product })],
    ["a revocation", (user, product) => own.revokeAccess({ user, product, note: "a test" })],
    ["a removal", (user) => own.deleteUser(user)],
  ])("%s tells what the clock brought before it, and the sweep after it tells nothing twice", async (_title, write) => {
    const now = quiet.clock.now().getTime();
    const at = (days: number) => new Date(now + days * DAY).toISOString();
    const [{ key: product }, { id: user }] = [await own.createProduct(), await own.createUser()];
    await own.grantAccess({ user, product, endsAt: at(1) });
    await own.grantAccess({ user, product, startsAt: at(2), endsAt: at(9) });
    quiet.clock.moveBy(3 * DAY);
    await write(user, product);
    const told = (await typesOf(product)).filter((line) => /STARTED|ENDED/.test(line));
    expect(told).toEqual([`ACCESS_ENDED ${at(1)}`, `ACCESS_STARTED ${at(2)}`]);
    const before = await typesOf(product);
    await sweepTurns(quiet.server.deps);
    expect(await typesOf(product)).toEqual(before);
  });

  test("after days of standstill, and in small batches, each is told once at its own moment", async () => {
    const now = quiet.clock.now().getTime();
    const at = (days: number) => new Date(now + days * DAY).toISOString();
    const { key: product } = await own.createProduct();
    await sweepTurns(quiet.server.deps);
    const people = await Promise.all(Array.from({ length: 25 }, () => own.createUser()));
    // Many in one moment, so that a batch ends in the middle of it.
    for (const [place, { id: user }] of people.entries()) {
      await own.grantAccess({ user, product, startsAt: at(1), endsAt: at(2 + (place % 3)) });
    }
    quiet.clock.moveBy(10 * DAY);
    let steps = 1;
    while (await sweepTurns(quiet.server.deps, 4)) steps++;
    expect(steps).toBeGreaterThan(10);
    for (const [place, { id: user }] of people.entries()) {
      const lines = await own.activities({ user, types: ["ACCESS_STARTED", "ACCESS_ENDED"] });
      const turns = lines.map(({ type, at: when }) => `${type} ${when}`).toReversed();
      expect(turns).toEqual([`ACCESS_STARTED ${at(1)}`, `ACCESS_ENDED ${at(2 + (place % 3))}`]);
    }
  });

  test("a replica that looks again while another writes the same lines waits for nothing, and writes none", async () => {
    const [{ key: product }, { id: user }] = [await own.createProduct(), await own.createUser()];
    await sweepTurns(quiet.server.deps);
    await own.grantAccess({ user, product, endsAt: new Date(quiet.clock.now().getTime() + DAY).toISOString() });
    quiet.clock.moveBy(2 * DAY);
    const other = await quiet.replica();
    try {
      await Promise.all([quiet, other, quiet, other].map(({ server }) => sweepTurns(server.deps)));
    } finally {
      await other.stop();
    }
    expect((await typesOf(product)).filter((line) => /ENDED/.test(line))).toHaveLength(1);
  });
});

test("a server that stood still over the moments tells them when it is back, with the moments", async () => {
  const first = await startLatchkey({ background: SWEEPING, clock: testClock() });
  const own = operationsOf(first);
  const [{ key: product }, { id: user }] = [await own.createProduct(), await own.createUser()];
  const at = (days: number) => new Date(first.clock.now().getTime() + days * DAY).toISOString();
  const [begins, ends] = [at(1), at(2)];
  await own.grantAccess({ user, product, startsAt: begins, endsAt: ends });
  await swept(first);
  await first.server.stop();
  first.clock.moveBy(5 * DAY);
  const second = await first.replica();
  try {
    await swept(second);
    const lines = await operationsOf(second).activities({ user, types: ["ACCESS_STARTED", "ACCESS_ENDED"] });
    expect(lines.map(({ type, at }) => [type, at])).toEqual([
      ["ACCESS_ENDED", ends],
      ["ACCESS_STARTED", begins],
    ]);
  } finally {
    await second.stop();
    await first.database.drop();
  }
});

test("a clock that is ahead does not make the others miss what ends between the two", async () => {
  const slow = await startLatchkey({ background: { clockEveryMs: 3_600_000 }, clock: testClock() });
  try {
    const own = operationsOf(slow);
    const ahead = { db: slow.server.deps.db, clock: { now: () => new Date(slow.clock.now().getTime() + 600_000) } };
    await sweepTurns(ahead);
    const [{ key: product }, { id: user }] = [await own.createProduct(), await own.createUser()];
    await own.grantAccess({ user, product, endsAt: new Date(slow.clock.now().getTime() + 300_000).toISOString() });
    await sweepTurns(slow.server.deps);
    await sweepTurns(ahead);
    expect(await own.activities({ user, types: ["ACCESS_ENDED"] })).toHaveLength(1);
  } finally {
    await slow.stop();
  }
});

test("however many grants there are, a sweep reads its indexes", async () => {
  const { db } = latchkey.server.deps;
  const { id: product } = await api.createProduct();
  const { id: user } = await api.createUser();
  await db.rows(
    `/* test */ insert into grants (user_id, id, product_id, mode, source, reason, starts_at, ends_at, created_at, updated_at)
     select $1, gen_random_uuid(), $2, 'LIVE', 'MANUAL', 'MANUAL', now() + n * interval '1 minute',
       now() + (n + 9) * interval '1 minute', now(), now() from generate_series(1, 30000) n`,
    [readPublicIdOf("user", user) ?? newUuid(), readPublicIdOf("product", product) ?? newUuid()],
  );
  await db.rows(`/* test */ update products set remind_days_before = '{7, 1}' where id = $1`, [
    readPublicIdOf("product", product),
  ]);
  await db.rows(`/* test */ analyze grants`);
  const plans = await Promise.all([dueTurnsSql, unconfirmedEndsSql, dueRemindersSql].map(planOf));
  for (const index of ["starting", "closing", "ended_ahead"]) expect(plans[0]).toContain(`grants_${index}_idx`);
  expect(plans[1]).toContain("grants_ending_idx");
  expect(plans[2]).toContain("grants_ending_idx");
  for (const plan of plans) expect(plan).not.toContain("Seq Scan on grants");

  async function planOf(sql: string): Promise<string> {
    const rows = await db.rows<{ "QUERY PLAN": string }>(`/* test */ explain ${sql}`, [
      new Date(),
      newUuid(),
      new Date("2026-03-02T00:00:00Z"),
      200,
    ]);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  }
});
