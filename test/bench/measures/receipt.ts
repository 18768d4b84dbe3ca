import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { newUuid, toPublicId } from "../../../src/base/ids";
import { readConfig } from "../../../src/config/read-config";
import { sealOf } from "../../../src/connections/seal-connection";
import type { FilledShop, Lab } from "../lab";
import { type Running, productEnv } from "../processes";
import { type Side, type SideResult, compare, compareWith } from "../rounds";
import type { Row } from "../table";
import { USERS } from "./checks";

const SECRET = "whsec_benchbenchbenchbenchbenchbench";
const run = promisify(execFile);

/** P4: a signature verified and a row committed, for each of so many events. */
export async function measureReceipt(lab: Lab): Promise<Row[]> {
  const shop = await lab.shop(USERS);
  const connectionId = await connect(shop);
  const [product, baseline] = [await shop.product(), await shop.baseline()];
  try {
    const address = `/stripe/webhook/${toPublicId("connection", connectionId)}`;
    const sides: [Side, Side] = [sideOf("latchkey", product, address), sideOf("baseline", baseline, "/receipt")];
    const plain = await compare(sides, lab.pace, lab.postgres);
    const name = "P4 receipt of a webhook";
    const rows: Row[] = [{ name, against: "one prepared insert behind node:http", goal: "none", seen: plain }];
    if (!(await hasPgbench())) return rows;
    const script = writeScript(lab, connectionId);
    const other = (ms: number) => pgbench(shop.databaseUrl, script, lab.pace.connections, ms);
    const seen = await compareWith(sides[0], other, lab.pace, lab.postgres);
    return [...rows, { name, against: "pgbench, one insert each", goal: "≥ 0.7", seen }];
  } finally {
    await product.stop();
    await baseline.stop();
  }
}

function sideOf(name: string, server: Running, address: string): Side {
  const load = { ports: [server.port], requests: [], webhooks: { path: address, secret: SECRET }, expect: "received" };
  return { name, pids: [server.pid], load };
}

/** A connection with nothing behind it: events are kept for it, and Stripe is not asked about them. */
async function connect({ databaseUrl }: FilledShop): Promise<string> {
  const read = readConfig(productEnv(databaseUrl, 0), { localMode: false });
  if (!("config" in read)) throw new Error("the bench's own settings are wrong");
  const id = newUuid();
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into stripe_connections (id, account, mode, status, webhook_secret_sealed, created_at, updated_at)
     values ($1, 'acct_bench', 'TEST', 'CONNECTED', $2, now(), now())`,
    [id, sealOf(read, id, "webhook_secret", SECRET)],
  );
  await client.end();
  return id;
}

async function hasPgbench(): Promise<boolean> {
  return run("pgbench", ["--version"]).then(
    () => true,
    () => false,
  );
}

function writeScript(lab: Lab, connectionId: string): string {
  const file = path.join(lab.folder, "insert.sql");
  writeFileSync(
    file,
    `insert into stripe_inbox (connection_id, event_id, type, object_id, ids, subject, shape, happened_at, received_at, state)
     values ('${connectionId}', 'evt_' || gen_random_uuid(), 'invoice.finalized', 'in_1', '{"invoice":["in_1"]}', 'cus_1',
             'SNAPSHOT', now(), now(), 'IGNORED');\n`.replace(/\n +/g, " "),
  );
  return file;
}

async function pgbench(url: string, script: string, connections: number, ms: number): Promise<SideResult> {
  const seconds = String(Math.max(1, Math.round(ms / 1_000)));
  const args = ["-n", "-M", "prepared", "-c", String(connections), "-j", "1", "-T", seconds, "-f", script, url];
  const { stdout } = await run("pgbench", args);
  const perSecond = Number(/tps = ([\d.]+)/.exec(stdout)?.[1] ?? NaN);
  const p50 = Number(/latency average = ([\d.]+)/.exec(stdout)?.[1] ?? NaN);
  return { perSecond, p50, p99: NaN, serverCpu: null, postgresCpu: null };
}
