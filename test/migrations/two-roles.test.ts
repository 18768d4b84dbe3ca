import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Client } from "pg";
import { openLog } from "../../src/base/log";
import { rightsOn } from "../../src/database/grant-to-run-role";
import { runMigrations } from "../../src/database/run-migrations";
import { readSources, root } from "../kit/read-sources";
import { createEmptyDatabase, type TestDatabase } from "../kit/test-database";
import { tinyMigration } from "../kit/tiny-migrations";

const log = openLog("silent");
// Roles belong to the whole server. The name needs quoting on purpose.
const role = `latchkey "run" ${randomBytes(4).toString("hex")}`;
const quoted = `"${role.replaceAll('"', '""')}"`;
const migrations = [
  tinyMigration(1, [
    "create table users (id int primary key, name text)",
    "create table activities (id int generated always as identity primary key, what text)",
    "create sequence observations",
    "create function double(n int) returns int language sql return n * 2",
    "revoke execute on function double from public",
    "insert into activities (what) values ('it began')",
  ]),
];

let database: TestDatabase;
let owner: Client;
let run: Client;

beforeAll(async () => {
  database = await createEmptyDatabase();
  owner = new Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`create role ${quoted} login password 'run'`);
  await runMigrations({ url: database.url, migrations, log, runRole: role });
  const url = new URL(database.url);
  url.username = encodeURIComponent(role);
  url.password = "run";
  run = new Client({ connectionString: url.href });
  await run.connect();
});

afterAll(async () => {
  await run.end();
  await owner.query(`drop owned by ${quoted}`);
  await owner.query(`drop role ${quoted}`);
  await owner.end();
  await database.drop();
});

test("the run role reads and writes tables, draws from sequences and calls functions", async () => {
  await run.query("insert into users values (1, 'Ada'), (2, 'Bob')");
  await run.query("update users set name = 'Ada L.' where id = 1");
  expect((await run.query("select id, name from users order by id")).rows).toEqual([
    { id: 1, name: "Ada L." },
    { id: 2, name: "Bob" },
  ]);
  expect((await run.query("select nextval('observations') > 0 as drawn, double(2)")).rows).toEqual([
    { drawn: true, double: 4 },
  ]);
});

test("the run role may add to the journal and read it, but never change it", async () => {
  await run.query("insert into activities (what) values ('it went on')");
  expect((await run.query("select what from activities order by id")).rows).toHaveLength(2);
  for (const text of [
    "update activities set what = 'it never happened'",
    "delete from activities",
    "truncate activities",
  ]) {
    await expect(run.query(text)).rejects.toThrow(/permission denied/);
  }
});

test("the run role cannot change the schema or what it says about itself", async () => {
  for (const text of [
    "create table mine (id int)",
    "alter table users add column mine text",
    "drop table users",
    "insert into migrations (timestamp, name) values (1, 'Never')",
    "delete from migrations",
  ]) {
    await expect(run.query(text)).rejects.toThrow(/permission denied|must be owner/);
  }
  expect((await run.query("select name from migrations")).rows).toHaveLength(1);
  const { rows } = await owner.query("select relname from pg_class where relowner = $1::regrole", [quoted]);
  expect(rows).toEqual([]);
});

test("a right that was given by hand and is not needed is taken away by the next run", async () => {
  await owner.query(`grant update on activities to ${quoted}`);
  await runMigrations({ url: database.url, migrations, log, runRole: role });
  await expect(run.query("update activities set what = ''")).rejects.toThrow(/permission denied/);
});

test("a run role that does not exist is named", async () => {
  const attempt = runMigrations({ url: database.url, migrations, log, runRole: "nobody-knows" });
  await expect(attempt).rejects.toThrow(/no PostgreSQL role nobody-knows/);
});

test("the run role removes rows where the program does, and nowhere else", () => {
  const sources = [...readSources("src")].filter(([file]) => !file.startsWith("local/")).map(([, source]) => source);
  const entities = new Map(
    sources.flatMap((source) => {
      const [, table = "", entity = ""] = /@Entity\("(\w+)"\)\s+export class (\w+)/.exec(source) ?? [];
      return table ? [[entity, table] as const] : [];
    }),
  );
  const byStatement = sources.flatMap((source) => [...source.matchAll(/\bdelete from (\w+)/g)].map(([, name]) => name));
  const byEntity = sources.flatMap((source) =>
    [...source.matchAll(/repository\((\w+)\)\s*\.(?:delete|remove)\(/g)].map(([, entity = ""]) => entities.get(entity)),
  );
  const tables = [
    ...readFileSync(path.join(root, "migrations/schema.sql"), "utf8").matchAll(/^create (?:unlogged )?table (\w+)/gm),
  ];
  const removable = tables.map(([, name = ""]) => name).filter((name) => rightsOn("table", name).includes("delete"));
  expect(removable).toEqual([...new Set([...byStatement, ...byEntity])].toSorted());
  expect(removable.length).toBeLessThan(tables.length / 2);
});
