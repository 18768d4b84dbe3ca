import { start } from "../../src/app/start";
import { openLog } from "../../src/base/log";
import { Outage } from "../../src/base/refusal";
import { readConfig } from "../../src/config/read-config";
import { type DatabaseLine, openDatabaseLine } from "../kit/database-line";
import { until } from "../kit/operations";
import { startCli } from "../kit/run-cli";
import { TEST_SECRETS } from "../kit/start-latchkey";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../kit/test-database";

// A process starts while the database restarts.

let line: DatabaseLine;
let database: TestDatabase;
let url: string;

beforeAll(async () => {
  line = await openDatabaseLine();
  database = await createTestDatabase();
  url = line.through(database.url);
});
afterAll(async () => {
  await line.close();
  await database.drop();
});

/** Starts a server here, and stops it. Returns what it logged; rejects as the start does. */
async function startOnce(databaseUrl: string, more: Record<string, string> = {}, logged: string[] = []) {
  const env = { ...TEST_SECRETS, PORT: "0", HOST: "127.0.0.1", DATABASE_URL: databaseUrl, ...more };
  const read = readConfig(env, { localMode: false });
  if (!("config" in read)) throw new Error(JSON.stringify(read));
  const background = { runners: {}, reconcilesByItself: false };
  const log = openLog("info", { write: (text) => void logged.push(text) });
  const server = await start({ config: read.config, databaseUrl, log, background });
  await server.stop();
  return logged;
}

test("a start that loses the database at any of its statements waits, and never blames the encryption key", async () => {
  for (let nth = 1; nth <= 40; nth += nth < 10 ? 1 : 5) {
    line.cutAtStatement(nth);
    const logged = await startOnce(url);
    if (!line.letPass()) break;
    expect(logged.join("")).not.toContain("LATCHKEY_ENCRYPTION_KEY");
  }
}, 120_000);

test("a start waits for a database that refuses connections, says so once, and goes on when it is there", async () => {
  const logged: string[] = [];
  const waits = () => logged.filter((text) => text.includes("waiting for the database to answer"));
  line.refuse();
  const started = startOnce(url, {}, logged);
  await until(() => Promise.resolve(waits().length), Boolean);
  line.accept();
  await started;
  expect(waits()).toHaveLength(1);
  expect(waits()[0]).toMatch(/"reason":"[^"]+".*"seconds":15/);
});

test("the wait has an end, and what waiting cannot change ends a start at once", async () => {
  line.refuse();
  const impatient = startOnce(url, { LATCHKEY_DATABASE_WAIT_SECONDS: "0" });
  await expect(impatient).rejects.toThrow(/The database cannot be reached \(.+\)\. Check DATABASE_URL/);
  line.accept();
  const [missing, stranger] = [new URL(database.url), new URL(database.url)];
  missing.pathname = "/nothing_here";
  stranger.username = "nobody_here";
  for (const [url, name] of [
    [missing, "nothing_here"],
    [stranger, "nobody_here"],
  ] as const) {
    const logged: string[] = [];
    const started = startOnce(url.href, {}, logged);
    await expect(started).rejects.toThrow(new RegExp(`cannot be reached .*${name}`));
    await expect(started).rejects.not.toBeInstanceOf(Outage);
    expect(logged.join("")).not.toContain("waiting");
  }
});

test("only a secret that does not open is a reason to name the encryption key", async () => {
  const other = "93ab10c7de2a85306bd94e17c60fa3528ce7d19b04a6f8aa";
  await expect(startOnce(database.url, { LATCHKEY_ENCRYPTION_KEY: other })).rejects.toThrow(
    /sealed with another LATCHKEY_ENCRYPTION_KEY/,
  );
});

test("a command waits for the database too", async () => {
  const empty = await createEmptyDatabase();
  try {
    line.refuse();
    const cli = await startCli(["migrate"], { DATABASE_URL: line.through(empty.url) });
    let said = "";
    cli.child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(
      () => Promise.resolve(said),
      (text) => text.includes("waiting for the database to answer"),
    );
    line.accept();
    const { code, out } = await cli.ended;
    expect([code, out]).toEqual([0, expect.stringContaining("Applied:")]);
  } finally {
    line.leadTo(database.url);
    await empty.drop();
  }
}, 90_000);
