import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { MINUTE } from "../base/durations";
import { Unavailable } from "../base/refusal";
import { type Account, nameOfWorkingFolder } from "./choose-postgres-account";
import type { Binaries } from "./find-postgres-binaries";
import { makeDataFolder } from "./make-data-folder";

export const USER = "latchkey";

/** Where things lie in the folder of one embedded database. */
export interface Places {
  /** Holds everything below. */
  root: string;
  /** Data and password. They appear together, by one rename. */
  cluster: string;
  data: string;
  /** Readable by whoever starts the server, not by the account that PostgreSQL runs under. */
  password: string;
  log: string;
}

export function placesIn(dataDir: string): Places {
  const root = path.resolve(dataDir);
  const cluster = path.join(root, "cluster");
  return {
    root,
    cluster,
    data: path.join(cluster, "data"),
    password: path.join(cluster, "password"),
    log: path.join(root, "server.log"),
  };
}

const UNFINISHED = "unfinished-";

/**
 * Makes the data folder and its password, unless they exist. A process may die here, and several may come at once: each
 * works in a folder of its own, and whoever renames it first has made the database. There is no lock that could be
 * left behind, and never half a database.
 */
export function createPostgresData(places: Places, binaries: Binaries, account: Account, durable: boolean): void {
  makeDataFolder(places.root);
  if (fs.existsSync(places.cluster)) return refuseOtherMajor(places, binaries);
  removeAbandoned(places.root);
  const unfinished = fs.mkdtempSync(path.join(places.root, UNFINISHED));
  try {
    makeCluster(placesOf(unfinished), binaries, account, durable);
    fs.renameSync(unfinished, places.cluster);
  } catch (error) {
    // Somebody was faster: theirs is as good as ours.
    if (!fs.existsSync(places.cluster)) throw error;
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
}

function placesOf(cluster: string): Pick<Places, "cluster" | "data" | "password"> {
  return { cluster, data: path.join(cluster, "data"), password: path.join(cluster, "password") };
}

function makeCluster(
  { cluster, data, password }: Pick<Places, "cluster" | "data" | "password">,
  binaries: Binaries,
  account: Account,
  durable: boolean,
): void {
  fs.mkdirSync(data, { mode: 0o700 });
  fs.writeFileSync(password, randomBytes(24).toString("base64url"), { mode: 0o600 });
  give(account, cluster, data, password);
  const folder = nameOfWorkingFolder(account, data);
  const { status, stdout, stderr, error } = spawnSync(
    binaries.program("initdb"),
    [
      `--pgdata=${folder}`,
      `--username=${USER}`,
      `--pwfile=${folder}/../password`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // Unicode letters have upper and lower case, and text sorts alike on every machine.
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      // Without safety nobody has to be kept out either: a connection need not take milliseconds of hashing.
      ...(durable ? [] : ["--no-sync", "--set=scram_iterations=1"]),
    ],
    // The environment of this process may hold secrets, and every program of that account could read it there.
    { ...account, cwd: data, env: { LC_ALL: "C", TZ: "UTC" }, encoding: "utf8", windowsHide: true },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`);
  takeBack(account, cluster, password);
}

function give({ uid, gid }: Account, ...paths: string[]): void {
  if (uid !== undefined && gid !== undefined) for (const each of paths) fs.chownSync(each, uid, gid);
}

function takeBack(account: Account, cluster: string, password: string): void {
  if (account.uid === undefined) return;
  for (const each of [cluster, password]) fs.chownSync(each, 0, 0);
  // The account may pass through to its data; the password keeps its 0600.
  fs.chmodSync(cluster, 0o711);
}

function refuseOtherMajor(places: Places, binaries: Binaries): void {
  const found = fs.readFileSync(path.join(places.data, "PG_VERSION"), "utf8").trim();
  if (found === binaries.major) return;
  throw new Unavailable({
    say:
      `The data in ${places.root} was written by PostgreSQL ${found}; this build brings PostgreSQL ${binaries.major}, ` +
      "which cannot read it. Go back to the build that wrote it, copy what you need into a server of your own and " +
      "set LATCHKEY_LOCAL_DATABASE_URL to that; or move the folder away to begin with an empty database.",
    note: { found, major: binaries.major },
  });
}

/** Nobody works on one for as long as this. */
function removeAbandoned(root: string): void {
  for (const name of fs.readdirSync(root)) {
    const folder = path.join(root, name);
    const stats = name.startsWith(UNFINISHED) ? fs.statSync(folder, { throwIfNoEntry: false }) : undefined;
    if (stats && Date.now() - stats.mtimeMs > 10 * MINUTE) fs.rmSync(folder, { recursive: true, force: true });
  }
}
