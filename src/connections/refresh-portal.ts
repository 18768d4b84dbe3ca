import type { Config } from "../config/config";
import type { ConnectionEntity } from "./connection.entity";
import { findPortal, portalChanges } from "./ensure-portal";
import { stripeOf } from "./stripe-of";
import { type WriteDeps, writeConnection } from "./write-connection";

/** Reads the configuration of the customer portal again, after somebody changed one in Stripe. Creates none. */
export async function refreshPortal(
  deps: WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe"> },
  connection: ConnectionEntity,
): Promise<void> {
  const { id, portalConfiguration: configuration, portal: choices } = connection;
  const found = await findPortal(stripeOf(deps, connection), { configuration, choices });
  await writeConnection(deps, id, (held, _tx, now) =>
    // Another configuration was chosen meanwhile, and read when it was.
    held.portalConfiguration === configuration
      ? { ...portalChanges(found, held, now), portal: { ...held.portal, ...found.choices } }
      : {},
  );
}
