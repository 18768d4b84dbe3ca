import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";
import { type RunningCli, runCli, runCliApart, startCli } from "../kit/run-cli";
import { createEmptyDatabase, type TestDatabase } from "../kit/test-database";
import { untilTrue } from "../kit/until";
import { testLong } from "../kit/is-long";

// One server for the whole file: a start brings a PostgreSQL, a Stripe and a demo shop. Tests that stop it start it again.

let dataDir: string;
let server: Started;
/** A database that the shell has exported for another program. */
let exported: TestDatabase;

beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-dev-"));
  exported = await createEmptyDatabase();
  server = await startDev({ DATABASE_URL: exported.url, LATCHKEY_DATABASE_OWNER_URL: exported.url });
});

afterAll(async () => {
  await end("SIGTERM");
  await exported.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Started {
  cli: RunningCli;
  url: string;
  key: string;
  printed: string;
}

async function startDev(env: Record<string, string> = {}): Promise<Started> {
  const cli = await startCli(["dev"], { PORT: "0", LATCHKEY_DATA_DIR: dataDir, ...env });
  const printed = await cli.until(/Ctrl-C stops the server/);
  const url = /GraphQL +(\S+)/.exec(printed)?.[1] ?? "";
  return { cli, url, key: /Administrator's key.*\n +(lk_test_\w+)/.exec(printed)?.[1] ?? "", printed };
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  server.cli.child.kill(signal);
  return (await server.cli.ended).code;
}

async function ask<Data>(query: string, key = server.key): Promise<Data> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const response = await fetch(server.url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return ((await response.json()) as { data: Data }).data;
}

interface Counts {
  users: { totalCount: number };
  products: { totalCount: number };
  activities: { totalCount: number };
}

const count = () => ask<Counts>("{ users { totalCount } products { totalCount } activities { totalCount } }");

const linkIn = (name: string) => new RegExp(`${name} +(http\\S+)`).exec(server.printed)?.[1] ?? "";

/** Returns the rows of a list in the simulated Stripe. */
async function stripeHas<Row>(list: string): Promise<Row[]> {
  const response = await fetch(new URL(`/_control/${list}`, linkIn("Control room")));
  return ((await response.json()) as { data: Row[] }).data;
}

async function tablesOf({ url }: TestDatabase): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  );
  await client.end();
  return rows.map(({ name }) => name);
}

async function reconcile() {
  const { code, out, said } = await runCli(["reconcile", "--json"], { LATCHKEY_DATA_DIR: dataDir });
  expect([code, said]).toEqual([0, ""]);
  return JSON.parse(out) as { status: string; done: number; failed: number };
}

test("the first start needs no settings, and what it prints can be pasted and answers", async () => {
  const body = /-d '(.*)'/.exec(server.printed)?.[1] ?? "";
  const headers = { "content-type": "application/json", authorization: `Bearer ${server.key}` };
  const response = await fetch(server.url, { method: "POST", headers, body });
  expect(await response.json()).toEqual({
    data: { access: { allowed: true, reason: "PURCHASE", endsAt: null, via: { name: "The whole bakery" } } },
  });
  expect((await fetch(linkIn("GraphiQL"))).status).toBe(200);
});

test("an exported DATABASE_URL is not touched, and a remark names the setting that would use it", async () => {
  expect(await tablesOf(exported)).toEqual([]);
  expect(server.cli.said()).toMatch(/DATABASE_URL.* not used.*LATCHKEY_LOCAL_DATABASE_URL/);
  expect(server.cli.said()).not.toContain(exported.url);
});

test("it brings a simulated Stripe whose links can be clicked, with somebody in every state", async () => {
  for (const [name, text] of [
    ["Control room", "Control room"],
    ["Checkout", "Bread for beginners"],
    ["Portal", "Membership"],
  ] as const) {
    const page = await fetch(linkIn(name));
    expect([name, page.status]).toEqual([name, 200]);
    expect(await page.text()).toContain(text);
  }
  const subscriptions = await stripeHas<{ status: string; cancel_at_period_end: boolean }>("subscriptions");
  const states = ["active", "trialing", "past_due", "canceled", "paused", "incomplete", "unpaid"];
  expect(new Set(subscriptions.map(({ status }) => status))).toEqual(new Set(states));
  expect(subscriptions.filter((subscription) => subscription.cancel_at_period_end)).toHaveLength(1);
});

test("the simulated Stripe is connected by itself, and what happens there arrives here", async () => {
  const ours = new URL(server.url).origin;
  await untilTrue(async () =>
    (await stripeHas<{ url: string }>("endpoints")).some(({ url }) => url.startsWith(`${ours}/stripe/webhook/con_`)),
  );
  const post = (act: string, body: object) =>
    fetch(new URL(`/_control/${act}`, linkIn("Control room")), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const [customer] = await stripeHas<{ id: string }>("customers");
  await post("delete-customer", { customer: customer?.id });
  const deliveries = () => stripeHas<{ status: string }>("deliveries?type=customer.deleted");
  await untilTrue(async () => (await deliveries()).some(({ status }) => status === "delivered"));
});

test("keys can be made for the local database while the server runs, and work there", async () => {
  const made = await runCli(["keys", "create", "--name", "second", "--role", "read"], { LATCHKEY_DATA_DIR: dataDir });
  expect(await ask<unknown>("{ viewer { role mode } }", made.out.trim())).toEqual({
    viewer: { role: "READ", mode: "TEST" },
  });
});

test("two processes do not write one world", async () => {
  const { code, said } = await runCliApart(["dev"], { PORT: "0", LATCHKEY_DATA_DIR: dataDir });
  expect([code, said]).toEqual([1, expect.stringContaining("is used by another process")]);
});

test("local mode refuses to start beside a live key", async () => {
  const { code, said } = await runCliApart(["dev"], {
    PORT: "0",
    LATCHKEY_DATA_DIR: dataDir,
    STRIPE_SECRET_KEY: "sk_live_0123456789abcdefghijklmn",
  });
  expect([code, said]).toEqual([2, expect.stringContaining("STRIPE_SECRET_KEY")]);
  expect(said).not.toContain("sk_live_0");
});

testLong("a shop with products of its own starts without the demo, and has no pages of it", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "latchkey-dev-"));
  const start = async (...more: string[]) => {
    const cli = await startCli(["dev", ...more], { PORT: "0", LATCHKEY_DATA_DIR: folder });
    const text = await cli.until(/Ctrl-C stops the server/);
    const [url = "", key = ""] = [/GraphQL +(\S+)/.exec(text)?.[1], /Administrator's key.*\n +(\S+)/.exec(text)?.[1]];
    const stop = () => (cli.child.kill("SIGTERM"), cli.ended);
    return { text, url, key, stop };
  };
  try {
    const empty = await start("--no-demo");
    const headers = { "content-type": "application/json", authorization: `Bearer ${empty.key}` };
    const printed = { method: "POST", headers, body: /-d '(.*)'/.exec(empty.text)?.[1] ?? "" };
    expect(await (await fetch(empty.url, printed)).json()).toMatchObject({ data: { setupStatus: { ready: false } } });
    const body = JSON.stringify({ query: 'mutation { createProduct(input: { key: "own", name: "Own" }) { id } }' });
    await fetch(empty.url, { method: "POST", headers, body });
    await empty.stop();
    const own = await start();
    expect(own.text).not.toContain("Demo shop");
    expect((await fetch(new URL("/demo", own.url))).status).toBe(404);
    expect(await (await fetch(new URL("/bought", own.url))).text()).not.toContain("demo");
    await own.stop();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

testLong("a port in use is said in a sentence, and nothing is left running", async () => {
  const other: Server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  const folder = mkdtempSync(path.join(tmpdir(), "latchkey-dev-"));
  try {
    const result = await runCliApart(["dev"], { PORT: String(port), LATCHKEY_DATA_DIR: folder });
    expect(result).toMatchObject({ code: 1, out: "" });
    expect(result.said).toBe(
      `Port ${port} is in use. Stop what listens there, or choose another one: PORT=4001, or PORT=0 for any.\n`,
    );
  } finally {
    other.close();
    rmSync(folder, { recursive: true });
  }
});

testLong(
  "a start that died while it filled the demo shop is completed by the next one, and nothing is there twice",
  async () => {
    const before = await count();
    const [customers, checkout] = [await stripeHas("customers"), new URL(linkIn("Checkout")).pathname];
    const mark = 'updateProduct(input: { product: "membership", metadata: { demo: "begun" } }) { id }';
    await ask(`mutation { ${mark} deleteUser(user: "marie") }`);
    await end("SIGKILL");
    server = await startDev();
    const after = await count();
    expect([after.users, after.products]).toEqual([before.users, before.products]);
    const { user, product } = await ask<{ user: unknown; product: unknown }>(
      '{ user(id: "marie") { grants { nodes { status } } } product(key: "membership") { metadata } }',
    );
    expect(user).toEqual({ grants: { nodes: [{ status: "ENDED" }] } });
    expect(product).toEqual({ metadata: { demo: "complete" } });
    // The simulated world is found again too.
    expect(await stripeHas("customers")).toEqual(customers);
    expect(new URL(linkIn("Checkout")).pathname).toBe(checkout);
  },
);

testLong(
  "commands find the database and the simulated Stripe of a server beside them, open both when it is stopped, and a restart adds nothing",
  async () => {
    const beside = await reconcile();
    expect(beside).toMatchObject({ status: "SUCCEEDED", failed: 0 });
    expect(beside.done).toBeGreaterThan(5);
    const [before, { key }] = [await count(), server];
    expect(before).toMatchObject({ users: { totalCount: 9 }, products: { totalCount: 7 } });
    expect(await end("SIGTERM")).toBe(0);
    expect(await reconcile()).toMatchObject({ status: "SUCCEEDED", done: beside.done });
    server = await startDev();
    expect(server.key).toBe(key);
    const after = await count();
    expect([after.users, after.products]).toEqual([before.users, before.products]);
    // The line of the reconciliation that ran alone.
    expect(after.activities.totalCount).toBe(before.activities.totalCount + 1);
  },
);

test("a Stripe of one's own replaces the simulated one, and a database that is named the embedded one", async () => {
  expect(await end("SIGINT")).toBe(0);
  server = await startDev({
    LATCHKEY_LOCAL_DATABASE_URL: exported.url,
    STRIPE_SECRET_KEY: "sk_test_0123456789abcdefghijkl",
    STRIPE_API_BASE: "http://127.0.0.1:9",
  });
  expect(server.printed).not.toContain("simulated Stripe");
  expect(await tablesOf(exported)).toContain("users");
  expect(await count()).toMatchObject({ products: { totalCount: 7 } });
});
