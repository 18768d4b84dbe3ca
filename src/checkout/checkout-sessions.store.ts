import { In, IsNull, Not } from "typeorm";
import type { Mode } from "../base/mode";
import type { Db, Reader, Tx } from "../database/db";
import { entityReader } from "../database/read-entity";
import { CheckoutSessionEntity } from "./checkout-session.entity";

/** Whoever opens checkouts for one user takes turns, until the transaction ends. */
export async function lockCheckouts(tx: Tx, name: string): Promise<void> {
  await tx.rows(`/* checkouts.lock */ select pg_advisory_xact_lock(hashtextextended('checkout ' || $1, 0))`, [name]);
}

export interface HeldCheckout {
  row: CheckoutSessionEntity;
  /** Somebody is making it at this moment. */
  isClaimed: boolean;
}

/** The checkout that an idempotency key stands for, whatever became of it. */
export function findHeld(tx: Tx, id: string): Promise<HeldCheckout | null> {
  return findWhere(tx, "/* checkouts.held */", "s.id = $1", [id]);
}

/** The one that is open for the user, or being made, of this product in this connection. */
export function findOpen(
  tx: Tx,
  { userId, connectionId, productId }: Pick<CheckoutSessionEntity, "userId" | "connectionId" | "productId">,
): Promise<HeldCheckout | null> {
  const where = `s.user_id = $1 and s.connection_id = $2 and s.product_id = $3 and not s.is_guest
    and s.status in ('MAKING', 'OPEN')`;
  return findWhere(tx, "/* checkouts.open */", where, [userId, connectionId, productId]);
}

async function findWhere(tx: Tx, name: string, where: string, values: unknown[]): Promise<HeldCheckout | null> {
  const raw = await tx.rows<Record<string, unknown> & { is_claimed: boolean }>(
    `${name} select s.*, s.status = 'MAKING' and coalesce(s.claimed_until > now(), false) as is_claimed
     from checkout_sessions s where ${where}`,
    values,
  );
  const [first] = raw.map(({ is_claimed: isClaimed, ...columns }) => ({
    row: entityReader(tx, CheckoutSessionEntity)(columns),
    isClaimed,
  }));
  return first ?? null;
}

/** Others of the user's that offer a trial of the same product. */
export async function findOpenTrials(
  tx: Tx,
  { id, userId, productId, mode }: Pick<CheckoutSessionEntity, "id" | "userId" | "productId" | "mode">,
): Promise<CheckoutSessionEntity[]> {
  const raw = await tx.rows<Record<string, unknown>>(
    `/* checkouts.openTrials */ select * from checkout_sessions where user_id = $1 and product_id = $2 and mode = $3
     and status = 'OPEN' and not is_guest and trial_days is not null and id <> $4 order by id`,
    [userId, productId, mode, id],
  );
  return raw.map(entityReader(tx, CheckoutSessionEntity));
}

export async function insertCheckout(tx: Tx, row: CheckoutSessionEntity): Promise<void> {
  await tx.repository(CheckoutSessionEntity).insert(row);
}

/** Nobody else makes it, for so long. */
export async function claimCheckout(tx: Tx, id: string, seconds: number): Promise<void> {
  await tx.rows(
    `/* checkouts.claim */ update checkout_sessions set claimed_until = now() + make_interval(secs => $2) where id = $1`,
    [id, seconds],
  );
}

/** False: another request has closed it since. */
export async function renewClaim(db: Reader, id: string, seconds: number): Promise<boolean> {
  const rows = await db.rows(
    `/* checkouts.renewClaim */ with renewed as (
       update checkout_sessions set claimed_until = now() + make_interval(secs => $2)
       where id = $1 and status = 'MAKING' returning id)
     select id from renewed`,
    [id, seconds],
  );
  return rows.length > 0;
}

/** What Stripe made. It is open, or to be closed if another request has taken its place. Null: it was paid already. */
export async function keepMade(
  db: Reader,
  id: string,
  { session, expiresAt }: { session: string; expiresAt: Date },
): Promise<CheckoutSessionEntity | null> {
  const [raw] = await db.rows<Record<string, unknown>>(
    `/* checkouts.keepMade */ with made as (
       update checkout_sessions set session = $2, expires_at = $3, claimed_until = null,
         status = case when status in ('MAKING', 'OPEN') then 'OPEN' else 'CLOSING' end
       where id = $1 and status <> 'COMPLETE' returning *)
     select * from made`,
    [id, session, expiresAt],
  );
  return raw ? entityReader(db, CheckoutSessionEntity)(raw) : null;
}

