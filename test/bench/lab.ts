import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../../src/local/embedded-postgres";
import { familyOf, nameOf, parentOf } from "./cpu";
import { type Running, productEnv, runCommand, startBaseline, startCannedStripe, startProduct } from "./processes";
import type { Pace } from "./rounds";
import { type Shop, fillShop } from "./shop";

/** A PostgreSQL with its default settings, and databases in it that are gone afterwards. */
export interface Lab {
  folder: string;
  pace: Pace;
  short: boolean;
  /** Of the measures that fill a shop as large as is wanted. */
  customers: number;
  /** A migrated database of its own with so many users. */
  shop(users: number): Promise<FilledShop>;
  /** The same without anything in it. */
  emptyShop(): Promise<Pick<FilledShop, "databaseUrl" | "product">>;
  /** A Stripe that answers at once. */
  cannedStripe(): Promise<Running>;
  /** The processes of PostgreSQL; none when it runs elsewhere. */
  postgres(): number[];
  say(text: string): void;
  close(): Promise<void>;
}

export interface FilledShop extends Shop {
  databaseUrl: string;
  /** With these settings besides the usual ones. */
  product(env?: Record<string, string>): Promise<Running>;
  baseline(): Promise<Running>;
  /** The secret of a new key of this role. */
  key(role: "READ" | "WRITE" | "ADMIN"): Promise<string>;
}

export async function openLab(options: Pick<Lab, "pace" | "short" | "customers" | "say">): Promise<Lab> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "latchkey-bench-"));
  const given = process.env["DATABASE_URL"];
  const embedded = given === undefined ? await startEmbeddedPostgres({ dataDir: path.join(folder, "postgres") }) : null;
  const serverUrl = given ?? embedded?.url ?? "";
  const postmaster = await findPostmaster(serverUrl);
  const open: { stop(): Promise<void> }[] = [];
  const databases: string[] = [];
  const shops = new Map<number, Promise<FilledShop>>();
  const keep = async (starting: Promise<Running>): Promise<Running> => {
    const running = await starting;
    open.push(running);
    return running;
  };

  async function makeEmptyShop(title: string) {
    const name = `latchkey_bench_${process.pid}_${title}`;
    await ask(serverUrl, `create database ${name}`);
    databases.push(name);
    const databaseUrl = Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
    await runCommand(["migrate"], productEnv(databaseUrl, 0));
    const product: FilledShop["product"] = (more) => keep(startProduct(databaseUrl, folder, more));
    return { databaseUrl, product };
  }

  async function makeShop(users: number): Promise<FilledShop> {
    const empty = await makeEmptyShop(String(users));
    const { databaseUrl } = empty;
    const env = productEnv(databaseUrl, 0);
    const shop = await fillShop(databaseUrl, users);
    return {
      ...shop,
      ...empty,
      baseline: () => keep(startBaseline(databaseUrl, folder)),
      key: async (role) => (await runCommand(["keys", "create", "--name", "bench", "--role", role], env)).trim(),
    };
  }

  return {
    ...options,
    folder,
    shop: (users) => {
      const found = shops.get(users) ?? makeShop(users);
      shops.set(users, found);
      return found;
    },
    emptyShop: () => makeEmptyShop("empty"),
    cannedStripe: () => keep(startCannedStripe(folder)),
    postgres: () => (postmaster === null ? [] : familyOf(postmaster)),
    close: async () => {
      for (const running of open.toReversed()) await running.stop();
      for (const name of databases) await ask(serverUrl, `drop database if exists ${name} with (force)`);
      await embedded?.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The parent of a connection's process, if it is on this machine. */
async function findPostmaster(url: string): Promise<number | null> {
  const [row] = (await ask(url, "select pg_backend_pid() as pid")) as { pid: number }[];
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const pid = rows[0]?.pid ?? row?.pid ?? 0;
    return nameOf(pid)?.startsWith("postgres") ? parentOf(pid) : null;
  } finally {
    await client.end();
  }
}
