import { DAY } from "../base/durations";
import { Refusal } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import { type SeenSession, asHeld, settleSession } from "./settle-session";
import { withinPatience } from "./within-patience";

/**
 * A checkout for a caller who may see it. What was bought by it opens before the answer, whether or not Stripe has told us
 * yet. Where Stripe does not answer, what is known counts: the webhook may have been here.
 */
export async function seeSession(
  ctx: Context,
  row: CheckoutSessionEntity,
  connection: ConnectionEntity | undefined,
): Promise<SeenSession> {
  if (row.settledAt !== null) return asHeld(row);
  if (!connection || connection.status === "DISCONNECTED") return asHeld(row);
  try {
    return await withinPatience(() => settleSession(ctx, connection, row));
  } catch (error) {
    if (error instanceof Refusal && error.code === "STRIPE_UNAVAILABLE") return asHeld(row);
    throw error;
  }
}

// A page's key is known to everybody, and so may the session's id be: it shows how a purchase went, and not an account's life.
const SHOWN_TO_GUESTS_MS = 2 * DAY;

export function maySeeSession(ctx: Context, { isGuest, userId, createdAt }: CheckoutSessionEntity): boolean {
  if (readsEverything(ctx)) return true;
  if (ctx.identity.role === "USER") return userId === ctx.identity.userId;
  return isGuest && ctx.clock.now().getTime() - createdAt.getTime() < SHOWN_TO_GUESTS_MS;
}
