import type { Db, Reader } from "../database/db";
import { SECOND } from "../base/durations";
import type { NamedIds } from "./named-ids";

/** Told when events came in; every replica listens. A hint: who misses it looks by itself a second later. */
export const INBOX_FILLED = "latchkey_inbox";

export interface NewEvent {
  connectionId: string;
  eventId: string;
  type: string;
  objectId: string | null;
  ids: NamedIds;
  subject: string;
  shape: "SNAPSHOT" | "THIN";
  apiVersion: string | null;
  happenedAt: Date;
  receivedAt: Date;
  /** Kept only while it could be needed, for it names people. */
  body: string | null;
  state: "PENDING" | "IGNORED";
  /** Nobody waits for it: it is looked at in the turns of background work. */
  paced?: boolean;
}

/** Every event that was new. The order of the rows is fixed: two statements that share events never wait in a circle. */
export async function insertEvents(db: Reader, events: readonly NewEvent[]): Promise<number> {
  const columns = (pick: (event: NewEvent) => unknown) => events.map(pick);
  const [row] = await db.rows<{ inserted: number }>(insertSql, [
    columns((event) => event.connectionId),
    columns((event) => event.eventId),
    columns((event) => event.type),
    columns((event) => event.objectId),
    columns((event) => JSON.stringify(event.ids)),
    columns((event) => event.subject),
    columns((event) => event.shape),
    columns((event) => event.apiVersion),
    columns((event) => event.happenedAt),
    columns((event) => event.receivedAt),
    columns((event) => event.body),
    columns((event) => event.state),
    columns((event) => event.paced ?? false),
    INBOX_FILLED,
  ]);
  return row?.inserted ?? 0;
}

const insertSql = `/* inbox.insert */
  with inserted as (
    insert into stripe_inbox (connection_id, event_id, type, object_id, ids, subject, shape, api_version, happened_at,
                              received_at, body, state, paced)
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::text[],
                         $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::bool[])
      as e (connection_id, event_id, type, object_id, ids, subject, shape, api_version, happened_at, received_at, body, state,
            paced)
    order by connection_id, event_id
    on conflict do nothing
    returning state
  ), told as (
    select pg_notify($14, '') from inserted where state = 'PENDING' limit 1
  )
  select (select count(*)::int from inserted) as inserted, (select count(*) from told) as told`;

export interface InboxEvent {
  eventId: string;
  type: string;
  objectId: string | null;
  ids: NamedIds;
  shape: "SNAPSHOT" | "THIN";
  happenedAt: Date;
  receivedAt: Date;
  body: string | null;
  /** How often it was tried before. */
  attempts: number;
  /** It is looked at in the turns of background work. */
  paced: boolean;
}

/** Events of one subject, which are worked on together. */
export interface ClaimedSubject {
  connectionId: string;
  subject: string;
  /** In the order in which they came. */
  events: InboxEvent[];
}

const LEASE_MS = 15 * SECOND;

/**
 * Takes subjects that are due, with all their due events, for as long as the lease; whoever dies gives them back by that.
 * A subject that somebody works on is left alone, also its newer events: they are read together a moment later.
 */
export async function claimSubjects(
  db: Db,
  options: {
    limit: number;
    leaseMs?: number;
    connectionIds?: readonly string[];
    /** Only subjects with an event that is paced, or with one that is not. */
    paced?: boolean;
  },
): Promise<ClaimedSubject[]> {
  const { limit, leaseMs = LEASE_MS, connectionIds = null, paced } = options;
  const rows = await db.rows<InboxEvent & { connectionId: string; subject: string }>(claimSql, [
    limit,
    leaseMs,
    connectionIds,
    limit * CANDIDATES_PER_SUBJECT,
    paced === undefined ? [false, true] : [paced],
  ]);
  const subjects = new Map<string, ClaimedSubject>();
  for (const { connectionId, subject, ...event } of rows) {
    const key = `${connectionId}/${subject}`;
    const known = subjects.get(key) ?? { connectionId, subject, events: [] };
    known.events.push(event);
    subjects.set(key, known);
  }
  return [...subjects.values()];
}

// A customer of whom two hundred events wait must not hide those of the others, nor the queue be read to its end.
const CANDIDATES_PER_SUBJECT = 20;

// Two claims at the same moment could each hold some rows of one subject; the lock gives it to one of them. What is held is
// read once and not looked up for each row: after a flood PostgreSQL does not know yet how many wait, and reads them all.
const claimSql = `/* inbox.claim */
  with held as materialized (
    select connection_id, subject from stripe_inbox where state = 'PENDING' and claimed_until > now()
  ), due as materialized (
    select e.connection_id, e.subject, e.next_try_at from stripe_inbox e
    where e.state = 'PENDING' and e.next_try_at <= now() and (e.claimed_until is null or e.claimed_until <= now())
      and e.paced = any($5::bool[]) and ($3::uuid[] is null or e.connection_id = any($3))
      and (e.connection_id, e.subject) not in (select connection_id, subject from held)
    order by e.next_try_at limit $4
  ), subjects as materialized (
    select connection_id, subject from due group by connection_id, subject order by min(next_try_at) limit $1
  ), mine as materialized (
    select connection_id, subject from subjects
    where pg_try_advisory_xact_lock(hashtextextended(connection_id || '/' || subject, 4242))
  ), claimed as (
    update stripe_inbox e set claimed_until = now() + $2 * interval '1 millisecond' from mine
    where e.connection_id = mine.connection_id and e.subject = mine.subject
      and e.state = 'PENDING' and e.next_try_at <= now() and (e.claimed_until is null or e.claimed_until <= now())
    returning e.*
  )
  select connection_id as "connectionId", subject, event_id as "eventId", type, object_id as "objectId", ids, shape,
         happened_at as "happenedAt", received_at as "receivedAt", body, attempts, paced
  from claimed order by received_at, event_id`;

