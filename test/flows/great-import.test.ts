import { runGreatImport } from "../kit/great-import";
import { isLong } from "../kit/is-long";
import { freePort } from "../kit/free-port";
import { BOOTSTRAP_KEY, openFileClock, startServerProcess } from "../kit/server-process";
import { createTestDatabase } from "../kit/test-database";

const size = isLong
  ? { customers: 1_000, subscriptions: 1_200, special: 2, kills: 2 }
  : { customers: 110, subscriptions: 130, special: 1, kills: 1 };

test("F23, F24: customers are imported below Stripe's limit by a server that is killed, and all is there once", async () => {
  const database = await createTestDatabase();
  const clock = openFileClock(new Date());
  const ticking = setInterval(() => clock.moveTo(new Date()), 50);
  const port = await freePort();
  try {
    const report = await runGreatImport({
      ...size,
      isHurried: true,
      perSecond: 100,
      databaseUrl: database.url,
      key: BOOTSTRAP_KEY,
      start: (env) => startServerProcess({ databaseUrl: database.url, clock, port, env }),
      memoryOf: () => 0,
      say: () => undefined,
    });
    expect(report).toMatchObject({ refused: 0, problems: [], differences: [] });
    expect(report.counts).toEqual(report.truth);
    expect(report.killedAt).toHaveLength(size.kills);
    expect(report.waits.length).toBeGreaterThan(0);
  } finally {
    clearInterval(ticking);
    clock.remove();
    await database.drop();
  }
});
