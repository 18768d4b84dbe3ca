import type { ErrorCode } from "../base/error-codes";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { CustomerLinkEntity } from "../links/customer-link.entity";

/** An account in which the user is a customer. */
export interface Door<Connection extends Pick<ConnectionEntity, "portal" | "portalConfiguration">> {
  connection: Connection;
  customer: string;
  /** The customer's subscriptions that are not over. */
  subscriptions: readonly string[];
}

export type PortalDecision<Found> = { door: Found; blocker: null } | { door: null; blocker: ErrorCode };

/**
 * Through which account's portal a user goes. One that is named by a subscription; else one with subscriptions to manage,
 * else the one in which the user became a customer last. The blocker is what has to change first.
 */
export function decidePortal<Found extends Door<Pick<ConnectionEntity, "portal" | "portalConfiguration">>>(
  isConnected: boolean,
  doors: readonly Found[],
  subscription: string | null = null,
): PortalDecision<Found> {
  const closed = (blocker: ErrorCode) => ({ door: null, blocker });
  if (!isConnected) return closed("STRIPE_NOT_CONNECTED");
  if (doors.length === 0) return closed("NO_STRIPE_CUSTOMER");
  const named = doors.filter(({ subscriptions }) => subscription !== null && subscriptions.includes(subscription));
  const meant = named.length > 0 ? named : doors;
  const on = meant.filter(({ connection }) => connection.portal.enabled ?? true);
  if (on.length === 0) return closed("PORTAL_DISABLED");
  const ready = on.filter(({ connection }) => connection.portalConfiguration !== null);
  const door = ready.find(({ subscriptions }) => subscriptions.length > 0) ?? ready[0];
  return door ? { door, blocker: null } : closed("PORTAL_NOT_CONFIGURED");
}

/** The customers that a user is now, in accounts that can be asked; who became one last comes first. */
export function readDoors<Connection extends Pick<ConnectionEntity, "id">>(
  connected: readonly Connection[],
  links: readonly Pick<CustomerLinkEntity, "active" | "connectionId" | "customer">[],
): { connection: Connection; customer: string }[] {
  return links.toReversed().flatMap(({ active, connectionId, customer }) => {
    const connection = connected.find(({ id }) => id === connectionId);
    return active && connection ? [{ connection, customer }] : [];
  });
}
