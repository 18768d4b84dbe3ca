import { runGreatImport } from "../kit/great-import";
import { BOOTSTRAP_KEY, freePort, openFileClock, startServerProcess } from "../kit/server-process";
import { createTestDatabase } from "../kit/test-database";

test("F23, F24: a thousand customers are imported below Stripe's limit by a server that is killed twice, and all is there once", async () => {
  const database = await createTestDatabase();
  const clock = openFileClock(new Date());
  const ticking = setInterval(() => clock.moveTo(new Date()), 50);
  const port = await freePort();
  try {
    const report = await runGreatImport({
      customers: 1_000,
      subscriptions: 1_200,
      special: 2,
      kills: 2,
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
    expect(report.killedAt).toHaveLength(2);
    const waits = [...report.waits].sort((a, b) => a - b);
    expect(waits.length).toBeGreaterThan(5);
    expect(waits[Math.floor((waits.length - 1) * 0.95)]).toBeLessThan(2_000);
    expect(report.busiest).toBeLessThan(90);
  } finally {
    clearInterval(ticking);
    clock.remove();
    await database.drop();
  }
}, 120_000);
