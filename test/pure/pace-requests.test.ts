import { atPace, openPace, pacedTransport } from "../../src/stripe/pace-requests";

/** Turns by a clock of the test, which moves when somebody pauses; with how many were asked for at once. */
function turnstile(perSecond: number) {
  const asked: number[] = [];
  let [now, next] = [0, 0];
  const take = (turns: number) => {
    asked.push(turns);
    const first = Math.max(next, now);
    next = first + (turns * 1_000) / perSecond;
    return Promise.resolve({ firstAfterMs: first - now });
  };
  const pause = async (ms: number) => {
    // Whoever was called up looks at the clock before it moves.
    await new Promise(setImmediate);
    now += ms;
  };
  const time = { now: () => now, pause };
  return { asked, take, time };
}

test("turns are evenly spaced, however many ask at once, and unused turns are not saved up", async () => {
  const { take, time } = turnstile(100);
  const pace = openPace(100, take, time);
  await pace.takeTurn();
  await time.pause(200);
  const begun = time.now();
  const turns: number[] = [];
  await Promise.all(Array.from({ length: 60 }, () => pace.takeTurn().then(() => turns.push(time.now() - begun))));
  expect(turns).toEqual(turns.map((_, index) => index * 10));
  expect(turns).toHaveLength(60);
});

test("who waits together is reserved for together, a quarter of a second at most, so that a crash loses no more", async () => {
  const { asked, take, time } = turnstile(100);
  const pace = openPace(100, take, time);
  await Promise.all(Array.from({ length: 60 }, () => pace.takeTurn()));
  expect(asked).toEqual([25, 25, 10]);
  await pace.takeTurn();
  expect(asked.at(-1)).toBe(1);
});

test("while no turns can be taken nobody's turn comes, and afterwards it goes on", async () => {
  const { take } = turnstile(1_000);
  let isDown = true;
  const pace = openPace(1_000, (turns) => (isDown ? Promise.reject(new Error("no database")) : take(turns)));
  const both = await Promise.allSettled([pace.takeTurn(), pace.takeTurn()]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  isDown = false;
  await expect(pace.takeTurn()).resolves.toBeUndefined();
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
