#!/usr/bin/env node
import "reflect-metadata";
import { readFileSync } from "node:fs";
import path from "node:path";
import { CommanderError } from "commander";
import { describeProgram } from "./describe-program";
import { FAILED, INTERRUPTED, MISUSED } from "./exit-codes";
import { reportFailure } from "./report-failure";
import type { Terminal } from "./terminal";

// The one place that looks at the process: everybody else is handed what they need. Commands are loaded when they are
// called, so that help and mistakes come at once.
const { stdin, stdout, stderr } = process;

/** Of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;

const terminal: Terminal = {
  env: { ...process.env },
  print: (text) => void stdout.write(`${text}\n`),
  remark: (text) => void stderr.write(`${text}\n`),
  write: (bytes) => new Promise((done, fail) => stdout.write(bytes, (error) => (error ? fail(error) : done()))),
  input: stdin,
  screen: stderr.isTTY
    ? { columns: () => stderr.columns || USUAL_COLUMNS, draw: (text) => void stderr.write(text) }
    : null,
};

process.on("uncaughtException", (error) => {
  // Whoever read our answer has heard enough, as `head` has.
  if ((error as { code?: unknown }).code === "EPIPE") process.exit(FAILED);
  reportFailure(error, terminal.remark);
  process.exit(FAILED);
});

void begin();

async function begin(): Promise<void> {
  process.exitCode = await run(process.argv);
  // What was under way is left where it stands: nobody waits for it any more.
  if (process.exitCode === INTERRUPTED) process.exit();
}

async function run(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = describeProgram({ terminal, endWith: (result) => (code = result) }, readVersion());
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    // Commander has told the person already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    return reportFailure(error, terminal.remark);
  }
}

function readVersion(): string {
  const file = path.join(__dirname, "../../../package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
