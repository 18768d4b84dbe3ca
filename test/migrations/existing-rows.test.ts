import { createHash } from "node:crypto";
import { migrations } from "../../migrations";
import { openLog } from "../../src/base/log";
import { type Db } from "../../src/database/db";
import { openDatabase } from "../../src/database/open-database";
import { runMigrations } from "../../src/database/run-migrations";
import { createEmptyDatabase, type TestDatabase } from "../kit/test-database";

// Rows that an older version wrote, after the migrations that change what they mean.

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

const runUntil = (name: string) => {
  const end = migrations.findIndex((migration) => migration.name === name);
  return runMigrations({ url: database.url, migrations: migrations.slice(0, end), log: openLog("silent") });
};
const uuid = (n: number) => `0197aaaa-0000-7000-8000-${String(n).padStart(12, "0")}`;
const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** A user, a product and an account, as every version has them. */
async function insertShop(db: Db) {
  const [user, product, connection] = [uuid(1), uuid(2), uuid(3)];
  await db.rows(`insert into users (id, created_at, updated_at, metadata) values ($1, now(), now(), '{}')`, [user]);
  await db.rows(
    `insert into products (id, key, name, status, access_mode, purchase_method, show_when_locked, tags, metadata,
       created_at, updated_at) values ($1, 'pro', 'pro', 'LIVE', 'ENTITLED', 'CHECKOUT', true, '{}', '{}', now(), now())`,
    [product],
  );
  await db.rows(
    `insert into stripe_connections (id, account, mode, status, created_at, updated_at)
     values ($1, 'acct_1', 'TEST', 'CONNECTED', now(), now())`,
    [connection],
  );
  return { user, product, connection };
}

test("of several open checkouts of a user the newest stays, and keys go to those who may have sent them", async () => {
  await runUntil("OneOpenSession1764039900000");
  const { user, product, connection } = await insertShop(db);
  const checkout = (n: number, status: string, more: { slot: string; hours: number; isGuest?: boolean }) =>
    db.rows(
      `insert into checkout_sessions (id, mode, connection_id, user_id, is_guest, product_id, price, quantity, slot,
         input_hash, session, status, expires_at, created_by, created_at)
       values ($1, 'TEST', $2, $3, $4, $5, 'price_1', 1, $6, 'h', $7, $8,
         case when $7::text is null then null else now() + make_interval(hours => $9) end, 'key_1',
         now() + make_interval(hours => $9 - 24))`,
      [
        uuid(n),
        connection,
        user,
        more.isGuest ?? false,
        product,
        more.slot,
        status === "MAKING" ? null : `cs_${n}`,
        status,
        more.hours,
      ],
    );
  await checkout(10, "OPEN", { slot: "a", hours: 20 });
  await checkout(11, "OPEN", { slot: "b", hours: 21 });
  await checkout(12, "MAKING", { slot: "c", hours: 22 });
  await checkout(13, "MAKING", { slot: "d", hours: -2 });
  await checkout(14, "OPEN", { slot: "e", hours: -1 });
  await checkout(15, "OPEN", { slot: "f", hours: 23, isGuest: true });
  await checkout(16, "COMPLETE", { slot: "g", hours: 22 });
  await db.rows(
    `insert into api_keys (id, name, role, mode, prefix, hash, created_at, created_by) values
       ($1, 'a', 'WRITE', 'TEST', 'a', '\\x01', now(), 'k'), ($2, 'b', 'PUBLISHABLE', 'TEST', 'b', '\\x02', now(), 'k')`,
    [uuid(20), uuid(21)],
  );
  const key = (operation: string, object: number, age: string) =>
    db.rows(
      `insert into idempotency_keys (mode, operation, key, input_hash, object_id, created_at)
       values ('TEST', $1, $2, 'h', $3, now() - $4::interval)`,
      [operation, `k${object}`, uuid(object), age],
    );
  await key(`createCheckoutSession ${user}`, 10, "1 hour");
  await key("createCheckoutSession", 15, "1 hour");
  await key("createUser", 1, "2 hours");
  await key("createUser", 2, "25 hours");

  await runMigrations({ url: database.url, migrations, log: openLog("silent") });

  expect(await db.rows("select id, status from checkout_sessions order by id")).toEqual(
    ["CLOSING", "OPEN", "CLOSING", "EXPIRED", "EXPIRED", "OPEN", "COMPLETE"].map((status, n) => ({
      id: uuid(10 + n),
      status,
    })),
  );
  expect(await db.rows("select operation, scope, key from idempotency_keys order by operation")).toEqual([
    { operation: "createCheckoutSession", scope: hash(`user ${user}`), key: "k10" },
    { operation: "createUser", scope: hash(`key ${uuid(20)}`), key: "k1" },
  ]);
});

