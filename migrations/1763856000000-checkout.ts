import { type MigrationInterface, type QueryRunner } from "typeorm";

/** Our own record of every checkout that we open, and of customers that are being made. */
export class Checkout1763856000000 implements MigrationInterface {
  readonly name = "Checkout1763856000000";

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  down(): Promise<void> {
    throw new Error("Migrations roll forward only: restore a backup, or write a new migration.");
  }
}

const statements = [
  `create table checkout_sessions (
    id uuid primary key,
    mode text not null constraint checkout_sessions_mode_check check (mode in ('LIVE', 'TEST')),
    connection_id uuid not null constraint checkout_sessions_connection_fk references stripe_connections,
    user_id uuid constraint checkout_sessions_user_fk references users,
    is_guest boolean not null,
    product_id uuid not null constraint checkout_sessions_product_fk references products,
    price text not null,
    quantity integer not null,
    trial_days integer,
    slot text not null,
    input_hash text not null,
    session text,
    status text not null
      constraint checkout_sessions_status_check check (status in ('MAKING', 'OPEN', 'CLOSING', 'COMPLETE', 'EXPIRED')),
    payment_status text not null default 'unpaid',
    tries integer not null default 0,
    claimed_until timestamptz,
    expires_at timestamptz,
    settled_at timestamptz,
    created_by text not null,
    created_at timestamptz not null,
    constraint checkout_sessions_open_check
      check (status in ('MAKING', 'EXPIRED') or (session is not null and expires_at is not null))
  )`,
  `comment on column checkout_sessions.user_id is 'for whom it was opened; null: a guest whose address was somebody''s'`,
  `comment on column checkout_sessions.slot is 'one open session for each user, price and slot: what the caller''s idempotency key hashes to'`,
  `comment on column checkout_sessions.tries is 'how many of Stripe''s idempotency keys were used up by answers that were lost'`,
  `comment on column checkout_sessions.claimed_until is 'until when nobody else makes it'`,
  `comment on column checkout_sessions.settled_at is 'when its purchase was applied; it is not looked at again'`,
  `create unique index checkout_sessions_slot_key on checkout_sessions (user_id, connection_id, price, slot)
    where status in ('MAKING', 'OPEN')`,
  `create unique index checkout_sessions_session_key on checkout_sessions (connection_id, session)
    where session is not null`,
  `create index checkout_sessions_user_idx on checkout_sessions (user_id, product_id)`,

  // One row while a user's customer is being made in one connection; the link takes its place.
  `create table customer_makings (
    user_id uuid not null constraint customer_makings_user_fk references users,
    connection_id uuid not null constraint customer_makings_connection_fk references stripe_connections,
    attempt uuid not null,
    tries integer not null default 0,
    claimed_until timestamptz not null,
    created_at timestamptz not null,
    primary key (user_id, connection_id)
  )`,
  `comment on column customer_makings.attempt is 'what Stripe''s idempotency keys follow from, and how a customer is known again whose making was not answered'`,
];
