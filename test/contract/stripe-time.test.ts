import { kinds } from "../../src/local/stripe/routes";
import { noJournal } from "../../src/local/stripe/journal";
import { Simulation } from "../../src/local/stripe/simulation";
import type { Kinds } from "../../src/local/stripe/kind";

const BEGIN = 1_800_000_000;

/** The real kinds, and a customer that can be told to wake up. */
function openWithWork(work: (id: string, now: number) => void): Simulation {
  const timed: Kinds = {
    ...kinds,
    customer: {
      ...kinds.customer,
      timers: {
        wake: (draft, id) => work(id, draft.now),
        again: (draft, id) => {
          work(id, draft.now);
          draft.setTimer({ kind: "customer", id, what: "again", at: draft.now + 10, clock: null });
        },
      },
    },
  };
  const clock = { now: () => new Date(BEGIN * 1000) };
  return new Simulation(timed, { clock, journal: noJournal, deliver: () => {}, seed: 1 });
}

test("what is due happens in order of time, each at its own moment, and what it sets may be due too", () => {
  const came: [string, number][] = [];
  const simulation = openWithWork((id, now) => came.push([id, now - BEGIN]));
  simulation.act((draft) => {
    draft.setTimer({ kind: "customer", id: "late", what: "wake", at: BEGIN + 25, clock: null });
    draft.setTimer({ kind: "customer", id: "often", what: "again", at: BEGIN + 10, clock: null });
    draft.setTimer({ kind: "customer", id: "never", what: "wake", at: BEGIN + 5, clock: null });
    draft.cancelTimer({ kind: "customer", id: "never", what: "wake" });
  });
  simulation.moveTo(BEGIN + 30);
  expect(came).toEqual([
    ["often", 10],
    ["often", 20],
    ["late", 25],
    ["often", 30],
  ]);
});

test("work that fails is told once and does not stand in the way of what comes after it", () => {
  const came: string[] = [];
  const simulation = openWithWork((id) => {
    if (id === "bad") throw new Error("broken");
    came.push(id);
  });
  simulation.act((draft) => {
    draft.setTimer({ kind: "customer", id: "bad", what: "wake", at: BEGIN + 1, clock: null });
    draft.setTimer({ kind: "customer", id: "good", what: "wake", at: BEGIN + 2, clock: null });
  });
  expect(() => simulation.moveTo(BEGIN + 5)).toThrow("broken");
  simulation.passTime();
  expect(came).toEqual(["good"]);
});

test("a command that is refused half-way changes nothing and tells nobody", () => {
  const simulation = openWithWork(() => {});
  const before = simulation.world.counter;
  expect(() =>
    simulation.act((draft) => {
      draft.emit("product.created", { id: draft.newId("product") });
      draft.get("customer", "cus_no");
    }),
  ).toThrow("No such customer");
  expect(simulation.world.counter).toBe(before);
  expect(simulation.world.shelves.event.inOrder).toEqual([]);
});
