import fc from "fast-check";
import { comparePairs, nameOfPair } from "../../src/access/compare-pairs";
import { type Grant, isLive } from "../../src/access/grant";
import { GrantEntity } from "../../src/access/grant.entity";
import { planClockLines, planTurns } from "../../src/access/plan-turns";
import type { ActivityLine } from "../../src/activities/record-activities";
import { NOON, arbitraryGrant, ms } from "../kit/arbitrary-access";

const PAIR = {
  userId: "00000000-0000-7000-8000-00000000000a",
  productId: "00000000-0000-7000-8000-000000000001",
  mode: "TEST",
} as const;

type Said = Partial<Omit<GrantEntity, "id">> & { id?: number };

/** A row of the pair, live without an end unless it says otherwise. */
function row({ id = 1, ...said }: Said = {}): GrantEntity {
  return Object.assign(new GrantEntity(), {
    ...PAIR,
    id: `00000000-0000-7000-8000-${String(id).padStart(12, "0")}`,
    source: "SUBSCRIPTION",
    reason: "SUBSCRIPTION",
    startsAt: ms(-100),
    endsAt: null,
    closesAt: null,
    endedAt: null,
    endReason: null,
    stripeObject: "sub_1",
    updatedAt: ms(-50),
    ...said,
  });
}

/** What a write at `now` tells that makes these rows of those. */
function told(before: GrantEntity[], rows: GrantEntity[], now = NOON) {
  const opened = { ...PAIR, openerIds: [PAIR.productId] };
  const [pair] = comparePairs([opened], new Map([[nameOfPair(PAIR), before]]), rows);
  if (!pair) throw new Error("rows are needed");
  const turns = planTurns(pair, now, "WEBHOOK");
  const lines = [...turns.clock, ...turns.own].map(
    ({ type, at, origin, data }) =>
      `${type} ${at.getTime() - NOON.getTime()} ${origin}${typeof data?.["reason"] === "string" ? ` ${data["reason"]}` : ""}`,
  );
  return { lines, ...turns };
}

const ended = { endedAt: ms(-3), endReason: "CANCELLED" } as const;
const paused = { reason: "PAUSED" } as const;

describe("what a write tells, after what the clock brought before it", () => {
  test.each<[string, GrantEntity[], GrantEntity[], string[]]>([
    ["a first purchase, dated by Stripe", [], [row()], ["ACCESS_STARTED -100 WEBHOOK"]],
    ["the same again", [row()], [row()], []],
    ["a second one beside it", [row()], [row({ id: 2 })], []],
    ["an end, dated by Stripe", [row()], [row(ended)], ["ACCESS_ENDED -3 WEBHOOK CANCELLED"]],
    ["an end beside another", [row(), row({ id: 2 })], [row(ended)], []],
    ["a pause", [row()], [row(paused)], ["ACCESS_ENDED 0 WEBHOOK PAUSED"]],
    ["the end of a pause", [row(paused)], [row()], ["ACCESS_STARTED 0 WEBHOOK"]],
    [
      "an end that the clock brought",
      [row({ endsAt: ms(-9) })],
      [row({ endsAt: ms(-9) })],
      ["ACCESS_ENDED -9 CLOCK EXPIRED"],
    ],
    [
      "Stripe's word on an end that the clock brought",
      [row({ endsAt: ms(-20), closesAt: ms(-9), endReason: "CANCELLED" })],
      [row({ endsAt: ms(-20), closesAt: ms(-9), endedAt: ms(-20), endReason: "CANCELLED" })],
      ["ACCESS_ENDED -9 CLOCK CANCELLED"],
    ],
    [
      "a renewal after the clock had closed it",
      [row({ endsAt: ms(-20), closesAt: ms(-9) })],
      [row()],
      ["ACCESS_ENDED -9 CLOCK EXPIRED", "ACCESS_STARTED 0 WEBHOOK"],
    ],
    [
      "another purchase after the clock had closed the first",
      [row({ endsAt: ms(-9) })],
      [row({ id: 2, startsAt: ms(-5) })],
      ["ACCESS_ENDED -9 CLOCK EXPIRED", "ACCESS_STARTED -5 WEBHOOK"],
    ],
    [
      "another purchase that was made before the clock had closed the first: after that end",
      [row({ endsAt: ms(-9) })],
      [row({ id: 2, startsAt: ms(-20) })],
      ["ACCESS_ENDED -9 CLOCK EXPIRED", "ACCESS_STARTED -8 WEBHOOK"],
    ],
    [
      "an end that is dated before the last write: after that write, for it found it open",
      [row({ updatedAt: ms(-2) })],
      [row(ended)],
      ["ACCESS_ENDED -1 WEBHOOK CANCELLED"],
    ],
    [
      "an end that Stripe's clock puts into the time to come: nothing yet",
      [row()],
      [row({ endedAt: ms(5), endReason: "CANCELLED" })],
      [],
    ],
    [
      "and once it has come",
      [row({ endedAt: ms(-1), endReason: "CANCELLED" })],
      [row({ endedAt: ms(-1), endReason: "CANCELLED" })],
      ["ACCESS_ENDED -1 CLOCK CANCELLED"],
    ],
    [
      "what a clock that is behind makes of a row that was ended by one that is right: nothing",
      [row({ endedAt: ms(5), endReason: "CANCELLED", updatedAt: ms(6) })],
      [row({ ...ended, updatedAt: ms(6) })],
      [],
    ],
  ])("%s", (_title, before, rows, lines) => {
    expect(told(before, rows).lines).toEqual(lines);
  });

  test("what is written in one and the same moment has moments of its own, so that each has a name", () => {
    const first = told([], [row({ startsAt: NOON })]);
    const second = told([row({ startsAt: NOON, updatedAt: first.writtenAt })], [row({ startsAt: NOON, ...paused })]);
    const third = told([row({ startsAt: NOON, ...paused, updatedAt: second.writtenAt })], [row({ startsAt: NOON })]);
    const lines = [first, second, third].flatMap(({ own }) => own);
    expect(lines.map(({ type, at }) => [type, at])).toEqual([
      ["ACCESS_STARTED", ms(0)],
      ["ACCESS_ENDED", ms(1)],
      ["ACCESS_STARTED", ms(2)],
    ]);
    expect(new Set(lines.map(({ onceKey }) => onceKey)).size).toBe(3);
  });
});

