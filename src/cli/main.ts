#!/usr/bin/env node
import "reflect-metadata";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { Mode } from "../base/mode";
import type { KeyRole } from "../keys/api-key.entity";
import { FAILED, MISUSED, reportFailure } from "./report-failure";
import type { Terminal } from "./terminal";

// The one place that looks at the process: everybody else is handed what they need. Commands are loaded when they are
// called, so that help and mistakes come at once.
const terminal: Terminal = {
  env: { ...process.env },
  print: (text) => void process.stdout.write(`${text}\n`),
  remark: (text) => void process.stderr.write(`${text}\n`),
};

process.on("uncaughtException", (error) => {
  reportFailure(error, terminal.remark);
  process.exit(FAILED);
});

void run(process.argv).then((code) => (process.exitCode = code));

async function run(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = describeCommands((result) => (code = result));
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    // Commander has told the person already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSED;
    return reportFailure(error, terminal.remark);
  }
}

function describeCommands(endWith: (code: number) => void): Command {
  const program = new Command("latchkey")
    .description("May this person open this product? A headless GraphQL API over PostgreSQL and Stripe.")
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", "\nSettings come from the environment: docs/settings.md has the table.\n")
    .addHelpText("after", "Exit codes: 0 done, 1 failed, 2 wrong usage or settings.");

  describeServers(program);
  program
    .command("migrate")
    .description("Bring the database up to this build; many at once are fine.")
    .option("--status", "only say whether it is (exit code 1 when not)", false)
    .option("--json", "answer in JSON", false)
    .action(async (options: { status: boolean; json: boolean }) => {
      const { migrate } = await import("./migrate.js");
      endWith(await migrate(terminal, options));
    });
  describeKeys(
    program
      .command("keys")
      .description("Make, list and revoke API keys, and change the key that seals secrets, on the database itself."),
  );
  return program;
}

function describeServers(program: Command): void {
  program
    .command("serve")
    .description("Run the server. Needs DATABASE_URL and LATCHKEY_ENCRYPTION_KEY.")
    .action(async () => {
      const { serve } = await import("./serve.js");
      await serve(terminal.env);
    });
  program
    .command("dev")
    .description("Run it on your own machine: embedded database, secrets and a small demo shop included.")
    .option("--no-demo", "do not fill an empty database with the demo shop")
    .action(async (options: { demo: boolean }) => {
      const { dev } = await import("./dev.js");
      await dev(terminal, options);
    });
}

function describeKeys(keys: Command): void {
  keys
    .command("create")
    .description("Make a key. Its secret is printed once, alone on standard output.")
    .requiredOption("--name <name>", "what the key is for")
    .addOption(oneOf("--role <role>", "what it may do", ["ADMIN", "WRITE", "READ", "PUBLISHABLE"]).default("ADMIN"))
    .addOption(oneOf("--mode <mode>", "in which world", ["TEST", "LIVE"]).default("TEST"))
    .option("--expires <date>", "when it ends, such as 2030-01-31", readDate)
    .option("--json", "answer in JSON", false)
    .action(async (options: { name: string; role: KeyRole; mode: Mode; expires?: Date; json: boolean }) => {
      const { createKey } = await import("./keys.js");
      await createKey(terminal, options);
    });
  keys
    .command("list")
    .description("Show all keys, newest first, without their secrets.")
    .addOption(oneOf("--mode <mode>", "only this world", ["TEST", "LIVE"]))
    .option("--json", "answer in JSON", false)
    .action(async (options: { mode?: Mode; json: boolean }) => {
      const { listKeys } = await import("./keys.js");
      await listKeys(terminal, options);
    });
  keys
    .command("revoke <id>")
    .description("End a key. It opens nothing from then on, in any replica.")
    .option("--json", "answer in JSON", false)
    .action(async (id: string, options: { json: boolean }) => {
      const { revokeKey } = await import("./keys.js");
      await revokeKey(terminal, { id, ...options });
    });
  keys
    .command("reseal")
    .description("Seal every secret in the database with the first LATCHKEY_ENCRYPTION_KEY; the others can then go.")
    .option("--json", "answer in JSON", false)
    .action(async (options: { json: boolean }) => {
      const { resealSecrets } = await import("./reseal-secrets.js");
      await resealSecrets(terminal, options);
    });
}

function oneOf(flags: string, meaning: string, choices: readonly string[]): Option {
  return new Option(flags, `${meaning}: ${choices.join(", ")}`).argParser((text: string) => {
    const chosen = choices.find((choice) => choice === text.toUpperCase());
    if (!chosen) throw new InvalidArgumentError(`It is one of ${choices.join(", ")}.`);
    return chosen;
  });
}

function readDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError("It is a date such as 2030-01-31.");
  return date;
}

function readVersion(): string {
  const file = path.join(__dirname, "../../../package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
