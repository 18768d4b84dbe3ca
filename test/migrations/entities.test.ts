import { entities } from "../../src/app/entities";
import { openDatabase } from "../../src/database/open-database";
import type { Db } from "../../src/database/db";
import { type TestDatabase, createTestDatabase } from "../kit/test-database";

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = await openDatabase({ url: database.url, entities, connectionsMax: 2, statementTimeoutMs: 10_000 });
});
afterAll(async () => {
  await db.source.destroy();
  await database.drop();
});

interface Column {
  name: string;
  type: string;
  nullable: boolean;
}

test.each(entities)("%p has exactly the columns of its table", async (entity) => {
  const { tableName, columns } = db.source.getMetadata(entity);
  const described = columns.map((column): Column => ({
    name: column.databaseName,
    type: `${typeof column.type === "string" ? column.type : "?"}${column.isArray ? "[]" : ""}`,
    nullable: column.isNullable,
  }));
  const migrated = await db.rows<Column>(
    `/* test.columns */ select a.attname as name, replace(format_type(a.atttypid, -1), 'timestamp with time zone', 'timestamptz') as type,
       not a.attnotnull as nullable
     from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped`,
    [tableName],
  );
  const byName = (a: Column, b: Column) => (a.name < b.name ? -1 : 1);
  expect(described.sort(byName)).toEqual(migrated.sort(byName));
});
