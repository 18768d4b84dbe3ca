import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { freePort } from "./free-port";
import { leadThrough } from "./lead-through-pooler";
import { untilTrue } from "./until";

const PGBOUNCER = process.env["PGBOUNCER"] ?? "/usr/sbin/pgbouncer";

export const hasPooler = existsSync(PGBOUNCER);
export const POOLER_ADVICE = `no PgBouncer at ${PGBOUNCER}: "apt-get install -y pgbouncer", or name one in the variable PGBOUNCER`;

export interface Pooler extends RunningPooler {
  /** The address of the same database through PgBouncer. */
  through(databaseUrl: string): string;
  stop(): void;
}

/** What another process needs to use it and to stop it. */
export interface RunningPooler {
  port: number;
  pid: number;
  folder: string;
}

export function stopPooler({ pid, folder }: RunningPooler): void {
  process.kill(pid, "SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

/** PgBouncer refuses to run as root. Nobody owns the data of an embedded PostgreSQL too. */
const NOBODY = 65_534;

/**
 * Starts PgBouncer in transaction mode before a PostgreSQL server, for all its databases. It gets Debian's defaults and
 * these changes.
 */
export async function startPooler(serverUrl: string, changes: Record<string, string> = {}): Promise<Pooler> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "latchkey-pooler-"));
  const port = await freePort();
  const { user, password, host, port: serverPort } = readServer(serverUrl);
  const users = path.join(folder, "users.txt");
  writeFileSync(users, `"${user}" "${password}"\n`);
  const settings = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    // It listens on this machine alone, and checking passwords would keep its one thread busy.
    auth_type: "trust",
    auth_file: users,
    pool_mode: "transaction",
    max_client_conn: "2000",
    ...changes,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const file = path.join(folder, "pgbouncer.ini");
  writeFileSync(file, `[databases]\n* = host=${host} port=${serverPort}\n[pgbouncer]\n${lines.join("\n")}\n`);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const one of [folder, users, file]) chownSync(one, NOBODY, NOBODY);
  chmodSync(users, 0o600);
  const account = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(PGBOUNCER, ["-q", file], { stdio: ["ignore", "ignore", "pipe"], ...account });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await untilTrue(async () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended:\n${said}`);
    return listens(port);
  });
  // Nothing keeps the process of the tests alive for it.
  child.unref();
  (child.stderr as unknown as { unref(): void }).unref();
  const running = { port, pid: child.pid ?? 0, folder };
  return { ...running, through: (url) => leadThrough(url, port), stop: () => stopPooler(running) };
}

function readServer(serverUrl: string) {
  const url = new URL(serverUrl);
  return {
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    host: decodeURIComponent(url.hostname),
    port: url.port || "5432",
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
