#!/usr/bin/env node
import "reflect-metadata";
import { readFileSync } from "node:fs";
import path from "node:path";
import { FAILED, INTERRUPTED } from "./exit-codes";
import { reportFailure } from "./report-failure";
import { runProgram } from "./run-program";
import type { Terminal } from "./terminal";
import { untilToldToStop } from "./until-told-to-stop";

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
  untilToldToStop,
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
  process.exitCode = await runProgram(terminal, process.argv.slice(2), readVersion());
  // What was under way is left where it stands: nobody waits for it any more.
  if (process.exitCode === INTERRUPTED) process.exit();
}

function readVersion(): string {
  const file = path.join(__dirname, "../../../package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
