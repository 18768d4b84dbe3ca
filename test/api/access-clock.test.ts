import { operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;
const DAY = 86_400_000;
const START = Date.parse("2026-03-01T12:00:00.000Z");

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
});
beforeEach(() => latchkey.clock.moveTo(new Date(START)));
afterAll(() => latchkey.stop());

const day = (days: number, ms = 0) => new Date(START + days * DAY + ms).toISOString();
const at = (days: number, ms = 0) => latchkey.clock.moveTo(new Date(START + days * DAY + ms));

async function world(...spans: [from: number | null, until: number | null][]) {
  const [{ key: product }, { id: user }] = [await api.createProduct(), await api.createUser()];
  for (const [from, until] of spans) {
    await api.grantAccess({
      user,
      product,
      ...(from === null ? {} : { startsAt: day(from) }),
      ...(until === null ? {} : { endsAt: day(until) }),
    });
  }
  return { product, user, ask: () => api.access(product, user) };
}

test("CH-X9 access begins and ends at its own milliseconds, by the clock alone", async () => {
  const { ask, user } = await world([1, 3]);
  const coming = { allowed: false, reason: "NOT_STARTED", startsAt: day(1), recheckAt: day(1), endsAt: null };
  const running = { allowed: true, reason: "MANUAL", startsAt: null, endsAt: day(3), recheckAt: day(3) };
  const over = { allowed: false, reason: "EXPIRED", startsAt: null, endsAt: null, recheckAt: null };
  const status = async () => (await api.grants(user))[0]?.status;
  for (const [days, ms, decision, grant] of [
    [0, 0, coming, "SCHEDULED"],
    [1, -1, coming, "SCHEDULED"],
    [1, 0, running, "ACTIVE"],
    [3, -1, running, "ACTIVE"],
    [3, 0, over, "ENDED"],
    [99, 0, over, "ENDED"],
  ] as const) {
    at(days, ms);
    expect(await ask()).toMatchObject(decision);
    expect(await status()).toBe(grant);
  }
});

test("a grant without an end knows of none, and nothing will change by the clock", async () => {
  const { ask } = await world([null, null]);
  expect(await ask()).toMatchObject({ allowed: true, endsAt: null, recheckAt: null });
});

test("grants that follow one another without a gap end together, though the answer may change at each seam", async () => {
  const { ask } = await world([0, 2], [2, 4], [3, 6]);
  expect(await ask()).toMatchObject({ endsAt: day(6), recheckAt: day(2) });
  at(2);
  expect(await ask()).toMatchObject({ allowed: true, endsAt: day(6), recheckAt: day(3) });
  at(6);
  expect(await ask()).toMatchObject({ allowed: false, reason: "EXPIRED" });
});

test("a gap of a millisecond is a gap: access ends before it and begins again after it", async () => {
  const { product, user, ask } = await world([0, 2]);
  await api.grantAccess({ user, product, startsAt: day(2, 1), endsAt: day(4) });
  expect(await ask()).toMatchObject({ allowed: true, endsAt: day(2), recheckAt: day(2) });
  at(2);
  expect(await ask()).toMatchObject({ allowed: false, reason: "NOT_STARTED", startsAt: day(2, 1) });
  at(2, 1);
  expect(await ask()).toMatchObject({ allowed: true, endsAt: day(4) });
});

test("a running grant and a later one without an end: no end is known", async () => {
  const { ask } = await world([0, 2], [1, null]);
  expect(await ask()).toMatchObject({ endsAt: null, recheckAt: day(1) });
});

test("the grant that lasts longest decides, and among equals a grant by hand before a gift", async () => {
  const { product, user, ask } = await world();
  const granting = (input: object) => api.grantAccess({ user, product, ...input });
  const short = await granting({ endsAt: day(1) });
  expect(await ask()).toMatchObject({ grant: { id: short.id } });
  const gift = await granting({ gift: true, endsAt: day(2) });
  expect(await ask()).toMatchObject({ reason: "GIFT", grant: { id: gift.id } });
  const manual = await granting({ endsAt: day(2) });
  expect(await ask()).toMatchObject({ reason: "MANUAL", grant: { id: manual.id } });
  const endless = await granting({ gift: true });
  expect(await ask()).toMatchObject({ reason: "GIFT", grant: { id: endless.id }, endsAt: null });
});

test("TA-X37 one grant ends and the others stay: access is the union of what is live", async () => {
  const { product, user, ask } = await world([null, 5]);
  const gift = await api.grantAccess({ user, product, gift: true });
  const [manual] = (await api.grants(user)).filter(({ source }) => source === "MANUAL");
  await api.revokeAccess({ grant: gift.id });
  expect(await ask()).toMatchObject({ allowed: true, reason: "MANUAL", endsAt: day(5), grant: { id: manual?.id } });
  expect(await api.grants(user, true)).toMatchObject([{ id: manual?.id, startsAt: day(0), endsAt: day(5) }]);
});

test("on denial the reason is that of the most recent grant", async () => {
  const { product, user, ask } = await world([null, 1]);
  at(2);
  expect(await ask()).toMatchObject({ reason: "EXPIRED" });
  const second = await api.grantAccess({ user, product });
  at(3);
  await api.revokeAccess({ grant: second.id });
  expect(await ask()).toMatchObject({ allowed: false, reason: "REVOKED", grant: { id: second.id } });
});

test("TA-X35 access at a past moment is what it was: before, during, after, and whatever was revoked since", async () => {
  const { product, user } = await world();
  at(1);
  const grant = await api.grantAccess({ user, product, endsAt: day(9) });
  at(4);
  await api.revokeAccess({ grant: grant.id });
  at(20);
  for (const [moment, allowed, reason] of [
    [day(0), false, "NOT_STARTED"],
    [day(1), true, "MANUAL"],
    [day(4, -1), true, "MANUAL"],
    [day(4), false, "REVOKED"],
    [day(9), false, "REVOKED"],
  ] as const) {
    expect(await api.accessAt(product, user, moment)).toMatchObject({ allowed, reason });
  }
  expect(await api.access(product, user)).toMatchObject({ allowed: false, reason: "REVOKED" });
});

test("TA-X35 the history of a person's access is kept: every grant with its dates and reasons, newest first", async () => {
  const { product, user } = await world([null, 1]);
  at(2);
  const second = await api.grantAccess({ user, product, note: "came back" });
  at(3);
  await api.revokeAccess({ grant: second.id, note: "left again" });
  expect(await api.grants(user)).toMatchObject([
    { id: second.id, status: "ENDED", reason: "REVOKED", startsAt: day(2), endsAt: day(3), note: "came back" },
    { status: "ENDED", reason: "EXPIRED", startsAt: day(0), endsAt: day(1) },
  ]);
  const lines = await api.activities({ user, product });
  expect(lines.map(({ type, at: when, data }) => [type, when, data["note"]])).toEqual([
    ["ACCESS_REVOKED", day(3), "left again"],
    ["ACCESS_GRANTED", day(2), "came back"],
    // By the clock, and told by whatever was written next.
    ["ACCESS_ENDED", day(1), undefined],
    ["ACCESS_GRANTED", day(0), "a test"],
  ]);
});
