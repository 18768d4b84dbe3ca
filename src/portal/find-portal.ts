import type { Mode } from "../base/mode";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnected } from "../connections/connections.store";
import type { Db } from "../database/db";
import { defineLoader } from "../graphql/define-loader";
import { isJoinedCustomer } from "../links/decide-join";
import { type Door, type PortalDecision, decidePortal } from "./decide-portal";
import { findPortalCustomers } from "./subscriptions.store";

export type FoundPortal = PortalDecision<Door<ConnectionEntity>>;

/** What the caller named; null: nothing. */
export interface NamedPortal {
  subscription: string | null;
  /** The id of a connection. */
  connection: string | null;
}

const NOTHING: NamedPortal = { subscription: null, connection: null };

/** The portal that a user may go to, or why there is none. */
export async function findPortal(
  db: Db,
  mode: Mode,
  userId: string,
  named: NamedPortal = NOTHING,
): Promise<FoundPortal> {
  const [connected, customers] = await Promise.all([findConnected(db, mode), findPortalCustomers(db, mode, userId)]);
  const doors = customers.flatMap(({ connectionId, basis, ...customer }) => {
    const connection = connected.find(({ id }) => id === connectionId);
    const isNamed = named.connection === null || named.connection === connectionId;
    return connection && isNamed ? [{ ...customer, connection, isOwn: !isJoinedCustomer({ basis }) }] : [];
  });
  return decidePortal(connected.length > 0, doors, named.subscription);
}

/** The same for pages that show or hide a way to the portal. */
export const portalOfUser = defineLoader<string, FoundPortal>((ctx, userIds) =>
  Promise.all(userIds.map((id) => findPortal(ctx.db, ctx.identity.mode, id))),
);
