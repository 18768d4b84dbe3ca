import fc from "fast-check";
import type Stripe from "stripe";
import type { SourceFacts, UnpaidRun } from "../../src/access/fact";
import { keepKnown } from "../../src/access/keep-known";
import { planLife } from "../../src/access/plan-life";
import { usualPolicy } from "../../src/access/policy";
import { mayHaveFailed, readUnpaidRun } from "../../src/projection/read-unpaid-run";
import { day, monthly, subscription } from "../kit/describe-life";
import { aPayment, anInvoice, dayOf, second, transitions } from "../kit/stripe-papers";

type Said = Parameters<typeof anInvoice>[0];

/** An invoice of a renewal that was finalized on this day and not paid. */
function unpaid(finalized: number, said: Said = {}, at: Parameters<typeof transitions>[0] = {}): Stripe.Invoice {
  return anInvoice({
    id: `in_${finalized}`,
    status: "open",
    billing_reason: "subscription_cycle",
    collection_method: "charge_automatically",
    attempted: true,
    attempt_count: 1,
    due_date: null,
    total: 900,
    created: second(finalized),
    status_transitions: transitions({ finalized_at: second(finalized), ...at }),
    ...said,
  });
}

const sent = (finalized: number, due: number, said: Said = {}, at = {}) =>
  unpaid(finalized, { collection_method: "send_invoice", attempted: false, due_date: second(due), ...said }, at);
const voided = (on: number) => [{ status: "void" }, { voided_at: second(on) }] as const;
const paid = (finalized: number, on: number, total = 900) =>
  unpaid(finalized, { status: "paid", total }, { paid_at: second(on) });

function failedOn(...days: number[]): Stripe.Charge[] {
  return days.flatMap((each) => aPayment({ charge: { status: "failed", created: second(each) } }).charge ?? []);
}

function runOf(
  invoices: readonly Stripe.Invoice[],
  charges: Record<string, Stripe.Charge[]> = {},
  on = 100,
): UnpaidRun | null {
  return readUnpaidRun({ invoices, charges: new Map(Object.entries(charges)) }, day(on));
}

describe("where the grace of unpaid invoices begins", () => {
  const rows: [string, Stripe.Invoice[], Record<string, Stripe.Charge[]>, string][] = [
    ["the first charge that failed", [unpaid(30)], { in_30: failedOn(37, 33, 30) }, "day 30"],
    ["no charge, for there was no card: the finalization", [unpaid(30)], {}, "day 30"],
    ["no charge, for authentication was asked", [unpaid(30, { attempt_count: 0 })], {}, "day 30"],
    ["authentication was asked, and a later charge failed", [unpaid(30)], { in_30: failedOn(33) }, "day 30"],
    [
      "made by hand and collected later: the charge",
      [unpaid(30, { billing_reason: "manual" })],
      { in_30: failedOn(33) },
      "day 33",
    ],
    ["a charge that went well before is none", [unpaid(30)], { in_30: [...failedOn(30), ...paidCharge(29)] }, "day 30"],
    ["sent, and its due date has passed", [sent(30, 44)], {}, "day 44"],
    ["sent, and somebody's card failed before it was due", [sent(30, 44)], { in_30: failedOn(31) }, "day 44"],
    ["sent without a due date", [sent(30, 0, { due_date: null })], {}, "day 30"],
    ["the earliest of two", [unpaid(60), unpaid(30)], {}, "day 30"],
    ["one that was voided since counts", [unpaid(60), unpaid(30, ...voided(40))], {}, "day 30"],
    [
      "one that was written off counts",
      [unpaid(60), unpaid(30, { status: "uncollectible" }, { marked_uncollectible_at: second(40) })],
      {},
      "day 30",
    ],
    ["one that was voided before it was due does not", [sent(60, 74), sent(30, 44, ...voided(40))], {}, "day 74"],
    ["what was paid since ends the run", [unpaid(60), paid(45, 50), unpaid(30, ...voided(40))], {}, "day 60"],
    ["an invoice over nothing is no payment", [unpaid(60), paid(45, 50, 0), unpaid(30, ...voided(40))], {}, "day 30"],
    ["an older one was paid after it failed: it is the open one's", [unpaid(60), paid(30, 65)], {}, "day 60"],
    ["nobody tried to collect it", [unpaid(30, { attempted: false, attempt_count: 0 })], {}, "day 30"],
    ["a draft is nothing yet", [unpaid(60, { status: "draft" }), unpaid(30)], {}, "day 30"],
  ];
  test.each(rows)("%s", (_title, invoices, charges, wanted) => {
    expect(dayOf(runOf(invoices, charges)?.sinceAt ?? null)).toBe(wanted);
    expect(runOf(invoices.toReversed(), charges)).toEqual(runOf(invoices, charges));
  });

  test("none without an unpaid invoice; each that failed is named, in its order", () => {
    expect(runOf([paid(0, 0)])).toBeNull();
    expect(runOf([unpaid(60), unpaid(30, ...voided(40)), paid(0, 1)])).toEqual({
      sinceAt: day(30),
      paidAt: day(1),
      invoices: [
        { id: "in_30", failedAt: day(30) },
        { id: "in_60", failedAt: day(60) },
      ],
    });
  });

  test("charges are read only of what may have failed since the last payment", () => {
    const all = [
      unpaid(60),
      unpaid(50, ...voided(52)),
      paid(30, 40),
      unpaid(20, ...voided(22)),
      unpaid(90, { status: "draft" }),
    ];
    expect(all.filter((each) => mayHaveFailed(each, all)).map(({ id }) => id)).toEqual(["in_60", "in_50"]);
  });
});

