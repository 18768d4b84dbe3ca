import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { freePort } from "./free-port";
import { type RunningCli, DIST, startScript } from "./run-cli";
import { TEST_SECRETS } from "./start-latchkey";

/** A clock for processes: each reads the time from a file, which only the test writes. */
export interface FileClock {
  file: string;
  now(): Date;
  moveTo(moment: Date): void;
  remove(): void;
}

export function openFileClock(from: Date): FileClock {
  const folder = mkdtempSync(path.join(os.tmpdir(), "latchkey-clock-"));
  const file = path.join(folder, "now");
  let now = from;
  const moveTo = (moment: Date): void => {
    now = moment;
    // Renamed into place: nobody reads half a number.
    writeFileSync(`${file}.next`, String(moment.getTime()));
    renameSync(`${file}.next`, file);
  };
  moveTo(from);
  return { file, now: () => now, moveTo, remove: () => rmSync(folder, { recursive: true }) };
}

export const BOOTSTRAP_KEY = "lk_test_Q8zT1vYk3Lw0PsXc5Rb7Nm2Hd9Jf4Ga6";

export interface ServerProcess {
  url: string;
  pid: number;
  /** As a machine that loses its power: nothing is finished. */
  kill(): Promise<void>;
  /** As a person asks it to. */
  stop(): Promise<void>;
  isRunning(): boolean;
  /** What it wrote so far. */
  said(): string;
}

export interface ServerProcessOptions {
  databaseUrl: string;
  clock: FileClock;
  /** The one that was used before, so that it is found again after a restart. */
  port?: number;
  skewMs?: number;
  env?: Record<string, string>;
}

/** A server as a process of its own, on a clock of the test, with an administrator's key of test mode. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { databaseUrl, clock, port = await freePort(), skewMs = 0, env = {} } = options;
  const url = `http://127.0.0.1:${port}`;
  const cli = await startScript(path.join(__dirname, "serve-by-file-clock.cjs"), [DIST], {
    LATCHKEY_ENCRYPTION_KEY: TEST_SECRETS.LATCHKEY_ENCRYPTION_KEY,
    LATCHKEY_BOOTSTRAP_KEY: BOOTSTRAP_KEY,
    LATCHKEY_PUBLIC_URL: url,
    PORT: String(port),
    HOST: "127.0.0.1",
    DATABASE_URL: databaseUrl,
    LATCHKEY_DATABASE_CONNECTIONS: "4",
    TEST_CLOCK_FILE: clock.file,
    TEST_CLOCK_SKEW_MS: String(skewMs),
    ...env,
  });
  let output = "";
  for (const stream of [cli.child.stdout, cli.child.stderr]) {
    stream?.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  await cli.until(/"msg":"listening"/);
  return {
    url,
    pid: cli.child.pid ?? 0,
    kill: () => end(cli, "SIGKILL"),
    stop: () => end(cli, "SIGTERM"),
    isRunning: () => cli.child.exitCode === null && cli.child.signalCode === null,
    said: () => output,
  };
}

async function end(cli: RunningCli, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  cli.child.kill(signal);
  await cli.ended;
}

/** What the servers of a database have still to do. */
export const WAITING = `select
  (select count(*)::int from stripe_inbox where state = 'PENDING') as inbox,
  (select count(*)::int from jobs where status in ('QUEUED', 'RUNNING')) as jobs,
  (select count(*)::int from stripe_facts where needs_plan) as plans`;