test("grants of purchases by an address alone are marked, and events that failed keep no body", async () => {
  const other = await createEmptyDatabase();
  const older = await openDatabase({ url: other.url, entities: [], connectionsMax: 1, statementTimeoutMs: 5_000 });
  try {
    const end = migrations.findIndex(({ name }) => name === "GrantsByAddress1764054000000");
    await runMigrations({ url: other.url, migrations: migrations.slice(0, end), log: openLog("silent") });
    const { user, product, connection } = await insertShop(older);
    const owners = ["CLAIM", "CUSTOMER", "EMAIL", "CREATED"];
    for (const [n, ownerBy] of owners.entries()) {
      await older.rows(
        `insert into grants (user_id, id, product_id, mode, source, reason, starts_at, created_at, updated_at,
           connection_id, stripe_object, stripe_item)
         values ($1, $2, $3, 'TEST', 'SUBSCRIPTION', 'SUBSCRIPTION', now(), now(), now(), $4, $5, 'si_1')`,
        [user, uuid(10 + n), product, connection, `sub_${n}`],
      );
      await older.rows(
        `insert into stripe_facts (connection_id, source, kind, stripe_products, facts, observation, observed_at, owner_id,
           owner_by) values ($1, $2, 'SUBSCRIPTION', '{}', '{}', 1, now(), $3, $4)`,
        [connection, `sub_${n}`, user, ownerBy],
      );
    }
    for (const state of ["FAILED", "PENDING"]) {
      await older.rows(
        `insert into stripe_inbox (connection_id, event_id, type, subject, shape, happened_at, received_at, body, state)
         values ($1, $2, 'customer.subscription.updated', 'cus_1', 'SNAPSHOT', now(), now(), '{}', $2)`,
        [connection, state],
      );
    }

    await runMigrations({ url: other.url, migrations, log: openLog("silent") });

    const rows = await older.rows<{ by_address: boolean }>("select by_address from grants order by id");
    expect(rows.map(({ by_address }) => by_address)).toEqual([false, false, true, true]);
    expect(await older.rows("select state, body from stripe_inbox order by state")).toEqual([
      { state: "FAILED", body: null },
      { state: "PENDING", body: "{}" },
    ]);
  } finally {
    await older.source.destroy();
    await other.drop();
  }
});

test("lines about the money of an order are named by their product, and stay as they are otherwise", async () => {
  const other = await createEmptyDatabase();
  const older = await openDatabase({ url: other.url, entities: [], connectionsMax: 1, statementTimeoutMs: 5_000 });
  try {
    const end = migrations.findIndex(({ name }) => name === "LinesOfEachProduct1764056000000");
    await runMigrations({ url: other.url, migrations: migrations.slice(0, end), log: openLog("silent") });
    const { product } = await insertShop(older);
    const lines: [string, string, boolean][] = [
      ["PURCHASE_REFUNDED", "c in_1 refunded re_1", true],
      ["DISPUTE_OPENED", "c sub_1 dispute opened du_1", true],
      ["DISPUTE_CLOSED", "c pi_1 dispute closed du_1", true],
      ["PAYMENT_PENDING", "c pi_1 pending", true],
      ["PAYMENT_FAILED", "c pi_1 payment failed", true],
      ["PAYMENT_FAILED", "c sub_1 payment failed in_1", false],
      ["PRODUCT_PURCHASED", "c pi_1 purchased price_1", false],
    ];
    for (const [n, [type, name]] of lines.entries()) {
      await older.rows(
        `insert into activities (id, mode, type, at, recorded_at, product_id, actor, origin, message, once_key)
         values ($1, 'TEST', $2, now(), now(), $3, 'STRIPE', 'WEBHOOK', 'm', $4)`,
        [uuid(10 + n), type, product, name],
      );
    }

    await runMigrations({ url: other.url, migrations, log: openLog("silent") });

    const names = await older.rows<{ name: string }>("select once_key as name from activities order by id");
    expect(names.map(({ name }) => name)).toEqual(
      lines.map(([, name, isRenamed]) => (isRenamed ? `${name} ${product}` : name)),
    );
    await expect(older.rows("update activities set message = 'x'")).rejects.toThrow("append-only");
  } finally {
    await older.source.destroy();
    await other.drop();
  }
});

test("a customer that waits for a new address gets the address alone, and names in Stripe stay", async () => {
  const other = await createEmptyDatabase();
  const older = await openDatabase({ url: other.url, entities: [], connectionsMax: 1, statementTimeoutMs: 5_000 });
  try {
    const end = migrations.findIndex(({ name }) => name === "NamesOfCustomers1764059100000");
    await runMigrations({ url: other.url, migrations: migrations.slice(0, end), log: openLog("silent") });
    const { user, product, connection } = await insertShop(older);
    for (const [n, wanted] of ["now()", "null"].entries()) {
      await older.rows(
        `insert into customer_links (id, connection_id, customer, user_id, basis, linked_by, linked_at, active, dead,
           push_wanted_at) values ($1, $2, $3, $4, 'HAND', 'key_1', now(), true, false, ${wanted})`,
        [uuid(10 + n), connection, `cus_${n}`, user],
      );
    }
    await older.rows(
      `insert into product_links (id, connection_id, product_id, stripe_product, price_ids, checkout_enabled, state,
         created_at, updated_at) values ($1, $2, $3, 'prod_1', '{}', true, 'ACTIVE', now(), now())`,
      [uuid(20), connection, product],
    );

    await runMigrations({ url: other.url, migrations, log: openLog("silent") });

    expect(await older.rows("select customer, push_fields from customer_links order by customer")).toEqual([
      { customer: "cus_0", push_fields: ["email"] },
      { customer: "cus_1", push_fields: [] },
    ]);
    expect(await older.rows("select push_name, pushed_name from product_links")).toEqual([
      { push_name: false, pushed_name: null },
    ]);
  } finally {
    await older.source.destroy();
    await other.drop();
  }
});
