import type { Reader } from "../database/db";

export interface WebhookCounts {
  connectionId: string;
  /** When something well signed last came. */
  lastEventAt: Date | null;
  /** Bodies whose signature was wrong. */
  rejected: number;
  lastRejectedAt: Date | null;
  /** Well signed events of another mode or account. */
  strangers: number;
}

/** In a fixed order, for the other replicas write the same rows. */
export async function addWebhookCounts(db: Reader, counts: readonly WebhookCounts[]): Promise<void> {
  await db.rows(
    `/* webhookCounts.add */ insert into webhook_counts as held
       (connection_id, last_event_at, rejected, last_rejected_at, strangers)
     select * from unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::timestamptz[], $5::bigint[])
       as added (connection_id, last_event_at, rejected, last_rejected_at, strangers)
     order by connection_id
     on conflict (connection_id) do update set
       last_event_at = greatest(held.last_event_at, excluded.last_event_at),
       rejected = held.rejected + excluded.rejected,
       last_rejected_at = greatest(held.last_rejected_at, excluded.last_rejected_at),
       strangers = held.strangers + excluded.strangers`,
    [
      counts.map((count) => count.connectionId),
      counts.map((count) => count.lastEventAt),
      counts.map((count) => count.rejected),
      counts.map((count) => count.lastRejectedAt),
      counts.map((count) => count.strangers),
    ],
  );
}

export function findWebhookCounts(db: Reader, connectionIds: readonly string[]): Promise<WebhookCounts[]> {
  return db.rows(
    `/* webhookCounts.find */ select connection_id as "connectionId", last_event_at as "lastEventAt",
       rejected::float8 as rejected, last_rejected_at as "lastRejectedAt", strangers::float8 as strangers
     from webhook_counts where connection_id = any($1)`,
    [connectionIds],
  );
}

/**
 * Whoever is first may compare Stripe's events with the inbox, once in so long. The others are told that somebody does.
 */
export async function claimComparison(
  db: Reader,
  connectionId: string,
  { now, everyMs }: { now: Date; everyMs: number },
): Promise<boolean> {
  const rows = await db.rows(
    `/* webhookCounts.claimComparison */ insert into webhook_counts as held (connection_id, compared_at) values ($1, $2)
     on conflict (connection_id) do update set compared_at = excluded.compared_at
     where held.compared_at is null or held.compared_at <= $2::timestamptz - $3 * interval '1 millisecond'
     returning connection_id`,
    [connectionId, now, everyMs],
  );
  return rows.length > 0;
}

/** An event that never came. */
export async function keepMissed(db: Reader, connectionId: string, happenedAt: Date): Promise<void> {
  await db.rows(
    `/* webhookCounts.keepMissed */ update webhook_counts set last_missed_at = greatest(last_missed_at, $2)
     where connection_id = $1`,
    [connectionId, happenedAt],
  );
}
