import { migrations } from "../../migrations";
import { openLog } from "../../src/base/log";
import type { Db } from "../../src/database/db";
import { openDatabase } from "../../src/database/open-database";
import { runMigrations } from "../../src/database/run-migrations";
import { createEmptyDatabase, type TestDatabase } from "../kit/test-database";

const log = openLog("silent");
const CONNECTION = "00000000-0000-4000-8000-00000000000c";
const user = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createEmptyDatabase();
  db = await openDatabase({ url: database.url, entities: [], connectionsMax: 1, statementTimeoutMs: 5_000 });
  const at = migrations.findIndex(({ name }) => name.startsWith("JoinsByAddress"));
  await runMigrations({ url: database.url, migrations: migrations.slice(0, at), log });
  await db.rows(
    `insert into stripe_connections (id, mode, account, status, created_at, updated_at)
     values ($1, 'TEST', 'acct_1', 'DISCONNECTED', now(), now())`,
    [CONNECTION],
  );
  const people: [string, string, boolean][] = [
    ["Ada@Shop.example", "ada@shop.example", true],
    ["bob@bücher.example", "bob@bücher.example", false],
    ["bob@xn--bcher-kva.example", "bob@xn--bcher-kva.example", true],
  ];
  for (const [index, [email, key, verified]] of people.entries()) {
    await db.rows(
      `insert into users (id, email, email_key, email_verified, created_at, updated_at)
       values ($1, $2, $3, $4, now(), now())`,
      [user(index + 1), email, key, verified],
    );
  }
  const links: [string, string, boolean][] = [
    ["cus_joined", "e-mail", true],
    ["cus_over", "key_1", false],
    ["cus_hand", "key_1", true],
  ];
  for (const [index, [customer, linkedBy, active]] of links.entries()) {
    await db.rows(
      `insert into customer_links (id, connection_id, customer, user_id, active, linked_by, linked_at)
       values ($1, $2, $3, $4, $5, $6, now())`,
      [user(100 + index), CONNECTION, customer, user(index + 1), active, linkedBy],
    );
    await db.rows(
      `insert into stripe_customers (connection_id, customer, email, email_key, observation, observed_at)
       values ($1, $2, 'Ada@Shop.example', 'ada@shop.example', 1, now())`,
      [CONNECTION, customer],
    );
  }
  await runMigrations({ url: database.url, migrations, log });
});
afterAll(async () => {
  await db.source.destroy();
  await database.drop();
});

test("proofs count in both modes as before, and two spellings of one domain are told apart by the proof", async () => {
  expect(
    await db.rows("select email_key, email_verified_live as live, email_verified_test as test from users order by id"),
  ).toEqual([
    { email_key: "ada@shop.example", live: true, test: true },
    { email_key: null, live: false, test: false },
    { email_key: "bob@xn--bcher-kva.example", live: true, test: true },
  ]);
});

test("links say what they rest on, and those that are over were ended by hand", async () => {
  const found = await db.rows("select customer, basis, joined_key, ended_by from customer_links order by customer");
  expect(found).toEqual([
    { customer: "cus_hand", basis: "HAND", joined_key: null, ended_by: null },
    { customer: "cus_joined", basis: "ADDRESS", joined_key: "ada@shop.example", ended_by: null },
    { customer: "cus_over", basis: "HAND", joined_key: null, ended_by: "HAND" },
  ]);
});
