import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Bug } from "../base/refusal";
import { SECOND } from "../base/durations";
import { readErrorCode } from "./explain-postgres-trouble";
import { type Account, nameOfWorkingFolder } from "./choose-postgres-account";
import type { Places } from "./create-postgres-data";
import type { Binaries } from "./find-postgres-binaries";

export interface RunningServer {
  pid: number;
  port: number;
  ready: boolean;
}

/** What postmaster.pid says, if the process that it names is the server of this folder. */
export function findRunningServer(data: string): RunningServer | null {
  const file = path.join(data, "postmaster.pid");
  const lines = readIfThere(file)?.split("\n") ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const serves = servesFolder(pid, data);
  if (serves === "other process") {
    // After a crash the number may belong to somebody else by now, in a container nearly always. PostgreSQL would take
    // any living process for a server and refuse to start. A dead number it handles by itself, with more care.
    fs.rmSync(file, { force: true });
  }
  return serves === "yes" ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" } : null;
}

function servesFolder(pid: number, data: string): "yes" | "no process" | "other process" {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (readErrorCode(error) === "ESRCH") return "no process";
  }
  if (process.platform !== "linux") return "yes";
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(data) ? "yes" : "other process";
  } catch (error) {
    // A server that has ended and waits to be noticed has no folder any more; one of another user is not ours.
    return readErrorCode(error) === "ENOENT" ? "no process" : "other process";
  }
}

/** Unsafe when the machine crashes, and several times as fast: for data that nobody will miss. */
const NOT_DURABLE = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "200",
  // Many small databases that live for seconds: background work on them takes time and gives nothing.
  autovacuum: "off",
  bgwriter_lru_maxpages: "0",
  checkpoint_timeout: "1h",
  max_wal_size: "4GB",
  jit: "off",
  track_counts: "off",
};

export interface StartedServer {
  child: ChildProcess;
  port: number;
  /** What it has written to its log since it was started. */
  said(): string;
  failure(): Error | null;
}

export interface Running {
  durable: boolean;
  socket: boolean;
}

/** Starts the server and lets go of it: it lives on when this process is killed, and the next one finds it. */
export async function launchPostgres(
  places: Places,
  binaries: Binaries,
  account: Account,
  { durable, socket }: Running,
): Promise<StartedServer> {
  const port = await findFreePort();
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    // Relative to the data folder, which nobody else may enter.
    unix_socket_directories: socket ? "." : "",
    ...(durable ? {} : NOT_DURABLE),
  };
  const log = openServerLog(places.log, account);
  let failure: Error | null = null;
  const child = spawn(
    binaries.program("postgres"),
    [
      "-D",
      nameOfWorkingFolder(account, places.data),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    {
      ...account,
      cwd: places.data,
      // Secrets of ours do not belong in another process.
      env: { LC_ALL: "C", TZ: "UTC" },
      // A session of its own, so that Ctrl+C in the terminal reaches us alone and we stop it in order.
      detached: true,
      stdio: ["ignore", log.file, log.file],
      windowsHide: true,
    },
  );
  child.on("error", (error) => (failure = error));
  child.unref();
  fs.closeSync(log.file);
  return {
    child,
    port,
    failure: () => failure,
    said: () => fs.readFileSync(places.log).subarray(log.start).toString("utf8"),
  };
}

const LOG_BYTES_MAX = 1_000_000;

function openServerLog(file: string, { uid, gid }: Account): { file: number; start: number } {
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX) fs.truncateSync(file);
  const descriptor = fs.openSync(file, "a", 0o600);
  // Root may start somebody's server; the next start may be theirs.
  if (uid !== undefined && gid !== undefined) fs.fchownSync(descriptor, uid, gid);
  return { file: descriptor, start: fs.fstatSync(descriptor).size };
}

async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Bug("a listening server has no port"));
      });
    });
  });
}

const STOP_MS_MAX = 30 * SECOND;

/** Ends all its connections and stops the server. Without care, it does not write down what it holds in memory. */
export async function stopPostgres(data: string, { careful }: { careful: boolean }): Promise<void> {
  const server = findRunningServer(data);
  if (!server) return;
  try {
    process.kill(server.pid, careful ? "SIGINT" : "SIGQUIT");
  } catch (error) {
    if (readErrorCode(error) !== "ESRCH") throw error;
  }
  const deadline = Date.now() + STOP_MS_MAX;
  while (findRunningServer(data)?.pid === server.pid) {
    if (Date.now() > deadline) throw new Bug("the embedded database does not stop", { pid: server.pid });
    await delay(5);
  }
}

function readIfThere(file: string): string | null {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(readErrorCode(error) ?? "")) return null;
    throw error;
  }
}
