import { closeSimulators, openSimulator } from "./simulator-kit";

afterEach(closeSimulators);

// How fast pages of a hundred thousand rows are is measured by the bench.
test("customers that are made in bulk are listed from their middle, newest first", async () => {
  const { simulator, stripe } = await openSimulator();
  simulator.control.seed({ customers: 2_000 });
  const rows = simulator.world.shelves.customer.inOrder;
  const page = await stripe.customers.list({ limit: 100, starting_after: rows[1_000]?.row.id ?? "" });
  expect(page.data.map(({ id }) => id)).toEqual(
    rows
      .slice(900, 1_000)
      .map(({ row }) => row.id)
      .toReversed(),
  );
});
