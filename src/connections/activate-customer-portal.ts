import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import type { ConnectionEntity } from "./connection.entity";
import { ensurePortal } from "./ensure-portal";
import { getConnection } from "./find-connection";
import { findTrouble } from "./find-trouble";
import { stripeOf } from "./stripe-of";
import { type WriteDeps, refuseDisconnected, writeConnection } from "./write-connection";

type Deps = WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe" | "publicUrl"> };

/** Makes sure that the account has a portal configuration. One that is there is used; asked again, it changes nothing. */
export async function activateCustomerPortal(deps: Deps, mode: Mode, named: string): Promise<ConnectionEntity> {
  const connection = await getConnection(deps, mode, named);
  refuseDisconnected(connection);
  const held = { configuration: connection.portalConfiguration, choices: connection.portal };
  const { configuration, trouble } = await ensurePortal(stripeOf(deps, connection), held);
  if (configuration === null) throw new Refusal("STRIPE_REFUSED", { say: trouble, field: "connection" });
  const active = await writeConnection(deps, connection.id, ({ portal }) => ({
    portalConfiguration: configuration,
    portal: { ...portal, enabled: true },
  }));
  const found = await findTrouble(deps, active);
  return writeConnection(deps, active.id, () => found);
}