/** It was not made: whoever asks next goes on at once. */
export async function releaseCheckout(db: Reader, id: string, { isSpent }: { isSpent: boolean }): Promise<void> {
  await db.rows(
    `/* checkouts.release */ update checkout_sessions set claimed_until = null, tries = tries + $2::int
     where id = $1 and status = 'MAKING'`,
    [id, isSpent ? 1 : 0],
  );
}

export async function updateCheckout(
  db: Reader,
  id: string,
  changes: Partial<Omit<CheckoutSessionEntity, "id">>,
): Promise<void> {
  await db.repository(CheckoutSessionEntity).update({ id }, changes);
}

/** What is to be expired in Stripe before the user is given a session of this product. */
export function findClosing(
  db: Db,
  { userId, productId, mode }: { userId: string; productId: string; mode: Mode },
): Promise<CheckoutSessionEntity[]> {
  const where = { userId, productId, mode, isGuest: false, status: "CLOSING" as const };
  return db.repository(CheckoutSessionEntity).find({ where, order: { id: "ASC" } });
}

/** Whether the purchase of a session has been applied. */
export async function isPurchaseKnown(
  db: Reader,
  { connectionId, userId, session }: Pick<CheckoutSessionEntity, "connectionId" | "userId"> & { session: string },
): Promise<boolean> {
  const [row] = await db.rows(
    `/* checkouts.purchaseKnown */ select 1 from stripe_facts
     where owner_id = $1 and connection_id = $2 and facts -> 'sessions' @> to_jsonb($3::text) limit 1`,
    [userId, connectionId, session],
  );
  return row !== undefined;
}

export function findCheckouts(db: Reader, mode: Mode, sessions: readonly string[]): Promise<CheckoutSessionEntity[]> {
  return db.repository(CheckoutSessionEntity).findBy({ mode, session: In([...sessions]) });
}

/** One that Stripe has made, whatever became of it. */
export function findCheckoutById(db: Reader, id: string): Promise<CheckoutSessionEntity | null> {
  return db.repository(CheckoutSessionEntity).findOneBy({ id, session: Not(IsNull()), status: Not("MAKING") });
}

/**
 * Whether an account is nobody's yet: guests' checkouts made it, and nothing was ever bought, given, claimed or signed in
 * with. Whoever types its address again goes on with it; from the first purchase on it belongs to its owner alone.
 */
export async function isUntouched(tx: Tx, userId: string): Promise<boolean> {
  const [row] = await tx.rows<{ untouched: boolean }>(
    `/* checkouts.untouched */ select u.external_id is null and u.last_seen_at is null and u.taken_at is null
       and not u.email_verified_live and not u.email_verified_test
       and exists (select 1 from checkout_sessions s where s.user_id = u.id and s.is_guest)
       and not exists (select 1 from checkout_sessions s where s.user_id = u.id
         and (not s.is_guest or s.status = 'COMPLETE'))
       and not exists (select 1 from grants g where g.user_id = u.id)
       and not exists (select 1 from customer_links l where l.user_id = u.id)
       and not exists (select 1 from stripe_facts f where f.owner_id = u.id or f.claimed_by = u.id) as untouched
     from users u where u.id = $1`,
    [userId],
  );
  return row?.untouched ?? false;
}

/** How many subscriptions for these products in Stripe began with a trial, whoever opened their checkout. */
export async function countTrials(
  db: Reader,
  { userId, mode, stripeProducts }: { userId: string; mode: Mode; stripeProducts: readonly string[] },
): Promise<number> {
  const [row] = await db.rows<{ used: string }>(
    `/* checkouts.countTrials */ select count(*) as used from stripe_facts f
     join stripe_connections c on c.id = f.connection_id
     where f.owner_id = $1 and f.owner_by not in ('EMAIL', 'CREATED') and c.mode = $2 and f.kind = 'SUBSCRIPTION'
       and f.stripe_products && $3::text[]
       and f.facts -> 'state' ->> 'trialEndsAt' is not null`,
    [userId, mode, [...stripeProducts]],
  );
  return Number(row?.used ?? 0);
}
