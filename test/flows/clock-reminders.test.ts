import { readPublicIdOf } from "../../src/base/ids";
import { sweepReminders } from "../../src/clock/sweep-reminders";
import { openStall } from "../kit/open-stall";
import { type Operations, operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { SWEEPING, swept } from "../kit/swept";

const DAY = 86_400_000;
let shop: Shop;
let api: Operations;
let start: number;

beforeAll(async () => {
  shop = await startShop({ background: { ...SWEEPING, reconcilesByItself: false }, replicas: 1 });
  api = operationsOf(shop.latchkey);
});
afterAll(() => shop.stop());
beforeEach(() => {
  start = shop.clock.now().getTime();
});

const day = (days: number) => new Date(start + days * DAY).toISOString();
async function goTo(days: number): Promise<void> {
  shop.clock.moveTo(new Date(day(days)));
  await shop.settled();
  await swept(shop.latchkey);
}

async function holder(remindDaysBefore: number[], endsAt?: string) {
  const [{ key: product }, { id: user }] = [await api.createProduct({ remindDaysBefore }), await api.createUser()];
  await api.grantAccess({ user, product, ...(endsAt === undefined ? {} : { endsAt }) });
  return { user, product, reminders: () => remindersOf(user) };
}

/** Oldest first: how many days before which end, and when it was told. */
async function remindersOf(user: string): Promise<string[]> {
  const lines = await api.activities({ user, types: ["CUSTOM"] });
  return lines
    .filter(({ customType }) => customType === "access.ending")
    .map(({ at, data }) => {
      const [told, end] = [at, String(data["endsAt"])].map((moment) => (Date.parse(moment) - start) / DAY);
      return `${String(data["days"])} before ${end} at ${told}`;
    })
    .toReversed();
}

describe("TA-X33: a product reminds so many days before access ends", () => {
  test("at each of them once, in the moment that it is, and the caller is told", async () => {
    const { user, product, reminders } = await holder([7, 1], day(10));
    await goTo(2.99);
    expect(await reminders()).toEqual([]);
    await goTo(3);
    expect(await reminders()).toEqual(["7 before 10 at 3"]);
    await goTo(4);
    await goTo(9.5);
    expect(await reminders()).toEqual(["7 before 10 at 3", "1 before 10 at 9"]);
    const [line] = await api.activities({ user, types: ["CUSTOM"] });
    expect(line).toMatchObject({
      customType: "access.ending",
      origin: "CLOCK",
      actor: "SYSTEM",
      product: { key: product },
    });
    expect(line?.data).toMatchObject({
      days: 1,
      endsAt: day(10),
      reason: "MANUAL",
      grant: expect.stringMatching(/^grt_/),
    });
    const notices = await shop.latchkey.server.deps.db.rows(
      `/* test */ select 1 from notices where user_id = $1 and type = 'CUSTOM'`,
      [readPublicIdOf("user", user)],
    );
    expect(notices).toHaveLength(2);
  });

  test("but not who holds it without an end, or longer; and of the longer end when that comes near", async () => {
    const { user, product, reminders } = await holder([2], day(5));
    await api.grantAccess({ user, product, endsAt: day(8) });
    await goTo(4);
    expect(await reminders()).toEqual([]);
    await goTo(6);
    expect(await reminders()).toEqual(["2 before 8 at 6"]);
    const forever = await holder([2], day(8));
    await api.grantAccess({ user: forever.user, product: forever.product });
    await goTo(7);
    expect(await forever.reminders()).toEqual([]);
  });

  test("but not who holds a live bundle with it that lasts longer", async () => {
    const [kept, reminded] = [await holder([2], day(5)), await holder([2], day(5))];
    const { key: bundle } = await api.createProduct({ includes: [kept.product, reminded.product] });
    const { key: draft } = await api.createProduct({ includes: [reminded.product], status: "DRAFT" });
    await api.grantAccess({ user: kept.user, product: bundle, endsAt: day(8) });
    await api.grantAccess({ user: reminded.user, product: bundle, endsAt: day(4) });
    await api.grantAccess({ user: reminded.user, product: draft });
    await goTo(4);
    expect([await kept.reminders(), await reminded.reminders()]).toEqual([[], ["2 before 5 at 3"]]);
  });

  test("and not of what was given, or announced, later than the reminder was due", async () => {
    const { reminders } = await holder([7, 2], day(5));
    await goTo(3);
    expect(await reminders()).toEqual(["2 before 5 at 3"]);
  });

  test("and not who was prolonged or revoked before it was due", async () => {
    const [prolonged, revoked] = [await holder([2], day(5)), await holder([2], day(5))];
    await goTo(2);
    await api.grantAccess({ user: prolonged.user, product: prolonged.product, endsAt: day(30) });
    await api.revokeAccess({ user: revoked.user, product: revoked.product, note: "a test" });
    await goTo(4);
    expect([await prolonged.reminders(), await revoked.reminders()]).toEqual([[], []]);
  });

  test("a reminder that is set later counts for the moments that are to come", async () => {
    const { product, reminders } = await holder([], day(10));
    await goTo(4);
    await api.updateProduct({ product, remindDaysBefore: [7, 3] });
    await goTo(8);
    expect(await reminders()).toEqual(["3 before 10 at 7"]);
  });

  test("of a subscription only once its end is announced, and no more when that is taken back", async () => {
    const stall = await openStall(shop, "reminding");
    await stall.link();
    await api.updateProduct({ product: "reminding", remindDaysBefore: [7, 2] });
    const [leaving, staying] = ["leaving@shop.example", "staying@shop.example"];
    const ids = new Map<string, string>();
    for (const email of [leaving, staying]) ids.set(email, (await stall.subscribe(await stall.customer(email))).id);
    await shop.settled();
    await goTo(3);
    for (const id of ids.values()) await shop.stripe.subscriptions.update(id, { cancel_at_period_end: true });
    await shop.settled();
    const users = new Map<string, string>();
    for (const email of [leaving, staying]) {
      const query = `query ($email: String!) { userByEmail(email: $email) { id access(product: "reminding") { endsAt } } }`;
      const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string; access: { endsAt: string } } }>(
        query,
        {
          email,
        },
      );
      users.set(email, userByEmail.id);
      expect(userByEmail.access.endsAt).not.toBeNull();
      start = Date.parse(userByEmail.access.endsAt) - 100 * DAY;
    }
    await goTo(94);
    await shop.stripe.subscriptions.update(ids.get(staying) ?? "", { cancel_at_period_end: false });
    await shop.settled();
    await goTo(99);
    expect(await remindersOf(users.get(leaving) ?? "")).toEqual(["7 before 100 at 93", "2 before 100 at 98"]);
    expect(await remindersOf(users.get(staying) ?? "")).toEqual(["7 before 100 at 93"]);
  });

  test("and not of what was given, or announced, later than it was due, however late it is looked", async () => {
    const quiet = await startShop({ background: { clockEveryMs: 3_600_000, reconcilesByItself: false } });
    try {
      const its = operationsOf(quiet.latchkey);
      const stall = await openStall(quiet, "late");
      await stall.link();
      await its.updateProduct({ product: "late", remindDaysBefore: [7] });
      const [bought, before] = await Promise.all([1, 2].map((n) => stall.customer(`late-${n}@shop.example`)));
      const [late, early] = [await stall.subscribe(bought ?? ""), await stall.subscribe(before ?? "")];
      await quiet.stripe.subscriptions.update(early.id, { cancel_at_period_end: true });
      await quiet.settled();
      await sweepReminders(quiet.latchkey.server.deps);
      quiet.clock.moveBy(26 * DAY);
      await quiet.stripe.subscriptions.update(late.id, { cancel_at_period_end: true });
      const { id: user } = await its.createUser();
      await its.grantAccess({
        user,
        product: "late",
        endsAt: new Date(quiet.clock.now().getTime() + 5 * DAY).toISOString(),
      });
      await quiet.settled();
      while (await sweepReminders(quiet.latchkey.server.deps));
      const lines = await its.activities({ product: "late", types: ["CUSTOM"] });
      expect(lines.map(({ customType, data }) => [customType, data["reason"]])).toEqual([
        ["access.ending", "SUBSCRIPTION"],
      ]);
      expect((await stall.journal("late-2@shop.example")).map(({ type }) => type)).toContain("CUSTOM");
    } finally {
      await quiet.stop();
    }
  });

  test("after days of standstill it is told with the moment at which it was due, unless access has changed since", async () => {
    const own = await startShop({ background: SWEEPING });
    const its = operationsOf(own.latchkey);
    const { key: product } = await its.createProduct({ remindDaysBefore: [7] });
    const [one, over] = [await its.createUser(), await its.createUser()];
    const ends = (days: number) => new Date(own.clock.now().getTime() + days * DAY);
    const [late, past] = [ends(10), ends(8)];
    await its.grantAccess({ user: one.id, product, endsAt: late.toISOString() });
    await its.grantAccess({ user: over.id, product, endsAt: past.toISOString() });
    await swept(own.latchkey);
    await own.latchkey.server.stop();
    own.clock.moveTo(new Date(late.getTime() - DAY));
    const second = await own.latchkey.replica();
    try {
      await swept(second);
      const lines = await operationsOf(second).activities({ product, types: ["CUSTOM"] });
      expect(lines.map(({ at, user }) => [at, user?.id])).toEqual([
        [new Date(late.getTime() - 7 * DAY).toISOString(), one.id],
      ]);
    } finally {
      await second.stop();
      await own.stop();
    }
  });
});
