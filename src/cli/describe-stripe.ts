import type { Command } from "commander";
import type { Calling } from "./calling";
import type { ImportLinkOptions } from "./import-link";
import { oneOf, readSince } from "./read-option";
import type { ReconcileOptions } from "./reconcile";
import type { ReplayOptions } from "./replay";
import { withExamples } from "./with-examples";

const MODES = ["TEST", "LIVE"];
const MODE_OF_CONNECTION = "in which world; that of --connection if one is named, else TEST";

/** What asks Stripe. */
export function describeStripe(program: Command, { terminal, endWith }: Calling): void {
  const importLink = program
    .command("import-link <link>")
    .description("Find who bought a product before it was linked. <link> is lnk_…, or a product for all its links.")
    .addOption(oneOf("--mode <mode>", "in which world; that of the link if one is named, else TEST", MODES))
    .option("--dry-run", "only say what would come of it", false)
    .option("--notify", "tell those whom it finds", false)
    .option("--json", "answer in JSON, one object for each link", false)
    .action(async (link: string, options: ImportLinkOptions) => {
      const { importLinks } = await import("./import-link.js");
      endWith(await importLinks(terminal, link, options));
    });
  withExamples(importLink, "latchkey import-link course --dry-run");
  const reconcile = program
    .command("reconcile")
    .description("Compare what we hold with what Stripe says, and mend it.")
    .addOption(oneOf("--mode <mode>", MODE_OF_CONNECTION, MODES))
    .option("--connection <id>", "one connection (con_…); all of the mode without it")
    .option("--user <user>", "only what this user bought: our id or yours")
    .option("--since <when>", "only what was bought since then: 2030-01-31, or 12h, 7d, 2w ago", readSince)
    .option("--dry-run", "only report what differs; exit code 3 if anything does", false)
    .option("--json", "answer in JSON", false)
    .action(async (options: ReconcileOptions) => {
      const { reconcileNow } = await import("./reconcile.js");
      endWith(await reconcileNow(terminal, options));
    });
  withExamples(reconcile, "latchkey reconcile --mode live --dry-run", "latchkey reconcile --user ada");
  const replay = program
    .command("replay")
    .description("Read Stripe's own list of events again: what we missed, and what we gave up on.")
    .addOption(oneOf("--mode <mode>", MODE_OF_CONNECTION, MODES))
    .option("--connection <id>", "the connection (con_…), if there are several")
    .requiredOption("--since <when>", "from when on: 2030-01-31, or 12h, 7d, 2w ago; 30 days at the most", readSince)
    .option("--json", "answer in JSON", false)
    .action(async (options: ReplayOptions) => {
      const { replay } = await import("./replay.js");
      endWith(await replay(terminal, options));
    });
  withExamples(replay, "latchkey replay --mode live --since 7d");
}
