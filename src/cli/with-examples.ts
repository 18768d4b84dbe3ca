import type { Command } from "commander";

/** Shown below the options of a command, and in the docs. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ ${example}`).join("\n");
  return command.addHelpText("after", `\n${examples.length === 1 ? "Example" : "Examples"}:\n${lines}`);
}
