import { resealRemovalKey } from "../access/removal-key";
import { Unavailable } from "../base/refusal";
import { UnsealFailure } from "../base/seal";
import { resealConnections } from "../connections/reseal-connections";
import { resealSigningKeys } from "../tokens/reseal-signing-keys";
import { SettingMistakes } from "./setting-mistakes";
import type { Terminal } from "./terminal";
import { withDeps } from "./with-deps";

/**
 * The last step but one of changing the sealing key: every server has the new key in front of the old one, then this, then
 * the old one goes. Running it again changes nothing.
 */
export async function resealSecrets(terminal: Terminal, options: { json: boolean }): Promise<void> {
  const { print } = terminal;
  const resealed = await withDeps(terminal, async (deps) => {
    if (deps.config.sealingKeys.length === 0) throw new SettingMistakes([missing]);
    try {
      return (await resealSigningKeys(deps)) + (await resealConnections(deps)) + (await resealRemovalKey(deps));
    } catch (cause) {
      if (!(cause instanceof UnsealFailure)) throw cause;
      throw new Unavailable({
        say: "A secret does not open with any of the keys in LATCHKEY_ENCRYPTION_KEY. Put the one that sealed it behind the first.",
        cause,
      });
    }
  });
  if (options.json) print(JSON.stringify({ resealed }));
  else if (resealed === 0) print("Every secret is sealed with the first key already.");
  else print(`${resealed} secrets are sealed with the first key now. The other keys may go.`);
}

const missing = { setting: "LATCHKEY_ENCRYPTION_KEY", problem: "It is needed: the new key first, then the old one." };
