import { Client } from "pg";
import { migrations } from "../../migrations";
import { openLog } from "../../src/base/log";
import { checkSchema, type MigrationClass } from "../../src/database/check-schema";
import { type Db } from "../../src/database/db";
import { openDatabase } from "../../src/database/open-database";
import { runMigrations } from "../../src/database/run-migrations";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../kit/test-database";
import { tinyMigration, tinyName } from "../kit/tiny-migrations";

const log = openLog("silent");
const one = tinyMigration(1, ["create table ones (id int primary key)", "insert into ones values (1)"]);
const two = tinyMigration(2, ["create table twos (id int primary key)"]);
const broken = tinyMigration(3, ["create table threes (id int)", "insert into threes values ('no number')"]);
const four = tinyMigration(4, ["create table fours (id int)"]);

let database: TestDatabase;
let db: Db;

beforeEach(async () => {
  database = await createEmptyDatabase();
  db = await openDatabase({ url: database.url, entities: [], connectionsMax: 1, statementTimeoutMs: 5_000 });
});

afterEach(async () => {
  await db.source.destroy();
  await database.drop();
});

const migrate = (list: readonly MigrationClass[]) => runMigrations({ url: database.url, migrations: list, log });

async function tables(): Promise<string[]> {
  const rows = await db.rows<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  );
  return rows.map(({ name }) => name);
}

test("the migrations of this build install into an empty database", async () => {
  const { applied } = await migrate(migrations);
  expect(applied).toHaveLength(migrations.length);
  expect(await checkSchema({ db, migrations })).toEqual({ state: "CURRENT" });
});

test("a copy of the template is up to date", async () => {
  const copy = await createTestDatabase();
  const { applied } = await runMigrations({ url: copy.url, migrations, log });
  expect(applied).toEqual([]);
  await copy.drop();
});

test("a second run does nothing, and an update runs only what is new", async () => {
  expect(await migrate([one])).toEqual({ applied: [tinyName(1)] });
  expect(await migrate([one])).toEqual({ applied: [] });
  expect(await migrate([one, two])).toEqual({ applied: [tinyName(2)] });
  expect(await db.rows("select id from ones")).toEqual([{ id: 1 }]);
});

test("twenty processes at once on an empty database: one migrates, the others find it done", async () => {
  const list = [one, two, ...migrations];
  const results = await Promise.all(Array.from({ length: 20 }, () => migrate(list)));
  const worked = results.filter(({ applied }) => applied.length > 0);
  expect(worked).toHaveLength(1);
  expect(worked[0]?.applied).toHaveLength(list.length);
  expect(await db.rows("select count(*)::int as n from migrations")).toEqual([{ n: list.length }]);
});

test("a schema newer than this build stops it with advice, and is not touched", async () => {
  await migrate([one, two]);
  await expect(migrate([one, four])).rejects.toThrow(
    new RegExp(`newer than this build: it has run ${tinyName(2)}.*Start the build that migrated it`),
  );
  expect(await tables()).toEqual(["migrations", "ones", "twos"]);
  expect(await checkSchema({ db, migrations: [one] })).toMatchObject({ state: "NEWER", unknown: [tinyName(2)] });
});

test("a migration that fails leaves nothing of itself, keeps those before it, and is named", async () => {
  await expect(migrate([one, two, broken, four])).rejects.toThrow(
    new RegExp(`${tinyName(3)} failed: invalid input syntax.*Nothing of it was kept.*latchkey migrate`),
  );
  expect(await tables()).toEqual(["migrations", "ones", "twos"]);
  const mended = tinyMigration(3, ["create table threes (id int)"]);
  expect(await migrate([one, two, mended, four])).toEqual({ applied: [tinyName(3), tinyName(4)] });
});

test("a schema behind this build is reported, with what to run", async () => {
  expect(await checkSchema({ db, migrations: [one] })).toMatchObject({ state: "BEHIND", missing: [tinyName(1)] });
  await migrate([one]);
  const schema = await checkSchema({ db, migrations: [one, two] });
  expect(schema).toMatchObject({ state: "BEHIND", missing: [tinyName(2)] });
  expect(schema).toHaveProperty("advice", expect.stringContaining("latchkey migrate"));
});

test("indexes can be built concurrently while other processes wait for their turn", async () => {
  const concurrent = class extends tinyMigration(5, ["create index concurrently ones_idx on ones (id)"]) {
    override readonly transaction = false;
  };
  const list = [one, concurrent];
  const results = await Promise.all(Array.from({ length: 5 }, () => migrate(list)));
  expect(results.flatMap(({ applied }) => applied)).toEqual([tinyName(1), tinyName(5)]);
});

test("a migration gives up on a table that somebody else holds, so that nobody queues behind it", async () => {
  await migrate([one]);
  const holder = new Client({ connectionString: database.url });
  await holder.connect();
  await holder.query("begin; lock table ones in access share mode");
  const impatient = tinyMigration(6, ["set local lock_timeout = 50", "alter table ones add column note text"]);
  await expect(migrate([one, impatient])).rejects.toThrow(/lock timeout/);
  await holder.end();
  expect(await migrate([one, impatient])).toEqual({ applied: [tinyName(6)] });
});

test("a database that cannot be reached is said without its password", async () => {
  const attempt = runMigrations({ url: "postgres://me:hidden@127.0.0.1:1/none", migrations: [one], log });
  await expect(attempt).rejects.toThrow(/cannot be reached/);
  await expect(attempt).rejects.not.toThrow(/hidden/);
});
