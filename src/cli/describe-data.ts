import { type Command, InvalidArgumentError } from "commander";
import { type ActivityType, activityTypes } from "../activities/activity-types";
import type { Calling } from "./calling";
import type { ActivityExportOptions, UserExportOptions } from "./export";
import type { ImportOptions } from "./import";
import { Misuse } from "./misuse";
import { openList } from "./open-list";
import { oneOf, readSince } from "./read-option";
import { withExamples } from "./with-examples";

const MODES = ["TEST", "LIVE"];

/** Lists that go in and come out. */
export function describeData(program: Command, calling: Calling): void {
  describeImport(program, calling);
  const exporting = program.command("export").description("Write users, or the journal, into a file.");
  withExamples(exporting, "latchkey export users --out users.csv");
  describeUserExport(exporting, calling);
  describeActivityExport(exporting, calling);
}

function describeImport(program: Command, { terminal, endWith }: Calling): void {
  const command = program
    .command("import <file>")
    .description(
      "Take over users and what they may open from a list: CSV, or a JSON object in each line. - reads standard input.",
    )
    .addOption(
      oneOf("--format <format>", "how it is written; by the end of its name if nothing is said", ["CSV", "JSONL"]),
    )
    .addOption(oneOf("--mode <mode>", "in which world; that of --connection if one is named, else TEST", MODES))
    .option("--connection <id>", "the Stripe account of the customers that rows name (con_…), if there are several")
    .option("--no-create", "people whom we do not know are problems, and are not made")
    .option("--notify", "tell those whom it concerns")
    .option("--dry-run", "only say what would become of each row", false)
    .option("--json", "answer in JSON", false)
    .action(async (file: string, options: ImportOptions) => {
      const list = await openList(terminal, file, options.format);
      const { importUsers } = await import("./import.js");
      endWith(await importUsers(terminal, list, options));
    });
  withExamples(
    command,
    "latchkey import members.csv --mode live --dry-run",
    "gunzip < members.jsonl.gz | latchkey import - --format jsonl",
  );
}

function describeUserExport(exporting: Command, { terminal, endWith }: Calling): void {
  const users = addCommon(exporting.command("users").description("Write users into a file."))
    .option("--search <text>", "only users in whose name, e-mail or id this stands")
    .option("--has-access-to <product>", "only who may open this product now")
    .option("--lacks-access-to <product>", "only who may not open this product now")
    .option("--after <when>", "only users who were made since then: 2030-01-31, or 12h, 7d, 2w ago", readSince)
    .option("--before <when>", "only users who were made before", readSince)
    .option("--linked", "only users who are linked to a Stripe customer")
    .option("--no-linked", "only users who are not")
    .action(async (options: UserExportOptions) => {
      refuseTwoAnswers(options);
      const { exportUsers } = await import("./export.js");
      endWith(await exportUsers(terminal, options));
    });
  withExamples(users, "latchkey export users --mode live --has-access-to course --out holders.csv");
}

function describeActivityExport(exporting: Command, { terminal, endWith }: Calling): void {
  const activities = addCommon(exporting.command("activities").description("Write lines of the journal into a file."))
    .option("--type <type...>", "only lines of these types, such as ACCESS_STARTED", readType)
    .option("--user <user>", "only lines about this user: our id or yours")
    .option("--product <product>", "only lines about this product")
    .addOption(oneOf("--actor <actor>", "only what they did", ["CUSTOMER", "ADMIN", "SYSTEM", "STRIPE"]))
    .option("--after <when>", "only what happened since then: 2030-01-31, or 12h, 7d, 2w ago", readSince)
    .option("--before <when>", "only what happened before", readSince)
    .action(async (options: ActivityExportOptions) => {
      refuseTwoAnswers(options);
      const { exportActivities } = await import("./export.js");
      endWith(await exportActivities(terminal, options));
    });
  withExamples(activities, "latchkey export activities --type access_started --after 7d --format jsonl | head");
}

function addCommon(command: Command): Command {
  return command
    .addOption(oneOf("--format <format>", "how it is written", ["CSV", "JSONL"]).default("CSV"))
    .addOption(oneOf("--mode <mode>", "in which world", MODES).default("TEST"))
    .option("--out <file>", "where to; standard output without it")
    .option("--json", "answer in JSON how it went; needs --out", false);
}

function readType(text: string, before: readonly ActivityType[] = []): ActivityType[] {
  const type = text.toUpperCase();
  if (type in activityTypes) return [...before, type as ActivityType];
  throw new InvalidArgumentError(`There are ${Object.keys(activityTypes).join(", ")}.`);
}

/** Standard output is for the file, or for how it went. */
function refuseTwoAnswers({ json, out }: { json: boolean; out?: string }): void {
  if (json && out === undefined)
    throw new Misuse("With --json the answer is about the export: name a file with --out.");
}
