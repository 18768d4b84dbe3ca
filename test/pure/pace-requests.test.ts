import { atPace, openPace, pacedTransport } from "../../src/stripe/pace-requests";

test("turns are evenly spaced, however many ask at once, and nothing is saved up", async () => {
  const pace = openPace(100);
  await pace.takeTurn();
  await new Promise((come) => setTimeout(come, 200));
  const begun = performance.now();
  const turns: number[] = [];
  await Promise.all(
    Array.from({ length: 30 }, async () => {
      await pace.takeTurn();
      turns.push(performance.now() - begun);
    }),
  );
  // Timers may come a millisecond early.
  turns.forEach((turn, index) => expect(turn).toBeGreaterThan(index * 10 - 2));
});

test("only what is asked at a pace waits for its turn", async () => {
  let taken = 0;
  const pace = { takeTurn: () => Promise.resolve(void taken++) };
  const transport = pacedTransport();
  const ask = () =>
    transport
      .makeRequest("127.0.0.1", "1", "/v1/charges", "GET", {}, "", "http", 1_000)
      .then(() => null)
      .catch(() => null);
  await ask();
  expect(taken).toBe(0);
  await atPace(pace, async () => {
    await ask();
    await Promise.all([ask(), ask()]);
  });
  expect(taken).toBe(3);
  await ask();
  expect(taken).toBe(3);
});
