import { CommanderError } from "commander";
import { describeProgram } from "./describe-program";
import { MISUSED } from "./exit-codes";
import { reportFailure } from "./report-failure";
import type { Terminal } from "./terminal";

/** Does what somebody typed behind `latchkey`, and answers the exit code. */
export async function runProgram(terminal: Terminal, args: readonly string[], version: string): Promise<number> {
  let code = 0;
  const program = describeProgram({ terminal, endWith: (result) => (code = result) }, version);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    // Commander has told the person already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    return reportFailure(error, terminal.remark);
  }
}
