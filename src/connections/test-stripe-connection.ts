import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import type { ConnectionEntity } from "./connection.entity";
import { getConnection } from "./find-connection";
import { findTrouble } from "./find-trouble";
import { type WriteDeps, refuseDisconnected, writeConnection } from "./write-connection";

/** Asks Stripe whether the key, the endpoint and the portal are as they should be, and writes down how they are. */
export async function testStripeConnection(
  deps: WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe" | "publicUrl"> },
  mode: Mode,
  named: string,
): Promise<ConnectionEntity> {
  const connection = await getConnection(deps, mode, named);
  refuseDisconnected(connection);
  const found = await findTrouble(deps, connection);
  return writeConnection(deps, connection.id, (held) => withFound(held, found));
}

/** The portal is on or off as it is now, which may have changed while Stripe was asked. */
export function withFound(held: ConnectionEntity, found: Partial<ConnectionEntity>): Partial<ConnectionEntity> {
  return { ...found, portal: { ...held.portal, ...found.portal } };
}
