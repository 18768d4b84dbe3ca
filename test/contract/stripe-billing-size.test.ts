import { closeSimulators, openSimulator } from "./simulator-kit";

afterEach(closeSimulators);

// The bounds are those that imports are measured against; what was seen is printed.
test("100,000 customers with 150,000 subscriptions are made in under a minute, and a page comes in under 50 ms", async () => {
  const { simulator, stripe } = await openSimulator();
  const begun = performance.now();
  simulator.control.seed({ customers: 100_000, subscriptions: 150_000 });
  const seeded = performance.now() - begun;
  expect(seeded).toBeLessThan(60_000);
  const { inOrder } = simulator.world.shelves.subscription;
  expect(inOrder).toHaveLength(150_000);
  const middle = inOrder[75_000]?.row.id ?? "";
  const price = inOrder[75_000]?.row.ours.prices[0] ?? "";
  await stripe.subscriptions.list({ limit: 100 });
  const pages = {
    newest: { limit: 100 },
    middle: { limit: 100, starting_after: middle },
    price: { limit: 100, price, status: "all" as const },
    canceled: { limit: 100, status: "canceled" as const },
    rare: { limit: 100, status: "paused" as const },
  };
  const took: Record<string, number> = {};
  for (const [name, params] of Object.entries(pages)) {
    // One after another, as a real import would.
    // oxlint-disable-next-line no-await-in-loop
    took[name] = await bestMs(() => stripe.subscriptions.list(params));
  }
  console.info(`seeded in ${Math.round(seeded)} ms; pages of 100 in ms:`, took);
  for (const [name, ms] of Object.entries(took)) expect([name, ms < 50]).toEqual([name, true]);
}, 90_000);

/** The best of five: other tests run beside this one, and what they take is not ours. */
async function bestMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const begun = performance.now();
    // oxlint-disable-next-line no-await-in-loop
    await work();
    times.push(Math.round(performance.now() - begun));
  }
  return Math.min(...times);
}
