import type { Reader, Tx } from "../database/db";
import type { CustomerKey } from "../links/customer-snapshot";

/** What has to be locked before what a user holds moves: their customers, and purchases without a customer. */
export async function findLocksOf(db: Reader, userId: string): Promise<CustomerKey[]> {
  return db.rows<CustomerKey>(
    `/* mergeUsers.locks */ select connection_id as "connectionId", customer from customer_links
       where user_id = $1 and (active or dead)
     union select connection_id, coalesce(customer, source) from stripe_facts where owner_id = $1`,
    [userId],
  );
}

/** Users who have anything live: a proof, a grant, a checkout, or a line of the live journal. */
export async function findLiveUsers(db: Reader, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const rows = await db.rows<{ id: string }>(
    `/* mergeUsers.live */ select u.id from users u where u.id = any($1::uuid[]) and (u.email_verified_live
       or exists (select 1 from activities a where a.user_id = u.id and a.mode = 'LIVE')
       or exists (select 1 from grants g where g.user_id = u.id and g.mode = 'LIVE')
       or exists (select 1 from checkout_sessions s where s.user_id = u.id and s.mode = 'LIVE'))`,
    [[...new Set(userIds)]],
  );
  return new Set(rows.map(({ id }) => id));
}

interface Merge {
  from: string;
  into: string;
  now: Date;
}

/** Moves customers and purchases. A customer of a guest's checkout rests on the address from now on. */
export async function movePurchases(tx: Tx, { from, into }: Merge): Promise<void> {
  await tx.rows(
    `/* mergeUsers.customers */ update customer_links set user_id = $2 where user_id = $1 and (active or dead)`,
    [from, into],
  );
  await tx.rows(
    `/* mergeUsers.facts */ update stripe_facts set needs_plan = true,
       owner_id = case when owner_id = $1 then $2 else owner_id end,
       claimed_by = case when claimed_by = $1 then $2 else claimed_by end
     where owner_id = $1 or claimed_by = $1`,
    [from, into],
  );
}

/**
 * Moves grants with their history and their external references. Where both users hold the same of a list, the later end
 * counts.
 */
export async function moveGrants(tx: Tx, { from, into, now }: Merge): Promise<void> {
  await tx.rows(
    `/* mergeUsers.importGrants */ with twice as (
       select a.id as left_id, b.id as kept_id, a.ends_at from grants a join grants b
         on b.user_id = $2 and b.product_id = a.product_id and b.mode = a.mode and b.source = 'IMPORT' and b.ended_at is null
       where a.user_id = $1 and a.source = 'IMPORT' and a.ended_at is null
     ), ended as (
       update grants g set ended_at = $3, end_reason = 'REVOKED', updated_at = $3 from twice t
       where g.user_id = $1 and g.id = t.left_id
     )
     update grants g set updated_at = $3,
       ends_at = case when g.ends_at is null or t.ends_at is null then null else greatest(g.ends_at, t.ends_at) end
     from twice t where g.user_id = $2 and g.id = t.kept_id`,
    [from, into, now],
  );
  await tx.rows(
    `/* mergeUsers.grants */ with moved as (
       update grants g set user_id = $2 where g.user_id = $1
         and (g.source <> 'IMPORT' or g.ended_at is null)
         and not exists (select 1 from grants p where p.user_id = $2 and p.connection_id = g.connection_id
           and p.stripe_object = g.stripe_object and p.stripe_item = g.stripe_item and p.product_id = g.product_id)
       returning g.id
     ), versions as (
       update grant_versions v set user_id = $2 from moved m where v.user_id = $1 and v.grant_id = m.id
     )
     update grant_refs r set user_id = $2 from moved m where r.user_id = $1 and r.grant_id = m.id`,
    [from, into],
  );
}

/** The user is blank and says who took everything over. Checkouts that were opened for them are followed by this. */
export async function writeMerged(tx: Tx, { from, into }: Merge): Promise<void> {
  await tx.rows(`/* mergeUsers.write */ update users set merged_into = $2 where id = $1 or merged_into = $1`, [
    from,
    into,
  ]);
}
