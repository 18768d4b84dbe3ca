import type { Command } from "commander";
import { describeProgram } from "../src/cli/describe-program";
import { exitCodes } from "../src/cli/exit-codes";

/** As wide as a page is read. */
const COLUMNS = 100;

export function writeCommandLinePage(): string {
  const nobody = { env: {}, print: nothing, remark: nothing, write: () => Promise.resolve(), screen: null };
  const untilToldToStop = () => Promise.resolve("");
  const program = describeProgram(
    { terminal: { ...nobody, untilToldToStop, input: process.stdin }, endWith: nothing },
    "",
  );
  const commands = program.commands.flatMap(withInner);
  return `# Command line

In this repository \`latchkey …\` is \`npm run --silent latchkey -- …\`, or \`node dist/src/cli/main.js …\`, after
\`npm run build\`.

Commands work on the database itself, with or without a server beside them: on the one of \`DATABASE_URL\`, or else on the one
that \`npm start\` keeps in \`.latchkey\`, with its simulated Stripe. Settings are those of the server
([settings](settings.md)); what speaks with Stripe needs the server's \`LATCHKEY_ENCRYPTION_KEY\`.

Long work is a job. A command begins it and works on it, together with the servers that run on the database. Ctrl-C gives the
terminal back: where a server runs, the job goes on; otherwise \`latchkey jobs watch <id>\` goes on with it and
\`latchkey jobs cancel <id>\` ends it.

On a terminal a bar shows how far it is; in a pipe there is a line every few seconds on standard error. The answer is on
standard output, with \`--json\` as one JSON object in one line and without any progress.

| Exit code | Meaning |
| --- | --- |
${exitCodes.map(({ code, meaning }) => `| ${code} | ${meaning} |`).join("\n")}

${commands.map(sectionOf).join("\n")}`;
}

function nothing(): void {}

function withInner(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

function sectionOf(command: Command): string {
  let text = "";
  const output = { writeOut: (more: string) => void (text += more), getOutHelpWidth: () => COLUMNS };
  command.configureOutput(output).outputHelp();
  return `## ${nameOf(command)}\n\n\`\`\`text\n${text.trim()}\n\`\`\`\n`;
}

function nameOf(command: Command): string {
  return command.parent?.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