/** Rows of the pair that are written again and again, at later and later moments, with sweeps in between. */
const history = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 5 }),
    place: fc.integer({ min: 1, max: 3 }),
    life: arbitraryGrant(),
    sweptAfter: fc.option(fc.integer({ min: 0, max: 5 })),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("however grants are written, and whenever it is swept", () => {
  test("the lines follow one another by turns, and say at each write and sweep whether the product is open", () => {
    fc.assert(
      fc.property(history, (steps) => {
        let held: GrantEntity[] = [];
        let now = -6;
        const lines = new Map<string, ActivityLine>();
        const put = (all: readonly ActivityLine[]) => {
          for (const line of all) if (!lines.has(line.onceKey ?? "")) lines.set(line.onceKey ?? "", line);
        };
        const check = (at: Date) => {
          const types = [...lines.values()].sort((a, b) => a.at.getTime() - b.at.getTime()).map(({ type }) => type);
          for (const [place, type] of types.entries()) {
            expect(type).toBe(place % 2 === 0 ? "ACCESS_STARTED" : "ACCESS_ENDED");
          }
          const isOpen = held.some((grant) => isLive(grant, at));
          expect(types.at(-1) ?? "ACCESS_ENDED").toBe(isOpen ? "ACCESS_STARTED" : "ACCESS_ENDED");
        };
        for (const { after, place, life, sweptAfter } of steps) {
          now += after;
          const written = row({ id: place, ...lifeOf(life) });
          const { clock, own, writtenAt } = told(held, [written], ms(now));
          put([...clock, ...own]);
          written.updatedAt = writtenAt;
          held = [...held.filter(({ id }) => id !== written.id), written];
          check(writtenAt);
          if (sweptAfter === null) continue;
          now = Math.max(now + sweptAfter, writtenAt.getTime() - NOON.getTime());
          // A sweep looks back over what it has looked at before.
          put(planClockLines(PAIR, held, ms(now - 9), ms(now)));
          check(ms(now));
        }
      }),
      { numRuns: 500 },
    );
  });
});

function lifeOf({ reason, startsAt, endsAt, closesAt, endedAt, endReason }: Grant): Said {
  return { reason, startsAt, endsAt, closesAt, endedAt, endReason };
}
