import * as fc from "fast-check";
import { planNextPayment } from "../../src/local/stripe/billing/act-as-owner";
import { endByHand } from "../../src/local/stripe/billing/end-by-hand";
import { addCycles, periodEnd } from "../../src/local/stripe/billing/period";
import { startSubscription } from "../../src/local/stripe/billing/start-subscription";
import { ENDED } from "../../src/local/stripe/billing/subscription-row";
import { pauseSubscription, resumeSubscription } from "../../src/local/stripe/billing/switch-subscription";
import { updateSubscription } from "../../src/local/stripe/billing/update-subscription";
import type { Draft } from "../../src/local/stripe/draft";
import { noJournal } from "../../src/local/stripe/journal";
import { blankCustomer } from "../../src/local/stripe/objects/customer";
import { blankProduct } from "../../src/local/stripe/objects/new-product";
import { createPrice } from "../../src/local/stripe/objects/price";
import { getPaymentMethod } from "../../src/local/stripe/payments/new-payment-method";
import { StripeRefusal } from "../../src/local/stripe/refuse";
import { kinds } from "../../src/local/stripe/routes";
import { Simulation } from "../../src/local/stripe/simulation";

const BEGIN = Date.parse("2026-01-31T12:00:00.000Z") / 1000;
const DAY_S = 86_400;

interface Bench {
  simulation: Simulation;
  subscription: string;
}

function openBench(interval: "week" | "month", trialPeriodDays: number | null): Bench {
  const clock = { now: () => new Date(BEGIN * 1000) };
  const simulation = new Simulation(kinds, { clock, journal: noJournal, deliver: () => {}, seed: 1 });
  const subscription = simulation.act((draft) => {
    const product = draft.put(blankProduct("prod_1", "Pro", draft.now)).id;
    const price = createPrice(draft, { product, currency: "usd", unit_amount: 1_000, recurring: { interval } }).id;
    const card = getPaymentMethod(draft, "pm_card_visa").id;
    const customer = draft.put(blankCustomer(draft, draft.now)).id;
    const items = [{ price }];
    return startSubscription(draft, { customer, items, defaultPaymentMethod: card, trialPeriodDays }).subscription.id;
  });
  return { simulation, subscription };
}

type Move = (draft: Draft, id: string) => unknown;

const plain: Record<string, Move> = {
  "next payment fails": (draft, id) => planNextPayment(draft, id, "fails"),
  "two of them": (draft, id) => updateSubscription(draft, id, { items: [{ id: itemOf(draft, id), quantity: 2 }] }),
  "one of them": (draft, id) => updateSubscription(draft, id, { items: [{ id: itemOf(draft, id), quantity: 1 }] }),
  "end at period end": (draft, id) => updateSubscription(draft, id, { cancelAtPeriodEnd: true }),
  "do not end": (draft, id) => updateSubscription(draft, id, { cancelAtPeriodEnd: false }),
  end: (draft, id) => endByHand(draft, id, {}),
};
const withPauses: Record<string, Move> = {
  ...plain,
  pause: (draft, id) => pauseSubscription(draft, id),
  resume: (draft, id) => resumeSubscription(draft, id),
  "resume on success": (draft, id) => resumeSubscription(draft, id, { payment: "resume_on_payment_success" }),
};

function itemOf(draft: Draft, subscription: string): string {
  return draft.rows("subscription_item", { subscription })[0]?.id ?? "";
}

/** Makes the move, or does not where Stripe would refuse it, and then lets so many days pass. */
function play({ simulation, subscription }: Bench, move: Move | undefined, days: number): void {
  try {
    simulation.act((draft) => move?.(draft, subscription));
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
  }
  simulation.moveTo(simulation.now() + days * DAY_S);
}

function steps(moves: Record<string, Move>): fc.Arbitrary<{ move: string; days: number }[]> {
  const step = fc.record({ move: fc.constantFrom("", ...Object.keys(moves)), days: fc.integer({ min: 0, max: 20 }) });
  return fc.array(step, { maxLength: 14 });
}

const interval = fc.constantFrom("week" as const, "month" as const);
const trial = fc.constantFrom(null, 5);

/** The periods that were billed, and not as a proration, from old to new. */
function billedPeriods({ simulation, subscription }: Bench): { start: number; end: number }[] {
  return simulation.act((draft) =>
    draft
      .rows("invoice", { subscription })
      .flatMap(({ id }) => draft.rows("line_item", { invoice: id }))
      .filter(({ parent }) => parent?.subscription_item_details?.proration === false)
      .map(({ period }) => period),
  );
}

