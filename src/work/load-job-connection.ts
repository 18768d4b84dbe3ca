import { Refusal } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Reader } from "../database/db";

/** The connection that long work is about. While it is disconnected there is nobody to ask. */
export async function loadJobConnection(db: Reader, id: string): Promise<ConnectionEntity> {
  const [connection] = await findConnectionsById(db, [id]);
  if (!connection || connection.status === "DISCONNECTED") {
    throw new Refusal("STRIPE_NOT_CONNECTED", { say: "The Stripe account is disconnected." });
  }
  return connection;
}
