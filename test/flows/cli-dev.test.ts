import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type RunningCli, runCli, startCli } from "../kit/run-cli";

let dataDir: string;
let running: RunningCli[] = [];

beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-dev-"));
});

afterEach(async () => {
  for (const cli of running) cli.child.kill("SIGKILL");
  await Promise.all(running.map((cli) => cli.ended));
  running = [];
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Started {
  cli: RunningCli;
  url: string;
  key: string;
  printed: string;
}

async function startDev(...args: string[]): Promise<Started> {
  const cli = await startCli(["dev", ...args], { PORT: "0", LATCHKEY_DATA_DIR: dataDir });
  running.push(cli);
  const printed = await cli.until(/Ctrl-C stops the server/);
  const url = /GraphQL +(\S+)/.exec(printed)?.[1] ?? "";
  return { cli, url, key: /lk_test_\w+/.exec(printed)?.[0] ?? "", printed };
}

async function stop({ cli }: Started, signal: NodeJS.Signals): Promise<number | null> {
  cli.child.kill(signal);
  return (await cli.ended).code;
}

async function ask<Data>({ url, key }: Started, query: string): Promise<Data> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return ((await response.json()) as { data: Data }).data;
}

interface Counts {
  users: { totalCount: number };
  products: { totalCount: number };
  activities: { totalCount: number };
}

const count = (server: Started) =>
  ask<Counts>(server, "{ users { totalCount } products { totalCount } activities { totalCount } }");

test("the first start needs no settings, and what it prints can be pasted and answers", async () => {
  const server = await startDev();
  const body = /-d '(.*)'/.exec(server.printed)?.[1] ?? "";
  const headers = { "content-type": "application/json", authorization: `Bearer ${server.key}` };
  const response = await fetch(server.url, { method: "POST", headers, body });
  expect(await response.json()).toEqual({
    data: { access: { allowed: true, reason: "PURCHASE", endsAt: null, via: { name: "The whole bakery" } } },
  });
  const graphiql = /GraphiQL +(\S+)/.exec(server.printed)?.[1] ?? "";
  expect((await fetch(graphiql)).status).toBe(200);
  expect(await stop(server, "SIGTERM")).toBe(0);
});

test("a restart finds its data and its key again and adds nothing", async () => {
  const first = await startDev();
  const before = await count(first);
  expect(await stop(first, "SIGINT")).toBe(0);
  const second = await startDev();
  expect(second.key).toBe(first.key);
  expect(await count(second)).toEqual(before);
  expect(before).toMatchObject({ users: { totalCount: 8 }, products: { totalCount: 7 } });
});

test("a start that died while it filled the demo shop is completed by the next one, and nothing is there twice", async () => {
  const first = await startDev();
  const before = await count(first);
  const mark = 'updateProduct(input: { product: "membership", metadata: { demo: "begun" } }) { id }';
  await ask(first, `mutation { ${mark} deleteUser(user: "marie") }`);
  first.cli.child.kill("SIGKILL");
  await first.cli.ended;
  const second = await startDev();
  const after = await count(second);
  expect([after.users, after.products]).toEqual([before.users, before.products]);
  const { user, product } = await ask<{ user: unknown; product: unknown }>(
    second,
    '{ user(id: "marie") { grants { nodes { status } } } product(key: "membership") { metadata } }',
  );
  expect(user).toEqual({ grants: { nodes: [{ status: "ENDED" }] } });
  expect(product).toEqual({ metadata: { demo: "complete" } });
});

test("keys can be made for the local database while the server runs, and work there", async () => {
  const server = await startDev();
  const made = await runCli(["keys", "create", "--name", "second", "--role", "read"], { LATCHKEY_DATA_DIR: dataDir });
  const asked = await ask<unknown>({ ...server, key: made.out.trim() }, "{ viewer { role mode } }");
  expect(asked).toEqual({ viewer: { role: "READ", mode: "TEST" } });
});

test("commands find the database and the simulated Stripe of a server beside them, and open both when it is stopped", async () => {
  const reconcile = async () => {
    const { code, out, said } = await runCli(["reconcile", "--json"], { LATCHKEY_DATA_DIR: dataDir });
    expect([code, said]).toEqual([0, ""]);
    return JSON.parse(out) as { status: string; done: number; failed: number };
  };
  const server = await startDev();
  const beside = await reconcile();
  expect(beside).toMatchObject({ status: "SUCCEEDED", failed: 0 });
  expect(beside.done).toBeGreaterThan(5);
  expect(await stop(server, "SIGTERM")).toBe(0);
  expect(await reconcile()).toMatchObject({ status: "SUCCEEDED", done: beside.done });
});

test("a port in use is said in a sentence, and nothing is left running", async () => {
  const other: Server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  const result = await runCli(["dev"], { PORT: String(port), LATCHKEY_DATA_DIR: dataDir });
  expect(result).toMatchObject({ code: 1, out: "" });
  expect(result.said).toBe(
    `Port ${port} is in use. Stop what listens there, or choose another one: PORT=4001, or PORT=0 for any.\n`,
  );
  other.close();
});
