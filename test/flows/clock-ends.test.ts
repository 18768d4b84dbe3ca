import { sweepTurns } from "../../src/clock/sweep-turns";
import { openStall, type Stall } from "../kit/open-stall";
import { until } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { SWEEPING, swept } from "../kit/swept";

// Ends of what was bought, where the clock and Stripe both have something to say, in either order or one of them alone.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
let shop: Shop;
let stall: Stall;

beforeAll(async () => {
  // What mends is the clock, not the reconciliation of every day.
  shop = await startShop({ background: { ...SWEEPING, reconcilesByItself: false }, replicas: 1 });
  stall = await openStall(shop, "pro");
  await stall.link();
});
afterAll(() => shop.stop());

let people = 0;
const somebody = () => `person-${people++}@shop.example`;

async function subscribe(email: string, more: Parameters<Stall["subscribe"]>[1] = {}): Promise<string> {
  const { id } = await stall.subscribe(await stall.customer(email), more);
  await shop.settled();
  return id;
}

/** Until then; and the clock and the inbox have done what there is to do. */
async function goTo(moment: number): Promise<void> {
  shop.clock.moveTo(new Date(moment));
  await shop.settled();
  await swept(shop.latchkey);
  await shop.settled();
}

interface Line {
  type: string;
  at: string;
  origin: string;
  data: Record<string, unknown>;
  stripeObject: string | null;
}

/** Oldest first. */
async function turnsOf(email: string): Promise<Line[]> {
  const query = `query ($email: String!) { userByEmail(email: $email) {
    activities(first: 100) { nodes { type at origin data stripeObject } } } }`;
  const data = await shop.latchkey.get<{ userByEmail: { activities: { nodes: Line[] } } }>(query, { email });
  const lines = data.userByEmail.activities.nodes.filter(({ type }) => /ACCESS_(STARTED|ENDED)/.test(type));
  return lines.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
const typesOf = async (email: string) => (await turnsOf(email)).map(({ type }) => type);

async function endOf(email: string): Promise<number> {
  const query = `query ($email: String!) { userByEmail(email: $email) { access(product: "pro") { endsAt } } }`;
  const data = await shop.latchkey.get<{ userByEmail: { access: { endsAt: string | null } } }>(query, { email });
  return Date.parse(data.userByEmail.access.endsAt ?? "");
}

/** What Stripe tells from now on never comes; what it is asked, it answers. */
const dropAll = () => shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
const deliverAgain = () => shop.control("clear-instructions");
const questions = (id: string) =>
  shop.latchkey.server.deps.db.rows<{ id: string; state: string }>(
    `/* test */ select event_id as id, state from stripe_inbox where object_id = $1 and event_id like 'latchkey%'`,
    [id],
  );

describe("TA-X32: what is sold for a time", () => {
  test("ends so many days after it was bought, with a line of the clock", async () => {
    const course = await openStall(shop, "thirty-days");
    await course.link({ accessDurationDays: 30 });
    const email = somebody();
    await course.buyOnce({ email });
    await shop.settled();
    const bought = shop.clock.now().getTime();
    await goTo(bought + 29 * DAY);
    expect(await typesOf(email)).toEqual(["ACCESS_STARTED"]);
    expect(await course.allowed(email)).toBe(true);
    await goTo(bought + 30 * DAY + SECOND);
    expect(await course.allowed(email)).toBe(false);
    const [started, ended, ...more] = await turnsOf(email);
    expect([started?.type, more]).toEqual(["ACCESS_STARTED", []]);
    expect(ended).toMatchObject({ type: "ACCESS_ENDED", origin: "CLOCK", data: { reason: "EXPIRED" } });
    expect(Date.parse(ended?.at ?? "") - Date.parse(started?.at ?? "")).toBe(30 * DAY);
  });

  test("ends at a fixed moment for everybody, but not for whoever holds it otherwise", async () => {
    const course = await openStall(shop, "summer");
    const end = Math.floor(shop.clock.now().getTime() / SECOND) * SECOND + 10 * DAY;
    await course.link({ accessEndsAt: new Date(end).toISOString() });
    const [one, other] = [somebody(), somebody()];
    for (const email of [one, other]) await course.buyOnce({ email });
    await shop.settled();
    await gift(other, "summer", new Date(end + DAY));
    await goTo(end);
    expect([await typesOf(one), await typesOf(other)]).toEqual([
      ["ACCESS_STARTED", "ACCESS_ENDED"],
      ["ACCESS_STARTED"],
    ]);
    await goTo(end + DAY);
    expect(await typesOf(other)).toEqual(["ACCESS_STARTED", "ACCESS_ENDED"]);
  });
});

async function gift(email: string, product: string, endsAt: Date): Promise<void> {
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } }>(
    `query ($email: String!) { userByEmail(email: $email) { id } }`,
    { email },
  );
  const input = { user: userByEmail.id, product, endsAt, gift: true, note: "a test" };
  await shop.latchkey.get(`mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }`, { input });
}