test("whatever happens, periods follow each other without a gap, and each is billed once", () => {
  fc.assert(
    fc.property(interval, trial, steps(plain), (cycle, days, list) => {
      const bench = openBench(cycle, days);
      for (const { move, days: wait } of list) play(bench, plain[move], wait);
      const periods = billedPeriods(bench);
      periods.slice(1).forEach(({ start }, at) => expect(start).toBe(periods[at]?.end));
      for (const { start, end } of periods) expect(end).toBeGreaterThan(start);
    }),
    { numRuns: 150 },
  );
});

test("a subscription that has ended stays ended, and nothing is told of it after its deletion", () => {
  fc.assert(
    fc.property(interval, trial, steps(withPauses), (cycle, days, list) => {
      const bench = openBench(cycle, days);
      let ended: object | null = null;
      for (const { move, days: wait } of list) {
        play(bench, withPauses[move], wait);
        const { ours: _hidden, ...row } = bench.simulation.act((draft) =>
          draft.get("subscription", bench.subscription),
        );
        expect(row).toEqual(ended ?? row);
        if (ENDED.has(row.status)) ended = row;
      }
      const { inOrder } = bench.simulation.world.shelves.event;
      const told = inOrder.map(({ row }) => row.type).filter((type) => type.startsWith("customer.subscription."));
      const deleted = told.indexOf("customer.subscription.deleted");
      const after = deleted < 0 ? [] : told.slice(deleted + 1);
      expect(told.slice(1)).not.toContain("customer.subscription.created");
      expect(after).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test("events are told in the order of their time, and an invoice is created before it is anything else", () => {
  fc.assert(
    fc.property(interval, steps(withPauses), (cycle, list) => {
      const bench = openBench(cycle, null);
      for (const { move, days } of list) play(bench, withPauses[move], Math.min(days, 2));
      const { inOrder } = bench.simulation.world.shelves.event;
      const events = inOrder.toSorted((a, b) => a.turn - b.turn).map(({ row }) => row);
      events.slice(1).forEach(({ created }, at) => expect(created).toBeGreaterThanOrEqual(events[at]?.created ?? 0));
      const known = new Set<unknown>();
      for (const { type, data } of events) {
        if (!type.startsWith("invoice.")) continue;
        expect(known.has(data.object["id"])).toBe(type !== "invoice.created");
        known.add(data.object["id"]);
      }
    }),
    { numRuns: 100 },
  );
});

test("at every moment: at most one period is unpaid and collected, and what is paid owes nothing", () => {
  fc.assert(
    fc.property(interval, trial, steps(withPauses), (cycle, days, list) => {
      const bench = openBench(cycle, days);
      for (const { move, days: wait } of list) {
        // Paused and resumed within one second, two periods would begin in it, and rightly.
        play(bench, withPauses[move], Math.max(1, wait));
        const invoices = bench.simulation.act((draft) => draft.rows("invoice", { subscription: bench.subscription }));
        for (const row of invoices) {
          expect(row.amount_remaining).toBeLessThanOrEqual(row.amount_due);
        }
        const paid = invoices.filter(({ status }) => status === "paid");
        expect(paid.filter(({ amount_remaining: rest }) => rest !== 0)).toEqual([]);
        const over = invoices.filter(({ status }) => status === "paid" || status === "void");
        expect(over.filter(({ next_payment_attempt: next }) => next !== null)).toEqual([]);
        const starts = billedPeriods(bench).map(({ start }) => start);
        expect(new Set(starts).size).toBe(starts.length);
      }
    }),
    { numRuns: 100 },
  );
});

test("a period counted from its anchor ends on the anchor's day, or on the last day of a shorter month", () => {
  const month = { interval: "month", interval_count: 1 };
  const ends = [0, 1, 2, 3].map((turns) => new Date(addCycles(BEGIN, turns, month) * 1000).toISOString().slice(0, 10));
  expect(ends).toEqual(["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
  const cycle = fc.record({
    interval: fc.constantFrom("day", "week", "month", "year"),
    interval_count: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), fc.nat(50), cycle, (anchor, turns, given) => {
      const start = addCycles(anchor, turns, given);
      expect(periodEnd(anchor, start, given)).toBe(addCycles(anchor, turns + 1, given));
    }),
  );
});
