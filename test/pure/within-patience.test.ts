import { setTimeout as pause } from "node:timers/promises";
import { withinPatience } from "../../src/checkout/within-patience";

test("what takes too long is given up in time, and nobody trips over how it ends", async () => {
  const began = performance.now();
  const working = withinPatience(() => pause(200).then(() => Promise.reject(new Error("late"))), 50);
  await expect(working).rejects.toMatchObject({ code: "STRIPE_UNAVAILABLE", retryable: true });
  expect(performance.now() - began).toBeLessThan(140);
  await pause(250);
});

test("what comes in time is answered, failures too; the work knows until when", async () => {
  const began = performance.now();
  const until = await withinPatience((moment) => Promise.resolve(moment), 1_000);
  expect(until - began).toBeGreaterThanOrEqual(1_000);
  await expect(withinPatience(() => Promise.reject(new Error("soon")))).rejects.toThrow("soon");
});
