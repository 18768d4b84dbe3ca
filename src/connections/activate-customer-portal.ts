import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import type { ConnectionEntity } from "./connection.entity";
import { ensureConfiguration } from "./ensure-portal";
import { getConnection } from "./find-connection";
import { findTrouble } from "./find-trouble";
import { readPortalChoices } from "./read-portal-choices";
import { stripeOf } from "./stripe-of";
import { withFound } from "./test-stripe-connection";
import { type WriteDeps, refuseDisconnected, writeConnection } from "./write-connection";

type Deps = WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe" | "publicUrl"> };

/**
 * Makes sure that the account has an active portal configuration. One that is there is used, and one that was deactivated
 * is replaced. Asked again, it changes nothing.
 */
export async function activateCustomerPortal(deps: Deps, mode: Mode, named: string): Promise<ConnectionEntity> {
  const connection = await getConnection(deps, mode, named);
  refuseDisconnected(connection);
  const held = { configuration: connection.portalConfiguration, choices: connection.portal };
  const found = await ensureConfiguration(stripeOf(deps, connection), held);
  const active = await writeConnection(deps, connection.id, ({ portal }) => ({
    portalConfiguration: found.id,
    portalDeactivatedAt: null,
    portal: { ...portal, ...readPortalChoices(found), enabled: true },
  }));
  const trouble = await findTrouble(deps, active);
  return writeConnection(deps, active.id, (held) => withFound(held, trouble));
}
