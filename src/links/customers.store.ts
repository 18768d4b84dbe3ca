import type { Reader, Tx } from "../database/db";
import { emailKeyOf } from "../users/email-key";
import { type CustomerKey, type CustomerSnapshot, customerName } from "./customer-snapshot";

interface CustomerRow {
  connectionId: string;
  customer: string;
  email: string | null;
  name: string | null;
  deleted: boolean;
  observation: string;
  observedAt: Date;
}

/** Keeps what was seen, unless something newer is held. A deleted customer tells neither address nor name any more. */
export async function keepCustomers(tx: Tx, snapshots: readonly CustomerSnapshot[]): Promise<void> {
  const newest = newestOfEach(snapshots);
  if (newest.length === 0) return;
  await tx.rows(
    `/* customers.keep */ insert into stripe_customers
       (connection_id, customer, email, email_key, name, deleted, observation, observed_at)
     select * from unnest(
       $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::bigint[], $8::timestamptz[])
     on conflict (connection_id, customer) do update set
       email = excluded.email, email_key = excluded.email_key, name = excluded.name, deleted = excluded.deleted,
       observation = excluded.observation, observed_at = excluded.observed_at
     where stripe_customers.observation < excluded.observation`,
    [
      newest.map((each) => each.connectionId),
      newest.map((each) => each.customer),
      newest.map((each) => each.email),
      newest.map((each) => (each.email === null ? null : emailKeyOf(each.email))),
      newest.map((each) => each.name),
      newest.map((each) => each.deleted),
      newest.map((each) => String(each.observation)),
      newest.map((each) => each.observedAt),
    ],
  );
}

/** One statement cannot write one row twice; and always in one order, so that two batches do not wait for one another. */
function newestOfEach(snapshots: readonly CustomerSnapshot[]): CustomerSnapshot[] {
  const byKey = new Map<string, CustomerSnapshot>();
  for (const each of snapshots) {
    const key = customerName(each);
    const held = byKey.get(key);
    if (!held || held.observation < each.observation) byKey.set(key, each);
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

export async function findCustomers(db: Reader, keys: readonly CustomerKey[]): Promise<CustomerSnapshot[]> {
  if (keys.length === 0) return [];
  const rows = await db.rows<CustomerRow>(
    `/* customers.find */ select c.connection_id as "connectionId", c.customer, c.email, c.name, c.deleted,
       c.observation::text as observation, c.observed_at as "observedAt"
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, customer)
     join stripe_customers c using (connection_id, customer)`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.customer)],
  );
  return rows.map((row) => ({ ...row, observation: BigInt(row.observation) }));
}

/** Customers of an account that have this address, as it is compared. Deleted customers have none. */
export async function findCustomersOfAddress(
  db: Reader,
  { connectionId, key, limit }: { connectionId: string; key: string; limit: number },
): Promise<string[]> {
  const rows = await db.rows<{ customer: string }>(
    `/* customers.ofAddress */ select customer from stripe_customers
     where connection_id = $1 and email_key = $2 order by customer limit $3`,
    [connectionId, key, limit],
  );
  return rows.map(({ customer }) => customer);
}

/**
 * Whatever decides whose a customer is takes turns for that customer: what is applied to the old owner cannot be written
 * after the customer was moved. Until the transaction ends.
 */
export async function lockCustomers(tx: Tx, keys: readonly CustomerKey[]): Promise<void> {
  const names = [...new Set(keys.map(customerName))].sort();
  if (names.length === 0) return;
  await tx.rows(
    `/* customers.lock */ select pg_advisory_xact_lock(hashtextextended('stripe customer ' || name, 0))
     from (select name from unnest($1::text[]) with ordinality as wanted (name, place) order by place) wanted`,
    [names],
  );
}
