import type { Reader } from "../database/db";
import { type Mismatches, MISMATCHES_ENOUGH } from "./decide-secret-wrong";

export interface WebhookCounts {
  connectionId: string;
  /** When something well signed last came. */
  lastEventAt: Date | null;
  /** Bodies that were refused, whatever they were. */
  rejected: number;
  lastRejectedAt: Date | null;
  /** Well signed events of another mode or account. */
  strangers: number;
}

/** What one process counted since it last wrote. */
export interface AddedCounts extends WebhookCounts {
  /** Plausible events with a wrong signature, since the last good one that came here. */
  mismatchedEvents: readonly string[];
  lastMismatchAt: Date | null;
}

/** Different ids, at most as many as are enough. A good event forgets those before it. */
const MISMATCHED = `array(select distinct id from unnest(
  case when excluded.last_event_at is null then held.mismatched_events else '{}' end || excluded.mismatched_events)
  as ids (id) limit $8)`;

/** In a fixed order, for the other replicas write the same rows. */
export async function addWebhookCounts(db: Reader, counts: readonly AddedCounts[]): Promise<void> {
  await db.rows(
    `/* webhookCounts.add */ with added as (
       select *, array(select jsonb_array_elements_text(ids)) as mismatched_events
       from unnest($1::uuid[], $2::timestamptz[], $3::bigint[], $4::timestamptz[], $5::bigint[], $6::jsonb[],
         $7::timestamptz[])
       as given (connection_id, last_event_at, rejected, last_rejected_at, strangers, ids, last_mismatch_at))
     insert into webhook_counts as held
       (connection_id, last_event_at, rejected, last_rejected_at, strangers, mismatched_events, last_mismatch_at,
        secret_wrong_at)
     select connection_id, last_event_at, rejected, last_rejected_at, strangers, mismatched_events, last_mismatch_at,
       case when cardinality(mismatched_events) >= $8 then last_mismatch_at end
     from added order by connection_id
     on conflict (connection_id) do update set
       last_event_at = greatest(held.last_event_at, excluded.last_event_at),
       rejected = held.rejected + excluded.rejected,
       last_rejected_at = greatest(held.last_rejected_at, excluded.last_rejected_at),
       strangers = held.strangers + excluded.strangers,
       mismatched_events = ${MISMATCHED},
       last_mismatch_at = greatest(held.last_mismatch_at, excluded.last_mismatch_at),
       secret_wrong_at = case when excluded.last_mismatch_at is not null and cardinality(${MISMATCHED}) >= $8
         then greatest(held.secret_wrong_at, excluded.last_mismatch_at) else held.secret_wrong_at end`,
    [
      counts.map((count) => count.connectionId),
      counts.map((count) => count.lastEventAt),
      counts.map((count) => count.rejected),
      counts.map((count) => count.lastRejectedAt),
      counts.map((count) => count.strangers),
      counts.map((count) => JSON.stringify(count.mismatchedEvents)),
      counts.map((count) => count.lastMismatchAt),
      MISMATCHES_ENOUGH,
    ],
  );
}

export function findWebhookCounts(
  db: Reader,
  connectionIds: readonly string[],
): Promise<(WebhookCounts & Mismatches & { lastMismatchAt: Date | null })[]> {
  return db.rows(
    `/* webhookCounts.find */ select connection_id as "connectionId", last_event_at as "lastEventAt",
       rejected::float8 as rejected, last_rejected_at as "lastRejectedAt", strangers::float8 as strangers,
       cardinality(mismatched_events) as mismatches, last_mismatch_at as "lastMismatchAt"
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
