import { defineLoader, inOrder } from "../graphql/define-loader";
import { type InboxCount, countInbox } from "../stripe/inbox.store";
import { type WebhookCounts, findWebhookCounts } from "../stripe/webhook-counts.store";
import type { ConnectionEntity } from "./connection.entity";
import { findConnectionsById } from "./connections.store";

/** A connection of the credential's mode by its id. */
export const connectionById = defineLoader<string, ConnectionEntity | null>(async (ctx, ids) => {
  const rows = await findConnectionsById(ctx.db, ids);
  const ofMode = rows.filter(({ mode }) => mode === ctx.identity.mode);
  return inOrder(ids, ofMode, (connection) => connection.id);
});

/** What waits and what failed of a connection's events. */
export const inboxCountOf = defineLoader<string, InboxCount | null>(async (ctx, ids) =>
  inOrder(ids, await countInbox(ctx.db, ids), (count) => count.connectionId),
);

export const webhookCountsOf = defineLoader<string, WebhookCounts | null>(async (ctx, ids) =>
  inOrder(ids, await findWebhookCounts(ctx.db, ids), (counts) => counts.connectionId),
);
