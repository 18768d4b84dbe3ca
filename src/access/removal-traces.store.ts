import type { Mode } from "../base/mode";
import type { Reader, Tx } from "../database/db";
import { emailKeyOf } from "../users/email-key";
import type { OwnedBy } from "../links/decide-owner";

interface TraceKey {
  connectionId: string;
  account: string;
  mode: Mode;
}

export interface CustomerTrace extends TraceKey {
  customer: string;
  email: string | null;
  /** Linked to the user. Otherwise only their address, or a link that was ended, is a trace of them. */
  isTheirs: boolean;
}

export interface SourceTrace extends TraceKey {
  source: string;
  customer: string | null;
  email: string | null;
  /** Null: it had no owner. */
  ownerId: string | null;
  ownedBy: OwnedBy | null;
  /** Its owner had used a trial. */
  hasTrial: boolean;
  stripeProducts: string[];
}

/** Customers that were linked to these users, or have one of the addresses, and belong to nobody else. */
export function findCustomerTraces(
  db: Reader,
  userIds: readonly string[],
  emailKeys: readonly string[],
): Promise<CustomerTrace[]> {
  return db.rows(
    `/* removalTraces.customers */ with traces as (
       select connection_id, customer, active or dead as held from customer_links where user_id = any($1::uuid[])
       union all
       select connection_id, customer, false from stripe_customers where email_key = any($2::text[])
     )
     select t.connection_id as "connectionId", s.account, s.mode, t.customer, c.email, bool_or(t.held) as "isTheirs"
     from traces t
     join stripe_connections s on s.id = t.connection_id
     left join stripe_customers c on c.connection_id = t.connection_id and c.customer = t.customer
     where not exists (select 1 from customer_links o where o.connection_id = t.connection_id
       and o.customer = t.customer and (o.active or o.dead) and o.user_id <> all($1::uuid[]))
     group by t.connection_id, s.account, s.mode, t.customer, c.email`,
    [[...userIds], [...emailKeys]],
  );
}

/** Purchases of these users, and purchases of nobody by the customers or with one of the addresses. */
export function findSourceTraces(
  db: Reader,
  userIds: readonly string[],
  { emailKeys, customers }: { emailKeys: readonly string[]; customers: readonly CustomerTrace[] },
): Promise<SourceTrace[]> {
  return db.rows(
    `/* removalTraces.sources */ with traces as (
       select connection_id, source from stripe_facts where owner_id = any($1::uuid[])
       union
       select f.connection_id, f.source from unnest($2::uuid[], $3::text[]) as n (connection_id, customer)
       join stripe_facts f on f.connection_id = n.connection_id and f.customer = n.customer where f.owner_id is null
       union
       select connection_id, source from stripe_facts
       where owner_id is null and buyer_key = any($4::text[])
     )
     select f.connection_id as "connectionId", s.account, s.mode, f.source, f.customer,
       f.facts -> 'buyer' ->> 'email' as email, f.owner_id as "ownerId", f.owner_by as "ownedBy", f.stripe_products as "stripeProducts",
       f.owner_id is not null and f.facts -> 'state' ->> 'trialEndsAt' is not null as "hasTrial"
     from traces t join stripe_facts f using (connection_id, source) join stripe_connections s on s.id = f.connection_id`,
    [
      [...userIds],
      customers.map(({ connectionId }) => connectionId),
      customers.map(({ customer }) => customer),
      [...emailKeys],
    ],
  );
}

/** The addresses that other users have. */
export async function findOthersAddresses(
  db: Reader,
  userIds: readonly string[],
  emailKeys: readonly string[],
): Promise<Set<string>> {
  const rows = await db.rows<{ key: string }>(
    `/* removalTraces.others */ select email_key as key from users
     where email_key = any($2::text[]) and deleted_at is null and id <> all($1::uuid[])`,
    [[...userIds], [...emailKeys]],
  );
  return new Set(rows.map(({ key }) => key));
}

/**
 * Removes names and addresses from purchases and customers. The purchases are planned again, as nobody's: what is still
 * charged is listed at once.
 */
export async function blankTraces(
  tx: Tx,
  { sources, customers }: { sources: readonly BlankSource[]; customers: readonly BlankCustomer[] },
): Promise<void> {
  await tx.rows(
    `/* removalTraces.blankSources */ update stripe_facts f set buyer_key = null, needs_plan = true,
       facts = facts || '{"buyer": {"email": null, "name": null}}'
     from unnest($1::uuid[], $2::text[]) as n (connection_id, source)
     where f.connection_id = n.connection_id and f.source = n.source`,
    [sources.map(({ connectionId }) => connectionId), sources.map(({ source }) => source)],
  );
  await blankCustomers(tx, customers);
}

export async function blankCustomers(tx: Tx, customers: readonly BlankCustomer[]): Promise<void> {
  if (customers.length === 0) return;
  await tx.rows(
    `/* removalTraces.blankCustomers */ update stripe_customers c set email = null, email_key = null, name = null
     from unnest($1::uuid[], $2::text[]) as n (connection_id, customer)
     where c.connection_id = n.connection_id and c.customer = n.customer`,
    [customers.map(({ connectionId }) => connectionId), customers.map(({ customer }) => customer)],
  );
}

export type BlankSource = Pick<SourceTrace, "connectionId" | "source">;
export type BlankCustomer = Pick<CustomerTrace, "connectionId" | "customer">;

export function keysOf(emails: readonly (string | null)[]): string[] {
  return [...new Set(emails.flatMap((email) => (email === null ? [] : [emailKeyOf(email)])))];
}
