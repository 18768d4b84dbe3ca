import { migrations } from "../../migrations";
import { readFacts } from "../../src/access/read-facts";
import { openLog } from "../../src/base/log";
import { type Db } from "../../src/database/db";
import { openDatabase } from "../../src/database/open-database";
import { runMigrations } from "../../src/database/run-migrations";
import { createEmptyDatabase, type TestDatabase } from "../kit/test-database";

const BEFORE = migrations.findIndex(({ name }) => name === "UnpaidRuns1764043200000");

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createEmptyDatabase();
  db = await openDatabase({ url: database.url, entities: [], connectionsMax: 1, statementTimeoutMs: 5_000 });
});
afterAll(async () => {
  await db.source.destroy();
  await database.drop();
});

test("facts of subscriptions keep the beginning of their grace through the update", async () => {
  const migrate = (upTo: number) =>
    runMigrations({ url: database.url, migrations: migrations.slice(0, upTo), log: openLog("silent") });
  await migrate(BEFORE);
  // Only the facts matter here: their connection need not be there.
  await db.rows("alter table stripe_facts disable trigger all");
  const failed = { firstFailureAt: "2026-03-01T12:00:00.000Z", failedInvoice: "in_2" };
  const none = { firstFailureAt: null, failedInvoice: null };
  await insert("sub_failed", "SUBSCRIPTION", { kind: "SUBSCRIPTION", status: "past_due", ...failed });
  await insert("sub_paid", "SUBSCRIPTION", { kind: "SUBSCRIPTION", status: "active", ...none });
  await insert("in_1", "ORDER", { kind: "ORDER", payment: "PAID" });
  await migrate(BEFORE + 1);
  const rows = await db.rows<{ source: string; facts: string }>(
    "select source, facts::text as facts from stripe_facts order by source",
  );
  const states = new Map(rows.map(({ source, facts }) => [source, readFacts(facts).state]));
  const sinceAt = new Date(failed.firstFailureAt);
  expect(states.get("sub_failed")).toEqual({
    kind: "SUBSCRIPTION",
    status: "past_due",
    unpaid: { sinceAt, paidAt: null, invoices: [{ id: "in_2", failedAt: sinceAt }] },
  });
  expect(states.get("sub_paid")).toMatchObject({ status: "active", unpaid: null });
  expect(states.get("in_1")).toEqual({ kind: "ORDER", payment: "PAID" });
});

function insert(source: string, kind: string, state: object): Promise<unknown> {
  return db.rows(
    `insert into stripe_facts (connection_id, source, kind, stripe_products, facts, observation, observed_at)
     values (gen_random_uuid(), $1, $2, '{}', $3, 1, now())`,
    [source, kind, JSON.stringify({ state, items: [] })],
  );
}