function paidCharge(on: number): Stripe.Charge[] {
  const { charge } = aPayment({ charge: { status: "succeeded", created: second(on) } });
  return charge ? [charge] : [];
}

// ------------------------------------------------------------------------------------------- one run, one end

type Act = { kind: "renew"; how: "declines" | "no card" | "asks" } | { kind: "send"; due: number } | { kind: Closing };
type Closing = "void" | "write off" | "charge again" | "void and issue again" | "pay nothing" | "move the due date";

/** What may happen to the invoices of somebody who does not pay. `at` is a day; each act comes some days after the last. */
function happen(invoices: readonly Stripe.Invoice[], charges: Map<string, Stripe.Charge[]>, act: Act, at: number) {
  const open = invoices.findLast(({ status }) => status === "open");
  const change = (said: Said, on: Parameters<typeof transitions>[0] = {}) =>
    invoices.map((each) =>
      each === open ? anInvoice({ ...each, ...said, status_transitions: { ...each.status_transitions, ...on } }) : each,
    );
  switch (act.kind) {
    case "renew": {
      if (act.how === "declines") charges.set(`in_${at}`, failedOn(at));
      return [...invoices, unpaid(at, { attempt_count: act.how === "asks" ? 0 : 1 })];
    }
    case "send":
      return [...invoices, sent(at, at + act.due)];
    case "pay nothing":
      return [...invoices, paid(at, at, 0)];
    case "void":
      return open ? change({ status: "void" }, { voided_at: second(at) }) : invoices;
    case "write off":
      return open ? change({ status: "uncollectible" }, { marked_uncollectible_at: second(at) }) : invoices;
    case "void and issue again":
      return open ? [...change({ status: "void" }, { voided_at: second(at) }), unpaid(at)] : invoices;
    case "charge again":
      if (open?.collection_method === "charge_automatically") {
        charges.set(open.id, [...(charges.get(open.id) ?? []), ...failedOn(at)]);
      }
      return invoices;
    case "move the due date":
      return open?.due_date ? change({ due_date: second(at + 30) }) : invoices;
  }
}

