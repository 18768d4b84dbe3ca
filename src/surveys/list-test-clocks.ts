import { type AccountDeps, askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";

/** Stripe leaves out of its lists what lives under a test clock, unless the clock is named. In live mode there are none. */
export async function listTestClocks(
  deps: Pick<AccountDeps, "config">,
  connection: ConnectionEntity,
): Promise<string[]> {
  if (connection.mode === "LIVE") return [];
  return askAccount(deps, connection, async (stripe) => {
    const ids: string[] = [];
    for await (const clock of stripe.testHelpers.testClocks.list({ limit: 100 })) ids.push(clock.id);
    return ids;
  });
}