/** Whoever works on them is alive, and needs longer than the lease. */
export async function extendClaims(
  db: Reader,
  subjects: readonly Pick<ClaimedSubject, "connectionId" | "subject">[],
  leaseMs = LEASE_MS,
): Promise<void> {
  if (subjects.length === 0) return;
  await db.rows(
    `/* inbox.extend */ update stripe_inbox e set claimed_until = now() + $3 * interval '1 millisecond'
     from unnest($1::uuid[], $2::text[]) as held (connection_id, subject)
     where e.connection_id = held.connection_id and e.subject = held.subject
       and e.state = 'PENDING' and e.claimed_until > now()`,
    [subjects.map(({ connectionId }) => connectionId), subjects.map(({ subject }) => subject), leaseMs],
  );
}

export interface EventRef {
  connectionId: string;
  eventId: string;
}

/** Claimed, and not looked at: anybody may have them. */
export async function releaseEvents(db: Reader, events: readonly EventRef[]): Promise<void> {
  await db.rows(
    `/* inbox.release */ update stripe_inbox e set claimed_until = null
     from unnest($1::uuid[], $2::text[]) as released (connection_id, event_id)
     where e.connection_id = released.connection_id and e.event_id = released.event_id and e.state = 'PENDING'`,
    [events.map(({ connectionId }) => connectionId), events.map(({ eventId }) => eventId)],
  );
}

/** Done, or of no concern. What it said about people is not kept. */
export async function finishEvents(
  db: Reader,
  events: readonly EventRef[],
  state: "DONE" | "IGNORED" = "DONE",
): Promise<void> {
  if (events.length === 0) return;
  await db.rows(
    `/* inbox.finish */ update stripe_inbox e
     set state = $3, body = null, error = null, claimed_until = null, done_at = now()
     from unnest($1::uuid[], $2::text[]) as done (connection_id, event_id)
     where e.connection_id = done.connection_id and e.event_id = done.event_id and e.state in ('PENDING', 'FAILED')`,
    [events.map(({ connectionId }) => connectionId), events.map(({ eventId }) => eventId), state],
  );
}

export interface FailedTry extends EventRef {
  /** When to try again. */
  pauseMs: number;
  /** For people: no secrets, no addresses. */
  error: string;
  /** It was tried often enough: it waits for somebody to look at it. */
  final: boolean;
  /** False when it was not the event's fault, such as Stripe not answering. */
  counts: boolean;
}

/** They go on waiting, or stay visible as failed. An event that failed keeps nothing of what it said about people. */
export async function failEvents(db: Reader, tries: readonly FailedTry[]): Promise<void> {
  if (tries.length === 0) return;
  await db.rows(
    `/* inbox.fail */ update stripe_inbox e
     set state = case when f.final then 'FAILED' else 'PENDING' end, attempts = e.attempts + f.counts::int,
         next_try_at = now() + f.pause_ms * interval '1 millisecond', error = left(f.error, 2000), claimed_until = null,
         body = case when f.final then null else e.body end
     from unnest($1::uuid[], $2::text[], $3::float8[], $4::text[], $5::bool[], $6::bool[])
       as f (connection_id, event_id, pause_ms, error, final, counts)
     where e.connection_id = f.connection_id and e.event_id = f.event_id and e.state = 'PENDING'`,
    [
      tries.map((event) => event.connectionId),
      tries.map((event) => event.eventId),
      tries.map((event) => event.pauseMs),
      tries.map((event) => event.error),
      tries.map((event) => event.final),
      tries.map((event) => event.counts),
    ],
  );
}

export interface InboxCount {
  connectionId: string;
  pending: number;
  failed: number;
  /** When the oldest that waits came in. */
  oldestPendingAt: Date | null;
}

/** A row for each connection that has something waiting or failed. */
export function countInbox(db: Reader, connectionIds: readonly string[]): Promise<InboxCount[]> {
  return db.rows(
    `/* inbox.count */ select connection_id as "connectionId",
       count(*) filter (where state = 'PENDING')::int as pending, count(*) filter (where state = 'FAILED')::int as failed,
       min(received_at) filter (where state = 'PENDING') as "oldestPendingAt"
     from stripe_inbox where connection_id = any($1) and state in ('PENDING', 'FAILED') group by connection_id`,
    [connectionIds],
  );
}

/** Those of a connection that somebody works on, or could work on now. */
export async function countDueEvents(db: Reader, connectionId: string): Promise<number> {
  const [row] = await db.rows<{ due: number }>(
    `/* inbox.countDue */ select count(*)::int as due from stripe_inbox
     where connection_id = $1 and state = 'PENDING' and (next_try_at <= now() or claimed_until > now())`,
    [connectionId],
  );
  return row?.due ?? 0;
}

export interface FailedEvent extends EventRef {
  type: string;
  objectId: string | null;
  receivedAt: Date;
  attempts: number;
  error: string | null;
}

/** Those that gave up, the latest first. */
export function findFailed(db: Reader, connectionId: string, limit: number): Promise<FailedEvent[]> {
  return db.rows(
    `/* inbox.failed */ select connection_id as "connectionId", event_id as "eventId", type, object_id as "objectId",
       received_at as "receivedAt", attempts, error
     from stripe_inbox where connection_id = $1 and state = 'FAILED' order by received_at desc, event_id limit $2`,
    [connectionId, limit],
  );
}
