import { type Logger, type LogLevel, openLog } from "../base/log";
import type { Terminal } from "./terminal";

/** For commands that answer and end: their log stands beside what they say to a person, and never in the answer. */
export function openTerminalLog(terminal: Pick<Terminal, "remark">, level: LogLevel): Logger {
  return openLog(level, { write: (line) => terminal.remark(line.trimEnd()) });
}
