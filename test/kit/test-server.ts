import fs from "node:fs";
import { connect, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { placesIn } from "../../src/local/create-postgres-data";
import { stopPostgres } from "../../src/local/run-postgres";

/** How the run tells its workers, which are processes of their own, where the databases are. */
export const SERVER_URL = "LATCHKEY_TEST_SERVER_URL";
export const PREFIX = "LATCHKEY_TEST_PREFIX";
export const DATA_DIR = "LATCHKEY_TEST_DATA_DIR";
/** The pooler of the run, in JSON. Not set: servers reach PostgreSQL itself. */
export const POOLER = "LATCHKEY_TEST_POOLER";

export function readTestSetting(name: typeof SERVER_URL | typeof PREFIX): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests through jest, whose global setup starts the server`);
  return value;
}

export function templateOf(prefix: string): string {
  return `${prefix}_template`;
}

/** The database of a run's own server is reached through a socket: it is asked a million times. */
export function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  const dataDir = process.env[DATA_DIR];
  if (dataDir) url.hostname = encodeURIComponent(placesIn(dataDir).data);
  return url.href;
}

/** A plain connection to the server of a database, for lines between the two. */
export function connectToServer({ hostname, port }: URL): Socket {
  const host = decodeURIComponent(hostname);
  return host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(Number(port), host);
}

const FOLDER = /^latchkey-test-(\d+)-/;

const MEMORY = "/dev/shm";
const ROOM = 2_000_000_000;

/** In memory where there is room: copying a database is files, and several times as fast there. */
export function makeDataDir(): string {
  return fs.mkdtempSync(path.join(hasRoom(MEMORY) ? MEMORY : os.tmpdir(), `latchkey-test-${process.pid}-`));
}

function hasRoom(folder: string): boolean {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize > ROOM;
  } catch {
    return false;
  }
}

export async function removeDataDir(folder: string): Promise<void> {
  await stopPostgres(placesIn(folder).data, { careful: false });
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** A run that was killed leaves its server and data behind. */
export async function removeDataOfDeadRuns(): Promise<void> {
  for (const base of [MEMORY, os.tmpdir()].filter((folder) => fs.existsSync(folder))) {
    for (const name of fs.readdirSync(base)) {
      const pid = Number(FOLDER.exec(name)?.[1]);
      if (!pid || isAlive(pid)) continue;
      // Another user's is theirs to remove.
      await removeDataDir(path.join(base, name)).catch(() => undefined);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // In a container nobody may have taken note that it ended: then it still has a number, and is a Z(ombie).
    return process.platform !== "linux" || !fs.readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch (error) {
    return typeof error === "object" && error !== null && "code" in error && error.code === "EPERM";
  }
}
