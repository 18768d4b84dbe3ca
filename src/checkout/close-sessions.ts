import { Refusal } from "../base/refusal";
import { askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Context } from "../graphql/context";
import { findLinksOfUsers } from "../links/customer-links.store";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import { findClosing, isPurchaseKnown, updateCheckout } from "./checkout-sessions.store";
import { CHECKOUT_METADATA } from "./plan-session";
import { settleSession } from "./settle-session";

/**
 * Expires in Stripe what the user is not to pay any more of this product. True: Stripe refused because one of them was
 * completed meanwhile. An account that is disconnected cannot be asked, and what is bought there opens nothing.
 */
export async function closeSessions(
  ctx: Context,
  { userId, productId, mode }: Pick<CheckoutSessionEntity, "productId" | "mode"> & { userId: string },
): Promise<boolean> {
  const rows = await findClosing(ctx.db, { userId, productId, mode });
  if (rows.length === 0) return false;
  const connections = await findConnectionsById(
    ctx.db,
    rows.map((row) => row.connectionId),
  );
  let isBought = false;
  for (const row of rows) {
    const connection = connections.find(({ id }) => id === row.connectionId);
    if (!connection || connection.status === "DISCONNECTED") continue;
    if (await closeSession(ctx, connection, row)) isBought = true;
  }
  return isBought;
}

/** True: it was completed meanwhile. */
export async function closeSession(
  ctx: Context,
  connection: ConnectionEntity,
  found: CheckoutSessionEntity,
): Promise<boolean> {
  const row = found.session === null ? await findLost(ctx, connection, found) : found;
  const session = row?.session ?? null;
  if (!row || session === null) {
    await updateCheckout(ctx.db, found.id, { status: "EXPIRED" });
    return false;
  }
  try {
    await askAccount(ctx, connection, (stripe) => stripe.checkout.sessions.expire(session));
    await updateCheckout(ctx.db, row.id, { status: "EXPIRED" });
    return false;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === "STRIPE_UNAVAILABLE") throw error;
    // Nobody tells our row of a purchase that came by webhook: that one is known, and access says what it stops.
    const isKnown = await isPurchaseKnown(ctx.db, { ...row, session });
    const { status, paymentStatus } = await settleSession(ctx, connection, row);
    if (status === "open") throw error;
    return status === "complete" && (paymentStatus === "unpaid" || !isKnown);
  }
}

/** The session whose making was not answered, if Stripe has it open; its id is kept. */
async function findLost(
  ctx: Context,
  connection: ConnectionEntity,
  row: CheckoutSessionEntity,
): Promise<CheckoutSessionEntity | null> {
  const links =
    row.userId === null ? [] : await findLinksOfUsers(ctx.db, [row.userId], { connectionIds: [connection.id] });
  for (const customer of new Set(links.map((link) => link.customer))) {
    const { data } = await askAccount(ctx, connection, (stripe) =>
      stripe.checkout.sessions.list({ customer, status: "open", limit: 100 }),
    );
    const made = data.find(({ metadata }) => metadata?.[CHECKOUT_METADATA] === row.id);
    if (!made) continue;
    const changes = { session: made.id, expiresAt: new Date(made.expires_at * 1_000) };
    await updateCheckout(ctx.db, row.id, changes);
    return { ...row, ...changes };
  }
  return null;
}