test("a grace ends by the clock, and what is paid after it begins anew", async () => {
  const email = somebody();
  const id = await subscribe(email);
  await shop.control("billing-settings", { after_retries: "unpaid", retry_after_s: [40 * 86_400], draft_for_s: 0 });
  await shop.control("renew-now", { subscription: id, ends: "fails" });
  await shop.settled();
  const end = await endOf(email);
  await goTo(end - SECOND);
  expect(await typesOf(email)).toEqual(["ACCESS_STARTED"]);
  await goTo(end);
  const [, ended] = await turnsOf(email);
  const data = { reason: "PAYMENT_FAILED", grant: expect.stringMatching(/^grt_/) };
  expect(ended).toMatchObject({ type: "ACCESS_ENDED", origin: "CLOCK", stripeObject: id, data });
  expect(Date.parse(ended?.at ?? "")).toBe(end);
  await goTo(end + 2 * HOUR);
  const [invoice] = (await shop.stripe.invoices.list({ subscription: id, status: "open" })).data;
  await shop.stripe.invoices.pay(invoice?.id ?? "", { paid_out_of_band: true });
  await goTo(end + 3 * HOUR);
  expect(await typesOf(email)).toEqual(["ACCESS_STARTED", "ACCESS_ENDED", "ACCESS_STARTED"]);
});

