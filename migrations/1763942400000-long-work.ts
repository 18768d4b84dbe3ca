import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Files and notes of long work, the pace that replicas share, and what the clock brings. */
export class LongWork1763942400000 implements MigrationInterface {
  readonly name = "LongWork1763942400000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  // In the database, so that any replica can go on with it, and none has to share a disk.
  `create table job_files (
    job_id uuid primary key constraint job_files_job_fk references jobs on delete cascade,
    direction text not null constraint job_files_direction_check check (direction in ('IN', 'OUT')),
    name text not null,
    content_type text not null,
    bytes bigint not null default 0,
    complete boolean not null default false,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  `comment on column job_files.direction is 'IN: what somebody brought. OUT: what an export wrote'`,
  `comment on column job_files.expires_at is 'after that it is removed: it names people'`,
  `create index job_files_expires_idx on job_files (expires_at)`,
  `create table job_file_pieces (
    job_id uuid not null constraint job_file_pieces_file_fk references job_files on delete cascade,
    starts_at bigint not null,
    piece bytea not null,
    primary key (job_id, starts_at)
  )`,
  // Parts of a piece are read again and again; what is compressed has to be opened as a whole each time.
  `alter table job_file_pieces alter column piece set storage external`,
  `comment on column job_file_pieces.starts_at is 'the place of its first byte in the whole file'`,
  `create table job_notes (
    job_id uuid not null constraint job_notes_job_fk references jobs on delete cascade,
    kind text not null,
    subject text not null,
    value text,
    primary key (job_id, kind, subject)
  )`,
  `comment on table job_notes is 'what one page of a job found out for a later one; removed after its end'`,

  `alter table jobs add column moved_at timestamptz not null default now()`,
  `comment on column jobs.moved_at is 'when a page of it went in for the last time'`,

  // Whoever asks Stripe in the background takes the next turns from here, in whichever replica.
  `create table stripe_paces (
    connection_id uuid primary key constraint stripe_paces_connection_fk references stripe_connections,
    next_turn_at timestamptz not null
  )`,
  // A gap in the webhooks is found by comparing Stripe's own list of events with the inbox now and then.
  "alter table webhook_counts add column compared_at timestamptz, add column last_missed_at timestamptz",
  `comment on column webhook_counts.compared_at is 'when the latest events of Stripe were last looked for in the inbox'`,
  `comment on column webhook_counts.last_missed_at is 'when the latest of those that never came had happened'`,
  `alter table stripe_inbox add column paced boolean not null default false`,
  `comment on column stripe_inbox.paced is 'nobody waits for it: it is looked at in the turns of background work'`,
  // Those that wait for a turn must not have to be passed over by whoever looks for the others.
  "drop index stripe_inbox_pending_idx",
  `create index stripe_inbox_pending_idx on stripe_inbox (paced, next_try_at) where state = 'PENDING'`,

  // Up to when the clock's own turns are in the journal.
  `create table clock_sweeps (
    name text primary key,
    swept_at timestamptz not null,
    swept_id uuid
  )`,
  `create index grants_starting_idx on grants (starts_at, id) where ended_at is null and starts_at > created_at`,
  `create index grants_ending_idx on grants (ends_at, id) where ended_at is null and ends_at is not null`,
  // Stripe's clock may be ahead of ours: an end that was told before it came, by our clock.
  `create index grants_ended_ahead_idx on grants (ended_at, id) where ended_at > updated_at`,
  `create index grants_closing_idx on grants ((coalesce(closes_at, ends_at)), id)
    where ended_at is null and ends_at is not null`,
  `alter table products add column remind_days_before integer[] not null default '{}'`,
  `comment on column products.remind_days_before is 'how many days before access ends its holders are reminded'`,

  // An import gives a person a product once, however often the same list comes.
  `create unique index grants_import_key on grants (user_id, product_id, mode) where source = 'IMPORT' and ended_at is null`,
];
