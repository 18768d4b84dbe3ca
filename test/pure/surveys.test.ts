import { planWalks } from "../../src/surveys/plan-walks";
import type { SurveyedRow } from "../../src/surveys/survey-page";
import { takeRows } from "../../src/surveys/take-rows";

describe("the walks of a survey", () => {
  test("what tells of others comes before them, and each price and each test clock has a list of its own", () => {
    expect(planWalks({ clocks: ["clock_1"], prices: ["price_a", "price_b"] })).toEqual([
      { list: "DISPUTES" },
      { list: "SESSIONS" },
      { list: "SUBSCRIPTIONS", price: "price_a" },
      { list: "SUBSCRIPTIONS", price: "price_a", clock: "clock_1" },
      { list: "SUBSCRIPTIONS", price: "price_b" },
      { list: "SUBSCRIPTIONS", price: "price_b", clock: "clock_1" },
      { list: "INVOICES" },
    ]);
  });

  test("of what was bought since a moment, the checkout may be a day older, and disputes have no beginning", () => {
    expect(planWalks({ clocks: [], prices: null, since: 1_000_000 })).toEqual([
      { list: "DISPUTES" },
      { list: "SESSIONS", since: 913_600, rowsSince: 1_000_000 },
      { list: "SUBSCRIPTIONS", since: 1_000_000 },
      { list: "INVOICES", since: 1_000_000 },
    ]);
  });
});

describe("as much of a page as needs few looks", () => {
  const row = (isClear: boolean) => ({ facts: isClear ? {} : null }) as SurveyedRow;
  test.each([
    ["clear rows only", "ccc", 0, 3],
    ["no more looks than allowed", "cucuc", 2, 5],
    ["up to the first row that is too much", "cucuccu", 2, 6],
    ["none when the first is too much", "uc", 0, 0],
    ["an empty page", "", 5, 0],
  ])("%s", (_, page, looksMax, taken) => {
    expect(
      takeRows(
        [...page].map((letter) => row(letter === "c")),
        looksMax,
      ),
    ).toHaveLength(taken);
  });
});
