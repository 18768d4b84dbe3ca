import type { Mode } from "../base/mode";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnected } from "../connections/connections.store";
import type { Db } from "../database/db";
import { defineLoader } from "../graphql/define-loader";
import { findLinksOfUsers } from "../links/customer-links.store";
import { type Door, type PortalDecision, decidePortal, readDoors } from "./decide-portal";
import { findOpenSubscriptions } from "./subscriptions.store";

export type FoundPortal = PortalDecision<Door<ConnectionEntity>>;

/** The portal that a user may go to, or why there is none. */
export async function findPortal(
  db: Db,
  mode: Mode,
  userId: string,
  subscription: string | null = null,
): Promise<FoundPortal> {
  const [connected, links] = await Promise.all([findConnected(db, mode), findLinksOfUsers(db, [userId], { mode })]);
  const doors = readDoors(connected, links);
  const keys = doors.map(({ connection, customer }) => ({ connectionId: connection.id, customer }));
  const held = await findOpenSubscriptions(db, keys);
  const withSubscriptions = doors.map(({ connection, customer }) => ({
    connection,
    customer,
    subscriptions: held
      .filter((each) => each.connectionId === connection.id && each.customer === customer)
      .map((each) => each.subscription),
  }));
  return decidePortal(connected.length > 0, withSubscriptions, subscription);
}

/** The same for pages that show or hide a way to the portal. */
export const portalOfUser = defineLoader<string, FoundPortal>((ctx, userIds) =>
  Promise.all(userIds.map((id) => findPortal(ctx.db, ctx.identity.mode, id))),
);
