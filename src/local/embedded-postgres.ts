import fs from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { Logger } from "../base/log";
import { MINUTE, SECOND } from "../base/durations";
import { Unavailable } from "../base/refusal";
import { type Account, choosePostgresAccount } from "./choose-postgres-account";
import { createPostgresData, type Places, placesIn, USER } from "./create-postgres-data";
import { explainPostgresTrouble, readErrorCode } from "./explain-postgres-trouble";
import { type Binaries, findPostgresBinaries } from "./find-postgres-binaries";
import { findRunningServer, launchPostgres, type Running, stopPostgres } from "./run-postgres";

export interface EmbeddedPostgresOptions {
  /** A folder that belongs to this database alone. It is made when it is not there. */
  dataDir: string;
  /** False gives up safety in a power failure for speed. */
  durable?: boolean;
  /** Also listens at a socket in its data folder: a question costs a third less than through the network. */
  socket?: boolean;
  log?: Logger;
}

export interface EmbeddedPostgres {
  /** Holds the password. */
  url: string;
  /** False when another process had started it, or had left it running. */
  startedHere: boolean;
  /** Lets go of the server. It stops when nobody else holds it. */
  stop(): Promise<void>;
}

const START_MS_MAX = MINUTE;

/**
 * A real PostgreSQL server without an installation, for machines that have none. Whoever asks for the same folder gets
 * the same server: every holder keeps one connection open with a shared lock, and a server whose last holder leaves is
 * stopped by that one. A holder that was killed loses its connection and so does not count.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable = true, socket = false, log } = options;
  const places = placesIn(options.dataDir);
  try {
    const account = choosePostgresAccount(places.data);
    const binaries = findPostgresBinaries(account, places.root);
    createPostgresData(places, binaries, account, durable);
    const { holder, port, startedHere } = await findOrLaunch(places, binaries, account, { durable, socket });
    log?.info({ port, startedHere, folder: places.root }, "the embedded database is ready");
    let stopped: Promise<void> | undefined;
    return {
      url: `postgres://${USER}:${readPassword(places)}@127.0.0.1:${port}/postgres`,
      startedHere,
      stop: () => (stopped ??= letGo(places, holder, durable)),
    };
  } catch (error) {
    throw explainPostgresTrouble(places.root, error);
  }
}

interface Held {
  holder: Client;
  port: number;
  startedHere: boolean;
}

async function findOrLaunch(places: Places, binaries: Binaries, account: Account, running: Running): Promise<Held> {
  const deadline = Date.now() + START_MS_MAX;
  while (Date.now() < deadline) {
    const found = findRunningServer(places.data);
    const held = found
      ? found.ready && (await hold(places, found.port, false))
      : await launchAndHold(places, binaries, account, running, deadline);
    if (held) return held;
    // It is starting, stopping, or another process was faster. Each of these ends soon.
    await delay(10);
  }
  throw new Unavailable({
    say: `The embedded database in ${places.root} did not become ready in time. Its log is ${places.log}.`,
  });
}

// Another process has just started the server; the port was taken meanwhile; the last of a crashed server's processes
// has not noticed yet.
const TRY_AGAIN = /lock file "postmaster.pid"|could not bind|could not create any TCP|pre-existing shared memory block/;

async function launchAndHold(
  places: Places,
  binaries: Binaries,
  account: Account,
  how: Running,
  deadline: number,
): Promise<Held | null> {
  const server = await launchPostgres(places, binaries, account, how);
  while (server.failure() === null && server.child.exitCode === null && server.child.signalCode === null) {
    const running = findRunningServer(places.data);
    if (running && running.pid !== server.child.pid) return null;
    if (running?.ready) return hold(places, running.port, true);
    if (Date.now() > deadline) return null;
    await delay(5);
  }
  const said = server.failure()?.message ?? server.said();
  if (!TRY_AGAIN.test(said)) throw new Error(said);
  return null;
}

/** Any number that no one else locks in this database; the data's own locks are in other databases or other numbers. */
const PRESENCE = 5_077_202_611;

/** Null when the server is about to stop, or does not take connections yet. */
async function hold(places: Places, port: number, startedHere: boolean): Promise<Held | null> {
  const holder = new Client({
    host: "127.0.0.1",
    port,
    user: USER,
    password: readPassword(places),
    database: "postgres",
    application_name: "latchkey presence",
    keepAlive: true,
    connectionTimeoutMillis: 5 * SECOND,
  });
  // It ends when the server stops, and must not take the process with it.
  holder.on("error", () => undefined);
  try {
    await holder.connect();
    // Waits for whoever is stopping the server; then the connection breaks and the search begins again.
    await holder.query("select pg_advisory_lock_shared($1)", [PRESENCE]);
  } catch (error) {
    await holder.end().catch(() => undefined);
    if (readErrorCode(error) !== "28P01") return null;
    throw new Unavailable({
      say:
        `The embedded database does not accept the password in ${places.password}. Put the file back that was made ` +
        `together with the data, or move ${places.root} away to begin with an empty database.`,
    });
  }
  // Being present is no reason to keep a process alive that has nothing else to do.
  keepAlive(holder, false);
  return { holder, port, startedHere };
}

/** pg has both methods, its types have not. */
function keepAlive(client: Client & { ref?: () => void; unref?: () => void }, alive: boolean): void {
  if (alive) client.ref?.();
  else client.unref?.();
}

async function letGo(places: Places, holder: Client, durable: boolean): Promise<void> {
  keepAlive(holder, true);
  if (await isLast(holder)) await stopPostgres(places.data, { careful: durable });
  await holder.end().catch(() => undefined);
}

async function isLast(holder: Client): Promise<boolean> {
  try {
    await holder.query("select pg_advisory_unlock_shared($1)", [PRESENCE]);
    const { rows } = await holder.query<{ last: boolean }>("select pg_try_advisory_lock($1) as last", [PRESENCE]);
    return rows[0]?.last === true;
  } catch {
    // The connection is gone, and with it the server, or it will be found by the next one to start.
    return false;
  }
}

function readPassword(places: Places): string {
  return fs.readFileSync(places.password, "utf8").trim();
}
