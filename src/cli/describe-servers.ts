import type { Command } from "commander";
import type { Calling } from "./calling";
import { withExamples } from "./with-examples";

export function describeServers(program: Command, { terminal, endWith }: Calling): void {
  const serve = program
    .command("serve")
    .description("Run the server. Needs DATABASE_URL and LATCHKEY_ENCRYPTION_KEY.")
    .action(async () => {
      const { serve } = await import("./serve.js");
      await serve(terminal);
    });
  withExamples(serve, "PORT=8080 latchkey serve");
  const dev = program
    .command("dev")
    .description("Run it on your own machine: embedded database, secrets and a small demo shop included.")
    .option("--no-demo", "do not fill an empty database with the demo shop")
    .action(async (options: { demo: boolean }) => {
      const { dev } = await import("./dev.js");
      await dev(terminal, options);
    });
  withExamples(dev, "latchkey dev --no-demo");
  const migrate = program
    .command("migrate")
    .description("Bring the database up to this build; many at once are fine.")
    .option("--status", "only say whether it is (exit code 1 when not)", false)
    .option("--json", "answer in JSON", false)
    .action(async (options: { status: boolean; json: boolean }) => {
      const { migrate } = await import("./migrate.js");
      endWith(await migrate(terminal, options));
    });
  withExamples(migrate, "latchkey migrate --status");
  const doctor = program
    .command("doctor")
    .description("Look at settings, database, Stripe and everything between, and say what to do. Nothing is changed.")
    .option("--json", "answer in JSON", false)
    .addHelpText("after", "\nEach line begins with ✓ (good), ! (think about it), ✗ (wrong) or – (not looked at).")
    .action(async (options: { json: boolean }) => {
      const { doctor } = await import("./doctor.js");
      endWith(await doctor(terminal, options));
    });
  withExamples(doctor, "latchkey doctor", "latchkey doctor --json | jq '.findings[] | select(.state == \"WRONG\")'");
}
