import { type ConnectionEntity } from "../connections/connection.entity";
import { findConnectionsById } from "../connections/connections.store";
import type { Context } from "../graphql/context";
import { defineLoader } from "../graphql/define-loader";
import { findCheckouts } from "./checkout-sessions.store";
import { maySeeSession, seeSession } from "./see-session";
import type { SeenSession } from "./settle-session";

/**
 * A checkout by Stripe's id of its session; null: none that this caller may see. Rows and connections are read by one
 * statement each, and each session is asked of Stripe once, however often the request names it.
 */
export const seenSession = defineLoader<string, SeenSession | null>(async (ctx, sessions) => {
  const found = await findCheckouts(ctx.db, ctx.identity.mode, sessions);
  const rows = new Map(found.filter((row) => maySeeSession(ctx, row)).map((row) => [row.session, row]));
  const connections = await connectionsOf(ctx, [...rows.values()]);
  const seen = sessions.map(async (session) => {
    const row = rows.get(session);
    return row ? seeSession(ctx, row, connections.get(row.connectionId)) : null;
  });
  // A failure is the one session's, not that of the whole batch.
  return Promise.all(seen.map((each) => each.catch((error: unknown) => error as SeenSession)));
});

async function connectionsOf(
  ctx: Context,
  rows: readonly { connectionId: string }[],
): Promise<Map<string, ConnectionEntity>> {
  const ids = [...new Set(rows.map(({ connectionId }) => connectionId))];
  const connections = ids.length === 0 ? [] : await findConnectionsById(ctx.db, ids);
  return new Map(connections.map((connection) => [connection.id, connection]));
}
