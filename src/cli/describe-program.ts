import { Command, Help } from "commander";
import type { Calling } from "./calling";
import { describeData } from "./describe-data";
import { describeJobs } from "./describe-jobs";
import { describeKeys } from "./describe-keys";
import { describeServers } from "./describe-servers";
import { describeStripe } from "./describe-stripe";
import { exitCodes } from "./exit-codes";

/** Every command with its options. Nothing is loaded and nothing runs before one is called. */
export function describeProgram(calling: Calling, version: string): Command {
  const program = new Command("latchkey")
    .description("May this person open this product? A headless GraphQL API over PostgreSQL and Stripe.")
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => calling.terminal.print(text.trimEnd()),
      writeErr: (text) => calling.terminal.remark(text.trimEnd()),
    })
    // A switch is off unless it is named; that need not be said of each.
    .configureHelp({
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : new Help().optionDescription(option),
    })
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", "\nSettings come from the environment: docs/settings.md has the table.")
    .addHelpText(
      "after",
      "Commands work on the database of DATABASE_URL, or else on the one that `npm start` uses here.\n",
    )
    .addHelpText("after", `Exit codes: ${exitCodes.map(({ code, meaning }) => `${code} ${meaning}`).join("; ")}.`);
  describeServers(program, calling);
  describeKeys(program, calling);
  describeData(program, calling);
  describeStripe(program, calling);
  describeJobs(program, calling);
  return program;
}
