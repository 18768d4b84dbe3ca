import { withinPatience } from "../../src/checkout/within-patience";

test("work that takes too long is given up before it ends, and its late failure disturbs nothing", async () => {
  let fail: (error: Error) => void = () => undefined;
  const working = withinPatience(() => new Promise((_, reject) => (fail = reject)), 50);
  await expect(working).rejects.toMatchObject({ code: "STRIPE_UNAVAILABLE", retryable: true });
  fail(new Error("late"));
  await new Promise(setImmediate);
});

test("work that ends in time is returned, failures too, and is told how long it has", async () => {
  const ends = await Promise.all([1_000, 60_000].map((ms) => withinPatience((end) => Promise.resolve(end), ms)));
  expect((ends[1] ?? 0) - (ends[0] ?? 0)).toBeGreaterThanOrEqual(59_000);
  await expect(withinPatience(() => Promise.reject(new Error("soon")))).rejects.toThrow("soon");
});
