import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface Running {
  pid: number;
  port: number;
  /** From the call of the program to the first answer of `/health/ready`, or to the word "ready". */
  startMs: number;
  stop(): Promise<void>;
  /** As a machine that loses its power. */
  kill(): Promise<void>;
}

const MAIN = path.join(__dirname, "../../src/cli/main.js");

/** The product as it is run: compiled, with its default settings but for the limits of one key and one user. */
export function productEnv(databaseUrl: string, port: number): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    HOST: "127.0.0.1",
    PORT: String(port),
    LATCHKEY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    LATCHKEY_ENCRYPTION_KEY: "4f1c9b7de2a85306bd94e17c60fa3528ce7d19b04a6f83e5",
    LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY: "100000000",
    LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: "100000000",
  };
}

export async function startProduct(
  databaseUrl: string,
  folder: string,
  more: Record<string, string> = {},
): Promise<Running> {
  const port = more["PORT"] === undefined ? await freePort() : Number(more["PORT"]);
  const env = { ...productEnv(databaseUrl, port), ...more };
  const began = performance.now();
  const { child, log } = launch([MAIN, "serve"], env, folder);
  await until(child, log, async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok);
  return running(child, port, began);
}

export function startBaseline(databaseUrl: string, folder: string): Promise<Running> {
  return startHelper("baseline.js", { DATABASE_URL: databaseUrl }, folder);
}

export function startCannedStripe(folder: string): Promise<Running> {
  return startHelper("canned-stripe.js", {}, folder);
}

/** One of the bench's own servers. */
async function startHelper(file: string, env: Record<string, string>, folder: string): Promise<Running> {
  const port = await freePort();
  const began = performance.now();
  const { child, log } = launch([path.join(__dirname, file)], { ...env, PORT: String(port) }, folder);
  await until(child, log, () => Promise.resolve(readFileSync(log, "utf8").includes("ready")));
  return running(child, port, began);
}

/** A command that ends by itself; what it printed. */
export function runCommand(args: readonly string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...base(), ...env } });
    let [out, said] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(`${args.join(" ")}: ${said}`))));
  });
}

function base(): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
}

let launched = 0;

/** Its log goes to a file, as it would in earnest. */
function launch(args: string[], env: Record<string, string>, folder: string): { child: ChildProcess; log: string } {
  const log = path.join(folder, `process-${++launched}.log`);
  const file = openSync(log, "a");
  const child = spawn(process.execPath, args, { env: { ...base(), ...env }, stdio: ["ignore", file, file] });
  closeSync(file);
  return { child, log };
}

async function until(child: ChildProcess, log: string, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isReady().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`it does not start:\n${readFileSync(log, "utf8").slice(-4_000)}`);
    await delay(5);
  }
}

function running(child: ChildProcess, port: number, began: number): Running {
  const ended = new Promise<void>((done) => void child.once("exit", () => done()));
  const end = (signal: "SIGTERM" | "SIGKILL") => {
    child.kill(signal);
    return ended;
  };
  const startMs = performance.now() - began;
  return { pid: child.pid ?? 0, port, startMs, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
