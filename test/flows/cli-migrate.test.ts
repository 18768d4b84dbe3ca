import { runCli } from "../kit/run-cli";
import { createEmptyDatabase, type TestDatabase } from "../kit/test-database";

let database: TestDatabase;

beforeEach(async () => {
  database = await createEmptyDatabase();
});

afterEach(() => database.drop());

const cli = (...args: string[]) => runCli(args, { DATABASE_URL: database.url });

test("migrate needs the address of the database and nothing else, and does its work once", async () => {
  const first = await cli("migrate");
  expect(first).toMatchObject({ code: 0, said: "" });
  expect(first.out).toMatch(/^Applied:\n  Foundation\d+/);
  expect(await cli("migrate")).toEqual({ code: 0, out: "Nothing to do: the database is current.\n", said: "" });
});

test("the status is an exit code, a sentence, and JSON for programs", async () => {
  const before = await cli("migrate", "--status");
  expect(before.code).toBe(1);
  expect(before.out).toMatch(/^The database is behind this build: .*latchkey migrate/);
  await cli("migrate", "--json");
  expect(await cli("migrate", "--status")).toMatchObject({ code: 0, out: "The database is current.\n" });
  expect(JSON.parse((await cli("migrate", "--status", "--json")).out)).toEqual({ state: "CURRENT" });
});
