import type { Reader, Tx } from "../database/db";

/** A new name of a product that is to be written to its Stripe product. */
export interface NameToPush {
  /** The link. */
  id: string;
  connectionId: string;
  productId: string;
  stripeProduct: string;
  name: string;
  attempts: number;
}

/** Claims names that differ from what was last written. One that nobody finishes is due again after the lease. */
export function claimNames(db: Reader, limit: number, leaseSeconds: number): Promise<NameToPush[]> {
  return db.rows<NameToPush>(
    `/* pushedNames.claim */ with due as (
       select l.id, p.name from product_links l
       join products p on p.id = l.product_id
       join stripe_connections c on c.id = l.connection_id and c.status <> 'DISCONNECTED'
       where l.push_name and l.state = 'ACTIVE' and p.name is distinct from l.pushed_name
         and (p.name is distinct from l.tried_name or l.push_due_at <= now())
       order by l.id limit $1 for update of l skip locked
     ), claimed as (
       update product_links l set push_due_at = now() + make_interval(secs => $2), tried_name = due.name,
         push_attempts = case when due.name is distinct from l.tried_name then 0 else l.push_attempts end
       from due where l.id = due.id
       returning l.id, l.connection_id as "connectionId", l.product_id as "productId",
         l.stripe_product as "stripeProduct", due.name, l.push_attempts as attempts
     )
     select * from claimed order by id`,
    [limit, leaseSeconds],
  );
}

/** The name was written. A later one is found by its difference. */
export async function finishName(db: Reader, { id, name }: NameToPush): Promise<void> {
  await db.rows(
    `/* pushedNames.finish */ update product_links
     set pushed_name = $2, push_due_at = null, push_attempts = 0, push_error = null where id = $1`,
    [id, name],
  );
}

/** Tried again after the pause; null: not before the product has another name. */
export async function failName(
  tx: Tx,
  { id, name }: NameToPush,
  { error, pauseSeconds }: { error: string; pauseSeconds: number | null },
): Promise<void> {
  await tx.rows(
    `/* pushedNames.fail */ update product_links
     set push_due_at = now() + make_interval(secs => $3), push_attempts = push_attempts + 1, push_error = $4
     where id = $1 and tried_name = $2`,
    [id, name, pauseSeconds, error],
  );
}
