import fc from "fast-check";
import { type Grant, isLive } from "../../src/access/grant";
import { planClockTurns } from "../../src/access/plan-clock-turns";
import { allMoments, arbitraryGrant, grants, moment, ms } from "../kit/arbitrary-access";

type Span = Partial<Pick<Grant, "id" | "reason" | "startsAt" | "endsAt" | "closesAt" | "endedAt">>;

const held = (...spans: Span[]) =>
  spans.map((span, place) => ({
    id: `grant ${place}`,
    reason: "MANUAL" as const,
    startsAt: ms(-99),
    endsAt: null,
    closesAt: null,
    endedAt: null,
    endReason: null,
    ...span,
  }));

const turnsOf = (spans: Span[], from = ms(0), to = ms(10)) =>
  planClockTurns(held(...spans), from, to).map(
    ({ kind, at, grant }) => `${kind} ${at.getTime() - ms(0).getTime()} ${grant.id}`,
  );

describe("what the clock brings to somebody who holds", () => {
  test.each<[string, Span[], string[]]>([
    ["nothing", [], []],
    ["something without an end", [{}], []],
    ["something that ends", [{ endsAt: ms(3) }], ["ENDED 3 grant 0"]],
    ["something that begins", [{ startsAt: ms(3) }], ["STARTED 3 grant 0"]],
    ["something that begins and ends", [{ startsAt: ms(3), endsAt: ms(5) }], ["STARTED 3 grant 0", "ENDED 5 grant 0"]],
    ["something that closes later than it ends", [{ endsAt: ms(3), closesAt: ms(7) }], ["ENDED 7 grant 0"]],
    ["something that was ended before its end", [{ endsAt: ms(5), endedAt: ms(4) }], ["ENDED 4 grant 0"]],
    ["something that was ended before it began", [{ startsAt: ms(5), endedAt: ms(4) }], []],
    ["something whose payment is disputed", [{ reason: "DISPUTED", endsAt: ms(3) }], []],
    ["two, of which one ends", [{ endsAt: ms(3) }, {}], []],
    ["two that end one after the other", [{ endsAt: ms(3) }, { endsAt: ms(4) }], ["ENDED 4 grant 1"]],
    ["two that end together", [{ endsAt: ms(3) }, { endsAt: ms(3) }], ["ENDED 3 grant 0"]],
    ["two without a gap between", [{ endsAt: ms(3) }, { startsAt: ms(3) }], []],
    ["two with a gap", [{ endsAt: ms(3) }, { startsAt: ms(4) }], ["ENDED 3 grant 0", "STARTED 4 grant 1"]],
    ["one that ends, and one that is suspended", [{ endsAt: ms(3) }, { reason: "PAUSED" }], ["ENDED 3 grant 0"]],
    ["a grace that is over", [{ reason: "GRACE_PERIOD", endsAt: ms(3) }], ["ENDED 3 grant 0"]],
  ])("%s", (_title, spans, turns) => {
    expect(turnsOf(spans)).toEqual(turns);
  });

  test("a moment belongs to the time that ends with it, not to the one that begins with it", () => {
    const spans = [{ endsAt: ms(3) }];
    expect(turnsOf(spans, ms(2), ms(3))).toEqual(["ENDED 3 grant 0"]);
    expect(turnsOf(spans, ms(3), ms(9))).toEqual([]);
    expect(turnsOf(spans, ms(9), ms(2))).toEqual([]);
  });
});

describe("whatever is held, and whichever time is looked at", () => {
  const from = allMoments[0] ?? ms(0);
  const to = allMoments.at(-1) ?? ms(0);
  const isOpen = (all: readonly Grant[], at: Date) => all.some((grant) => isLive(grant, at));

  test("after every turn it is as the turn says, just before it it is not, and no other moment turns", () => {
    fc.assert(
      fc.property(grants, (all) => {
        const turns = planClockTurns(all, from, to);
        const found = allMoments.slice(1).flatMap((at) => {
          const before = isOpen(all, new Date(at.getTime() - 1));
          return before === isOpen(all, at) ? [] : [{ kind: before ? "ENDED" : "STARTED", at }];
        });
        expect(turns.map(({ kind, at }) => ({ kind, at }))).toEqual(found);
      }),
    );
  });

  test("beginnings and ends follow one another by turns", () => {
    fc.assert(
      fc.property(grants, (all) => {
        const kinds = planClockTurns(all, from, to).map(({ kind }) => kind);
        for (const [place, kind] of kinds.entries()) expect(kind).not.toBe(kinds[place + 1]);
      }),
    );
  });

  test("looking at a time in two parts tells the same", () => {
    fc.assert(
      fc.property(grants, moment, (all, middle) => {
        const parts = [...planClockTurns(all, from, middle), ...planClockTurns(all, middle, to)];
        expect(parts).toEqual(planClockTurns(all, from, to));
      }),
    );
  });

  test("the order in which the grants are read changes nothing", () => {
    const inTwoOrders = grants.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(inTwoOrders, ([all, mixed]) => {
        expect(planClockTurns(mixed, from, to)).toEqual(planClockTurns(all, from, to));
      }),
    );
  });

  test("beside a grant that is live throughout nothing turns", () => {
    const always = arbitraryGrant(["MANUAL"]).map((grant) => ({
      ...grant,
      reason: "MANUAL" as const,
      startsAt: ms(-99),
      endsAt: null,
      closesAt: null,
      endedAt: null,
    }));
    fc.assert(
      fc.property(grants, always, (all, one) => {
        expect(planClockTurns([...all, one], from, to)).toEqual([]);
      }),
    );
  });

  test("what turns is a grant that begins or ends in that moment", () => {
    fc.assert(
      fc.property(grants, (all) => {
        for (const { kind, at, grant } of planClockTurns(all, from, to)) {
          const before = new Date(at.getTime() - 1);
          expect([isLive(grant, before), isLive(grant, at)]).toEqual(
            kind === "STARTED" ? [false, true] : [true, false],
          );
        }
      }),
    );
  });
});
