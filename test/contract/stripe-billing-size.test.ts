import { closeSimulators, openSimulator } from "./simulator-kit";

afterEach(closeSimulators);

// How fast pages of a hundred thousand rows are is measured by the bench.
test("subscriptions that are made in bulk are listed by place, price and status, newest first", async () => {
  const { simulator, stripe } = await openSimulator();
  simulator.control.seed({ customers: 2_000, subscriptions: 3_000 });
  const { inOrder } = simulator.world.shelves.subscription;
  expect(inOrder).toHaveLength(3_000);
  const middle = inOrder[1_500]?.row;
  const price = middle?.ours.prices[0] ?? "";
  const newestOf = (fits: (row: (typeof inOrder)[number]["row"]) => boolean) =>
    inOrder
      .map(({ row }) => row)
      .filter(fits)
      .toReversed()
      .slice(0, 100)
      .map(({ id }) => id);
  const isEnded = (status: string) => status === "canceled" || status === "incomplete_expired";
  const pages = [
    [{}, newestOf(({ status }) => status !== "canceled")],
    [{ price, status: "all" as const }, newestOf(({ ours }) => ours.prices.includes(price))],
    [{ status: "canceled" as const }, newestOf(({ status }) => status === "canceled")],
    [{ status: "paused" as const }, newestOf(({ status }) => status === "paused")],
  ] as const;
  for (const [params, ids] of pages) {
    const page = await stripe.subscriptions.list({ limit: 100, ...params });
    expect(page.data.map(({ id }) => id)).toEqual(ids);
  }
  const older = await stripe.subscriptions.list({ limit: 100, starting_after: middle?.id ?? "" });
  const before = new Set(inOrder.slice(0, 1_500).map(({ row }) => row.id));
  expect(older.data).toHaveLength(100);
  expect(older.data.filter(({ id, status }) => !before.has(id) || isEnded(status))).toEqual([]);
});
