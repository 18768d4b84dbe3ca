import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { migrateDatabase } from "../../src/app/prepare-database";
import { openLog } from "../../src/base/log";
import { readConfig } from "../../src/config/read-config";
import { Bug } from "../../src/base/refusal";
import { type TestDatabase, createTestDatabase } from "../kit/test-database";
import { type Latchkey, startLatchkeyOn, TEST_SECRETS } from "../kit/start-latchkey";

const role = `latchkey_run_${randomBytes(4).toString("hex")}`;
const password = randomBytes(12).toString("hex");
let database: TestDatabase;
let latchkey: Latchkey;

beforeAll(async () => {
  database = await createTestDatabase();
  await asOwner((client) => client.query(`create role ${role} login password '${password}'`));
  const env = { ...TEST_SECRETS, DATABASE_URL: runUrl(), LATCHKEY_DATABASE_OWNER_URL: database.url };
  const read = readConfig(env, { localMode: false });
  if (!read.ok) throw new Bug(JSON.stringify(read.mistakes));
  await migrateDatabase({ config: read.config, databaseUrl: runUrl(), log: openLog("silent") });
  latchkey = await startLatchkeyOn(database, { env });
});

afterAll(async () => {
  await latchkey.stop();
  await asOwner((client) => client.query(`drop owned by ${role}; drop role ${role}`));
  await database.drop();
});

test("a role that owns nothing serves everything, and removes a person from a journal that it cannot rewrite", async () => {
  await latchkey.get(`mutation { createProduct(input: { key: "pro", name: "Pro" }) { id } }`);
  await latchkey.get(`mutation { createUser(input: { externalId: "ada", email: "ada@example.com" }) { id } }`);
  await latchkey.get(`mutation { grantAccess(input: { user: "ada", product: "pro", note: "a trial" }) { id } }`);
  await latchkey.get(
    `mutation { recordActivity(input: { type: "seen", user: "ada", message: "Ada was here" }) { id } }`,
  );
  const { access } = await latchkey.get<{ access: { allowed: boolean } }>(
    `{ access(product: "pro", user: "ada") { allowed } }`,
  );
  expect(access.allowed).toBe(true);
  await latchkey.get(`mutation { deleteUser(user: "ada") }`);
  const { activities } = await latchkey.get<{ activities: { nodes: { type: string; message: string }[] } }>(
    `{ activities { nodes { type message } } }`,
  );
  expect(activities.nodes.map((line) => line.type)).toEqual(
    expect.arrayContaining(["USER_CREATED", "ACCESS_GRANTED", "CUSTOM", "USER_DELETED"]),
  );
  expect(JSON.stringify(activities)).not.toContain("Ada was here");
});

test.each([
  ["update activities set message = 'rewritten'", "42501"],
  ["delete from activities", "42501"],
  ["create table mine (id int)", "42501"],
  ["drop table users", "42501"],
])("that role cannot: %s", async (statement, sqlState) => {
  const client = new Client({ connectionString: runUrl() });
  await client.connect();
  await expect(client.query(statement)).rejects.toMatchObject({ code: sqlState });
  await client.end();
});

function runUrl(): string {
  const url = new URL(database.url);
  url.username = role;
  url.password = password;
  return url.href;
}

async function asOwner(work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await work(client);
  await client.end();
}