describe("an end that was announced", () => {
  async function announced() {
    const email = somebody();
    const id = await subscribe(email);
    await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await shop.settled();
    return { email, id, end: await endOf(email) };
  }

  test("is confirmed by Stripe: one line, at the moment that Stripe says", async () => {
    const { email, end } = await announced();
    await goTo(end + SECOND);
    await goTo(end + 3 * HOUR);
    const turns = await turnsOf(email);
    expect(turns.map(({ type, origin }) => `${type} ${origin}`)).toEqual([
      "ACCESS_STARTED WEBHOOK",
      "ACCESS_ENDED WEBHOOK",
    ]);
    expect(Date.parse(turns[1]?.at ?? "")).toBe(end);
  });

  test("comes by the clock before Stripe can be heard or asked: one line, when access really ended", async () => {
    const { email, end } = await announced();
    shop.simulator.deliveries.holdAll();
    await shop.control("plan-fault", { kind: "error-before", count: 1_000_000 });
    await goTo(end + HOUR - SECOND);
    expect(await typesOf(email)).toEqual(["ACCESS_STARTED"]);
    await goTo(end + HOUR);
    await shop.control("clear-faults");
    await shop.simulator.deliveries.release();
    await goTo(end + 3 * HOUR);
    const turns = await turnsOf(email);
    expect(turns.map(({ type, origin }) => `${type} ${origin}`)).toEqual([
      "ACCESS_STARTED WEBHOOK",
      "ACCESS_ENDED CLOCK",
    ]);
    expect(Date.parse(turns[1]?.at ?? "")).toBe(end + HOUR);
  });

  test("was told early by a server whose clock is two hours ahead: Stripe's word makes no second line of it", async () => {
    const { email, end } = await announced();
    await goTo(end - 30 * MINUTE);
    const { db } = shop.latchkey.server.deps;
    const ahead = { now: () => new Date(shop.clock.now().getTime() + 2 * HOUR) };
    // Where the server itself is sweeping at this moment, the other one looks again a little later.
    const told = () => sweepTurns({ db, clock: ahead }).then(() => typesOf(email));
    const early = await until(told, (types) => types.length > 1);
    expect(early).toEqual(["ACCESS_STARTED", "ACCESS_ENDED"]);
    await goTo(end + SECOND);
    expect(await stall.allowed(email)).toBe(false);
    await goTo(end + 3 * HOUR);
    expect(await typesOf(email)).toEqual(["ACCESS_STARTED", "ACCESS_ENDED"]);
  });

  test("of which the news was lost: Stripe is asked a minute later, once, and the inbox says that it was us", async () => {
    const { email, id, end } = await announced();
    // Counts of events are written once a second.
    const now = shop.clock.now().toISOString();
    const heard = await until(lastEventAt, (at) => at === now);
    expect(heard).toBe(now);
    await dropAll();
    try {
      await goTo(end + MINUTE - SECOND);
      expect(await questions(id)).toEqual([]);
      await goTo(end + MINUTE + SECOND);
      await until(
        () => stall.allowed(email),
        (allowed) => allowed === false,
      );
      expect(await questions(id)).toEqual([{ id: `latchkey_end_${id}_${new Date(end).toISOString()}`, state: "DONE" }]);
      const turns = await turnsOf(email);
      expect(turns.map(({ type }) => type)).toEqual(["ACCESS_STARTED", "ACCESS_ENDED"]);
      expect(Date.parse(turns[1]?.at ?? "")).toBe(end);
      await goTo(end + 5 * HOUR);
      expect([await questions(id), await typesOf(email)]).toEqual([
        [expect.anything()],
        ["ACCESS_STARTED", "ACCESS_ENDED"],
      ]);
      expect(await lastEventAt()).toBe(heard);
    } finally {
      await deliverAgain();
    }
  });

  test("was taken back, and the news of that was lost: nobody who pays is locked out", async () => {
    const { email, id, end } = await announced();
    await dropAll();
    try {
      await shop.stripe.subscriptions.update(id, { cancel_at_period_end: false });
      await goBeyond(end, id);
      expect([await stall.allowed(email), await typesOf(email)]).toEqual([true, ["ACCESS_STARTED"]]);
    } finally {
      await deliverAgain();
    }
  });

  test("of a trial that was paid for, and the news of that was lost: it goes on", async () => {
    const email = somebody();
    const id = await subscribe(email, { trial_period_days: 7 });
    const end = await endOf(email);
    await dropAll();
    try {
      await goBeyond(end, id);
      expect([await stall.allowed(email), await typesOf(email)]).toEqual([true, ["ACCESS_STARTED"]]);
    } finally {
      await deliverAgain();
    }
  });
});

/** Long past an end of which nothing was heard: Stripe was asked about it on the way. */
async function goBeyond(end: number, id: string): Promise<void> {
  await goTo(end + MINUTE + SECOND);
  await until(
    () => questions(id),
    ([question]) => question?.state === "DONE",
  );
  await goTo(end + 5 * HOUR);
}

async function lastEventAt(): Promise<string | null> {
  const { stripeConnections } = await shop.latchkey.get<{
    stripeConnections: { webhookHealth: { lastEventAt: string | null } }[];
  }>("{ stripeConnections { webhookHealth { lastEventAt } } }");
  return stripeConnections[0]?.webhookHealth.lastEventAt ?? null;
}
