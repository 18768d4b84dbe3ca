import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { toPublicId } from "../../../src/base/ids";
import { WEBHOOK_SECRET, connectAccount } from "../account";
import type { Lab } from "../lab";
import type { Running } from "../processes";
import { type Side, type SideResult, compare, compareWith } from "../rounds";
import type { Row } from "../table";
import { USERS } from "./checks";

const run = promisify(execFile);

/** P4: a signature verified and a row committed, for each of so many events. */
export async function measureReceipt(lab: Lab): Promise<Row[]> {
  const shop = await lab.shop(USERS);
  const connectionId = await connectAccount(shop.databaseUrl, "acct_receipt");
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
  const load = {
    ports: [server.port],
    requests: [],
    webhooks: { path: address, secret: WEBHOOK_SECRET },
    expect: "received",
  };
  return { name, pids: [server.pid], load };
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
