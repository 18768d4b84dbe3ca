import { Bug, Refusal, Unavailable } from "../../src/base/refusal";
import { decideRetry, troubleOf } from "../../src/projection/decide-retry";
import { planNextTry } from "../../src/work/plan-next-try";
import { openPatience } from "../../src/projection/open-patience";

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

describe("how long an event waits that could not be worked on", () => {
  const rows: [number, string][] = [
    [0, "1 s"],
    [1, "2 s"],
    [2, "5 s"],
    [3, "15 s"],
    [4, "60 s"],
    [5, "300 s"],
    [6, "900 s"],
    [7, "3600 s"],
    [8, "10800 s"],
  ];
  test.each(rows)("after %i failures: %s", (failures, wanted) => {
    const retry = decideRetry({ trouble: "ITS_OWN", failures, chance: 0.5 });
    expect(seconds(retry.pauseMs)).toBe(wanted);
    expect(retry.final).toBe(false);
  });

  test("F26: the tenth failure is the last", () => {
    expect(decideRetry({ trouble: "ITS_OWN", failures: 9, chance: 0.5 })).toMatchObject({ counts: true, final: true });
  });

  test("what is not the event's fault never ends it, and waits some seconds at most", () => {
    for (const trouble of ["NOT_ITS_OWN", "RATE_LIMIT"] as const) {
      const retry = decideRetry({ trouble, failures: 500, chance: 0.5 });
      expect(retry).toEqual({ pauseMs: 5_000, counts: false, final: false });
    }
  });

  test("chance spreads those that failed together", () => {
    const pauseOf = (chance: number) => decideRetry({ trouble: "ITS_OWN", failures: 1, chance }).pauseMs;
    expect([pauseOf(0), pauseOf(0.999)].map(Math.round)).toEqual([1_500, 2_499]);
  });
});

describe("whose fault it is", () => {
  const stripe = (statusCode: number) => new Refusal("STRIPE_UNAVAILABLE", { say: "no", note: { statusCode } });
  const rows: [string, unknown, string][] = [
    ["Stripe does not answer", stripe(500), "NOT_ITS_OWN"],
    ["Stripe limits us", stripe(429), "RATE_LIMIT"],
    ["our database does not answer", new Unavailable({ say: "no" }), "NOT_ITS_OWN"],
    ["the key was revoked", new Refusal("STRIPE_KEY_INVALID", { say: "no" }), "NOT_ITS_OWN"],
    ["the account was disconnected", new Refusal("STRIPE_NOT_CONNECTED", { say: "no" }), "NOT_ITS_OWN"],
    [
      "the key lacks a permission",
      new Refusal("STRIPE_REFUSED", { say: "no", details: { missingPermission: "rak_x" } }),
      "NOT_ITS_OWN",
    ],
    ["Stripe refuses the question", new Refusal("STRIPE_REFUSED", { say: "no" }), "ITS_OWN"],
    ["a mistake of ours", new Bug("no"), "ITS_OWN"],
    ["something thrown", "no", "ITS_OWN"],
  ];
  test.each(rows)("%s", (_title, error, wanted) => {
    expect(troubleOf(error)).toBe(wanted);
  });
});

describe("an account in trouble is asked less", () => {
  function patienceAt() {
    let ms = 0;
    return { patience: openPatience(() => ms), pass: (more: number) => (ms += more) };
  }

  test("F27: one customer who fails again and again does not pause the others", () => {
    const { patience } = patienceAt();
    for (let at = 0; at < 50; at++) patience.failed("con", "cus_1", "NOT_ITS_OWN");
    expect(patience.mayAsk("con")).toBe(true);
  });

  test("several customers who fail in a row pause it for a moment; one that goes well between does not count them", () => {
    const { patience, pass } = patienceAt();
    for (const customer of ["a", "b", "c", "d"]) patience.failed("con", customer, "NOT_ITS_OWN");
    patience.wentWell("con", "e");
    for (const customer of ["a", "b", "c", "d"]) patience.failed("con", customer, "NOT_ITS_OWN");
    expect(patience.mayAsk("con")).toBe(true);
    patience.failed("con", "f", "NOT_ITS_OWN");
    expect([patience.mayAsk("con"), patience.mayAsk("other")]).toEqual([false, true]);
    pass(8_000);
    expect(patience.mayAsk("con")).toBe(true);
  });

  test("F23: a single 429 pauses the whole account, for seconds at most", () => {
    const { patience, pass } = patienceAt();
    patience.failed("con", "cus_1", "RATE_LIMIT");
    expect(patience.mayAsk("con")).toBe(false);
    pass(1_500);
    expect(patience.mayAsk("con")).toBe(true);
    for (let at = 0; at < 20; at++) patience.failed("con", "cus_1", "RATE_LIMIT");
    pass(7_500);
    expect(patience.mayAsk("con")).toBe(true);
  });

  test("failures are counted in a row, for each subject", () => {
    const { patience } = patienceAt();
    const counted = [1, 2, 3].map(() => patience.failed("con", "cus_1", "NOT_ITS_OWN"));
    expect([...counted, patience.failed("con", "cus_2", "NOT_ITS_OWN")]).toEqual([0, 1, 2, 0]);
    patience.wentWell("con", "cus_1");
    expect(patience.failed("con", "cus_1", "NOT_ITS_OWN")).toBe(0);
  });
});

test("a job waits seconds for something that does not answer, however often it has waited", () => {
  const waits = [0, 1, 2, 3, 50, 5_000].map((count) =>
    planNextTry(new Unavailable({ say: "no" }), { attempts: 0, waits: count }),
  );
  expect(waits.map((next) => ("afterMs" in next ? next.afterMs : null))).toEqual(
    [1, 2, 5, 5, 5, 5].map((s) => s * 1_000),
  );
});
