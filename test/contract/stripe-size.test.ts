import { closeSimulators, openSimulator } from "./simulator-kit";

afterEach(closeSimulators);

// The bounds are those that imports are measured against; this machine needs a fraction of them.
test("100,000 customers are made in under a minute, and a page from their middle comes in under 50 ms", async () => {
  const { simulator, stripe } = await openSimulator();
  const begun = performance.now();
  simulator.control.seed({ customers: 100_000 });
  expect(performance.now() - begun).toBeLessThan(60_000);
  const rows = simulator.world.shelves.customer.inOrder;
  const middle = rows[50_000]?.row.id ?? "";
  await stripe.customers.list({ limit: 1 });
  const asked = performance.now();
  const page = await stripe.customers.list({ limit: 100, starting_after: middle });
  expect(performance.now() - asked).toBeLessThan(50);
  expect(page.data.map(({ id }) => id)).toEqual(
    rows
      .slice(49_900, 50_000)
      .map(({ row }) => row.id)
      .toReversed(),
  );
}, 90_000);
