import { openPatience } from "../../src/projection/open-patience";

describe("an account that answers again", () => {
  let now = 0;
  const open = () => openPatience(() => now);
  beforeEach(() => (now = 0));

  test("is told once, by the first success after a failure", () => {
    const patience = open();
    expect(patience.wentWell("one", "cus_a")).toBeNull();
    patience.failed("one", "cus_a", "NOT_ITS_OWN");
    expect(patience.wentWell("two", "cus_b")).toBeNull();
    expect(patience.wentWell("one", "cus_b")).toBe(0);
    expect(patience.wentWell("one", "cus_a")).toBeNull();
  });

  test("is not told for a failure that is an event's own", () => {
    const patience = open();
    patience.failed("one", "cus_a", "ITS_OWN");
    expect(patience.wentWell("one", "cus_b")).toBeNull();
  });

  test("wakes whoever waited every five seconds at most, and forgets nobody", () => {
    const patience = open();
    const answersAgain = () => {
      patience.failed("one", "cus_a", "NOT_ITS_OWN");
      return patience.wentWell("one", "cus_b");
    };
    expect(answersAgain()).toBe(0);
    now = 2_000;
    expect(answersAgain()).toBe(3_000);
    now = 3_000;
    expect(answersAgain()).toBe(2_000);
    now = 12_000;
    expect(answersAgain()).toBe(0);
  });
});