const acts = fc.array(
  fc.record({
    days: fc.integer({ min: 1, max: 20 }),
    isSeen: fc.boolean(),
    act: fc.oneof(
      fc.record({ kind: fc.constant("renew" as const), how: fc.constantFrom("declines", "no card", "asks") }),
      fc.record({ kind: fc.constant("send" as const), due: fc.integer({ min: 0, max: 15 }) }),
      fc.record({
        kind: fc.constantFrom<Closing>("void", "write off", "charge again", "void and issue again", "pay nothing"),
      }),
    ),
  }),
  { maxLength: 12 },
) as fc.Arbitrary<{ days: number; isSeen: boolean; act: Act }[]>;

/** Facts as they are read on a day, and kept with what was known before. */
function observe(
  before: SourceFacts | null,
  invoices: readonly Stripe.Invoice[],
  charges: ReadonlyMap<string, Stripe.Charge[]>,
  { on, isBehind }: { on: number; isBehind: boolean },
): SourceFacts {
  const unpaidRun = isBehind ? readUnpaidRun({ invoices, charges }, day(on)) : null;
  const status = isBehind ? "past_due" : "active";
  const read = subscription({ status, unpaid: unpaidRun }, { observedAt: day(on) });
  return before ? keepKnown(before, read) : read;
}

function endOf(facts: SourceFacts): string {
  const life = planLife(facts, monthly, { accessDurationDays: null, accessEndsAt: null }, usualPolicy);
  return dayOf(life.endsAt);
}

test("however often and however late a run of unpaid invoices is observed, and whatever is voided, re-issued or resumed in it, it has one end", () => {
  fc.assert(
    fc.property(acts, fc.boolean(), (steps, movesDate) => {
      // The first renewal is past due on day 30; nothing above zero is paid after that.
      let invoices: readonly Stripe.Invoice[] = [paid(0, 0), movesDate ? sent(25, 30) : unpaid(30)];
      const charges = new Map<string, Stripe.Charge[]>();
      let on = 30;
      let often = observe(null, invoices, charges, { on, isBehind: true });
      let moved = false;
      for (const { days, isSeen, act } of steps) {
        on += days;
        invoices = happen(invoices, charges, act, on);
        // Stripe shows no trace of the first date of an invoice that was given another one, once that was seen.
        if (movesDate && isSeen)
          [invoices, moved] = [happen(invoices, charges, { kind: "move the due date" }, on), true];
        // After a void the subscription may be active, or paused and resumed: it is behind again with the next failure.
        if (isSeen) often = observe(often, invoices, charges, { on, isBehind: false });
        often = observe(often, invoices, charges, { on, isBehind: true });
        expect(endOf(often)).toBe("day 37");
      }
      const late = observe(null, invoices, charges, { on: on + 200, isBehind: true });
      if (!moved) expect(endOf(late)).toBe("day 37");
      expect(endOf(observe(often, invoices, charges, { on: on + 200, isBehind: true }))).toBe("day 37");
    }),
    { seed: 11, numRuns: 300 },
  );
});

test("a payment ends the run, and the next failure has a grace of its own", () => {
  const first = observe(null, [paid(0, 0), unpaid(30)], new Map(), { on: 31, isBehind: true });
  const latestInvoice = { id: "in_30", billingReason: "subscription_cycle", paidAt: day(32), isAboveZero: true };
  const settled = keepKnown(first, subscription({ latestInvoice }));
  expect(settled.state).toMatchObject({ unpaid: null });
  const nothing = keepKnown(first, subscription({ latestInvoice: { ...latestInvoice, isAboveZero: false } }));
  expect(nothing.state).toMatchObject({ unpaid: { sinceAt: day(30) } });
  const again = [paid(0, 0), paid(30, 32), unpaid(60)];
  for (const before of [first, settled]) {
    expect(endOf(observe(before, again, new Map(), { on: 61, isBehind: true }))).toBe("day 67");
  }
});
