import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isLong } from "./is-long";
import { behindPooler } from "./lead-through-pooler";
import { readSources, root } from "./read-sources";
import { runCliHere } from "./run-cli-here";

/** Where the compiled sources are. */
export const DIST = path.join(root, "dist");
const MAIN = path.join(DIST, "src/cli/main.js");
const STAMP = path.join(DIST, ".built-from");
const TURN = path.join(root, "node_modules/.cache-latchkey-build");

export interface CliResult {
  code: number | null;
  out: string;
  /** What was said on standard error. */
  said: string;
}

/** Runs `latchkey` as a person would, with these settings and no others: in the long suite as a process of its own. */
export async function runCli(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  return isLong ? runCliApart(args, env) : runCliHere(args, env);
}

export async function runCliApart(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  const cli = await startCli(args, env);
  return cli.ended;
}

export interface RunningCli {
  child: ChildProcess;
  ended: Promise<CliResult>;
  /** Standard error so far. */
  said(): string;
  /** Resolves when standard output holds this; rejects when the process ends before it does. */
  until(pattern: RegExp): Promise<string>;
}

export async function startCli(args: readonly string[], env: Record<string, string> = {}): Promise<RunningCli> {
  return startScript(MAIN, args, env);
}

/** Another script that loads what was compiled, as a process of its own. */
export async function startScript(
  file: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<RunningCli> {
  await build();
  const settings = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...behindPooler(env) };
  const child = spawn(process.execPath, [file, ...args], { env: settings, cwd: root });
  let out = "";
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<CliResult>((resolve) => child.on("close", (code) => resolve({ code, out, said })));
  const until = async (pattern: RegExp): Promise<string> => {
    while (!pattern.test(out)) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended early:\n${out}\n${said}`);
      await delay(20);
    }
    return out;
  };
  return { child, ended, said: () => said, until };
}

/** Compiles when a source is newer than what was compiled last. Test files in other processes wait for their turn. */
async function build(): Promise<void> {
  const newest = newestSource();
  while (!isBuilt(newest)) {
    if (!takeTurn()) {
      await delay(100);
      continue;
    }
    try {
      const compiler = path.join(root, "node_modules/typescript/bin/tsc");
      const args = [compiler, "-p", path.join(root, "tsconfig.build.json")];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
      if (status !== 0) throw new Error(`the command line does not compile:\n${stdout}`);
      writeFileSync(STAMP, newest);
    } finally {
      rmSync(TURN, { recursive: true, force: true });
    }
  }
}

function newestSource(): string {
  const times = ["src", "migrations"].flatMap((folder) =>
    [...readSources(folder).keys()].map((file) => statSync(path.join(root, folder, file)).mtimeMs),
  );
  return `${times.length} files, newest ${Math.max(...times)}`;
}

function isBuilt(newest: string): boolean {
  try {
    return readFileSync(STAMP, "utf8") === newest;
  } catch {
    return false;
  }
}

const TURN_MS_MAX = 120_000;

function takeTurn(): boolean {
  try {
    mkdirSync(TURN);
    return true;
  } catch {
    const age = Date.now() - (statSync(TURN, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    // Whoever took it was killed.
    if (age > TURN_MS_MAX) rmSync(TURN, { recursive: true, force: true });
    return false;
  }
}
