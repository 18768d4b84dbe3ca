import type { ErrorCode } from "../base/error-codes";
import type { ConnectionEntity } from "../connections/connection.entity";

type PortalConnection = Pick<ConnectionEntity, "portal" | "portalConfiguration" | "portalDeactivatedAt">;

/** A customer that the user is, in an account that can be asked. */
export interface Door<Connection extends PortalConnection> {
  connection: Connection;
  customer: string;
  /** Of our own checkout, or linked by hand; others were joined by an e-mail address. */
  isOwn: boolean;
  /** The customer and the user have the same e-mail address. */
  hasSameAddress: boolean;
  /** Our checkout created the customer, and nothing was bought with it yet. */
  isEmpty: boolean;
  /** The customer's subscriptions that are not over. */
  subscriptions: readonly string[];
  /** All subscriptions of the customer that we know. */
  known: readonly string[];
}

export type PortalDecision<Found> =
  | { door: Found; blocker: null }
  | { door: null; blocker: "AMBIGUOUS_CUSTOMER"; fitting: readonly Found[] }
  | { door: null; blocker: Exclude<ErrorCode, "AMBIGUOUS_CUSTOMER"> };

/**
 * Which customer's portal a user opens: the one that holds the named subscription. Without one, the customer of our own
 * checkout or of a link by hand, else the one with subscriptions; several equal ones are for the caller to tell apart. A join
 * by address opens only while both addresses agree. The blocker is what has to change first.
 */
export function decidePortal<Found extends Door<PortalConnection>>(
  isConnected: boolean,
  doors: readonly Found[],
  subscription: string | null = null,
): PortalDecision<Found> {
  if (!isConnected) return { door: null, blocker: "STRIPE_NOT_CONNECTED" };
  const open = doors.filter(({ isOwn, hasSameAddress }) => isOwn || hasSameAddress);
  if (open.length === 0) return { door: null, blocker: "NO_STRIPE_CUSTOMER" };
  const holding = open.filter(({ known }) => subscription !== null && known.includes(subscription));
  const meant = holding.length > 0 ? holding : open;
  // Only Stripe can say whether the one customer holds a subscription of which we have not heard yet.
  if (subscription !== null && holding.length === 0 && open.length > 1) return { door: null, blocker: "NOT_FOUND" };
  const on = meant.filter(({ connection }) => connection.portal.enabled ?? true);
  if (on.length === 0) return { door: null, blocker: "PORTAL_DISABLED" };
  const ready = on.filter(({ connection }) => connection.portalConfiguration && !connection.portalDeactivatedAt);
  if (ready.length === 0) return { door: null, blocker: "PORTAL_NOT_CONFIGURED" };
  const best = Math.max(...ready.map(rankOf));
  const fitting = ready.filter((door) => rankOf(door) === best);
  const [door] = fitting;
  if (!door || fitting.length > 1) return { door: null, blocker: "AMBIGUOUS_CUSTOMER", fitting };
  return { door, blocker: null };
}

/**
 * Own customers before joined ones, and among these the ones with subscriptions. A customer of a checkout that nobody paid
 * shows nothing, so every other one comes before it.
 */
function rankOf({ isOwn, isEmpty, subscriptions }: Pick<Door<PortalConnection>, RankField>): number {
  if (isEmpty) return -1;
  return (isOwn ? 2 : 0) + (subscriptions.length > 0 ? 1 : 0);
}

type RankField = "isOwn" | "isEmpty" | "subscriptions";

/** Why a page shows no way to the portal; null: it shows one. A customer with nothing in it is not worth a visit. */
export function decidePortalBlocker(found: PortalDecision<Pick<Door<PortalConnection>, "isEmpty">>): ErrorCode | null {
  return found.door?.isEmpty ? "NO_STRIPE_CUSTOMER" : found.blocker;
}
