import { closeWhole, openWhole } from "../../contract/whole-kit";
import { openChance } from "./chance";
import { stockGoods } from "./goods";
import { judge } from "./oracle";
import { castPeople, emptyBooks } from "./people";
import { readStripe } from "./read-stripe";
import type { Stage } from "./stage";
import { acts, openShop, tellStory, type Told } from "./tell-story";

afterEach(closeWhole);

async function tell(seed: number, actions: number, seen = new Set<string>()): Promise<{ stage: Stage; told: Told }> {
  const { simulator, stripe } = await openWhole();
  const people = castPeople();
  const stage: Stage = {
    seed,
    chance: openChance(seed),
    simulator,
    stripe,
    goods: await stockGoods(stripe),
    books: emptyBooks(people),
    people,
    customers: new Map(),
    addresses: new Set(),
    latchkey: { ask: () => Promise.resolve(null as never) },
    isHurrying: false,
    bringUpToDate: () => Promise.resolve(true),
  };
  const told: Told = { lines: [], counts: new Map() };
  await openShop(stage);
  const look = (): Promise<void> => {
    for (const { row } of simulator.world.shelves.subscription.inOrder) seen.add(row.status);
    return Promise.resolve();
  };
  await tellStory(stage, told, { actions, before: look });
  return { stage, told };
}

test("stories reach every kind of act, every state that access depends on, and every reason to allow", async () => {
  const counts = new Set<string>();
  const [statuses, payments, reasons] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const seed of [1, 2, 3, 4, 5]) {
    const { stage, told } = await tell(seed, 320, statuses);
    for (const name of told.counts.keys()) counts.add(name);
    const state = await readStripe(stage.stripe, stage.simulator.control.now());
    for (const { payment } of state.orders) payments.add(payment);
    for (const verdicts of judge(state, stage.books).values()) {
      for (const { allowed, reason } of verdicts.values()) if (allowed) reasons.add(reason);
    }
    await closeWhole();
  }
  expect([...counts].toSorted()).toEqual(Object.keys(acts).toSorted());
  expect([...statuses].toSorted()).toEqual(
    ["active", "canceled", "incomplete", "incomplete_expired", "past_due", "paused", "trialing", "unpaid"].toSorted(),
  );
  expect([...payments].toSorted()).toEqual(["FAILED", "PAID", "PENDING"]);
  expect([...reasons].toSorted()).toEqual(
    ["GIFT", "GRACE_PERIOD", "MANUAL", "PURCHASE", "SUBSCRIPTION", "TRIAL"].toSorted(),
  );
});

test("the same seed tells the same story", async () => {
  const [one, other] = [await tell(7, 120), await tell(7, 120)];
  expect(other.told.lines).toEqual(one.told.lines);
});
