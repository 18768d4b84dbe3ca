import type { Command } from "commander";
import type { Mode } from "../base/mode";
import type { KeyRole } from "../keys/api-key.entity";
import type { Calling } from "./calling";
import { oneOf, readDate } from "./read-option";
import { withExamples } from "./with-examples";

export function describeKeys(program: Command, { terminal }: Calling): void {
  const keys = program
    .command("keys")
    .description("Make, list and revoke API keys, and change the key that seals secrets, on the database itself.");
  withExamples(keys, "latchkey keys list");
  const create = keys
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
  withExamples(create, 'latchkey keys create --name "shop server" --role write --mode live');
  const list = keys
    .command("list")
    .description("Show all keys, newest first, without their secrets.")
    .addOption(oneOf("--mode <mode>", "only this world", ["TEST", "LIVE"]))
    .option("--json", "answer in JSON", false)
    .action(async (options: { mode?: Mode; json: boolean }) => {
      const { listKeys } = await import("./keys.js");
      await listKeys(terminal, options);
    });
  withExamples(list, "latchkey keys list --mode live");
  const revoke = keys
    .command("revoke <id>")
    .description("End a key. It opens nothing from then on, in any replica.")
    .option("--json", "answer in JSON", false)
    .action(async (id: string, options: { json: boolean }) => {
      const { revokeKey } = await import("./keys.js");
      await revokeKey(terminal, { id, ...options });
    });
  withExamples(revoke, "latchkey keys revoke key_06d8r7k2v5w1x3y4z6a8b9c0d1");
  const reseal = keys
    .command("reseal")
    .description("Seal every secret in the database with the first LATCHKEY_ENCRYPTION_KEY; the others can then go.")
    .option("--json", "answer in JSON", false)
    .action(async (options: { json: boolean }) => {
      const { resealSecrets } = await import("./reseal-secrets.js");
      await resealSecrets(terminal, options);
    });
  withExamples(reseal, "LATCHKEY_ENCRYPTION_KEY=$NEW,$OLD latchkey keys reseal");
}
