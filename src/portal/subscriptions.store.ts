import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import type { LinkBasis } from "../links/customer-link.entity";

/** A customer that the user is now, as a way into the portal. */
export interface PortalCustomer {
  connectionId: string;
  customer: string;
  /** What says that the customer is the user. */
  basis: LinkBasis;
  hasSameAddress: boolean;
  isEmpty: boolean;
  /** Those that somebody could still change, as they were last seen. */
  subscriptions: string[];
  /** Also those that are over. */
  known: string[];
}

/** The customers that a user is now, each with its subscriptions and whether both have the same e-mail address. */
export function findPortalCustomers(db: Reader, mode: Mode, userId: string): Promise<PortalCustomer[]> {
  return db.rows(
    `/* portal.customers */ select l.connection_id as "connectionId", l.customer, l.basis,
       coalesce(s.email_key = u.email_key, false) as "hasSameAddress",
       l.basis = 'CHECKOUT' and not exists (
         select from stripe_facts b where b.connection_id = l.connection_id and b.customer = l.customer
           and coalesce(b.facts -> 'state' ->> 'status', b.facts -> 'state' ->> 'payment')
             not in ('incomplete', 'incomplete_expired', 'PENDING', 'FAILED')) as "isEmpty",
       coalesce(f.open, '{}') as subscriptions, coalesce(f.known, '{}') as known
     from customer_links l
     join stripe_connections c on c.id = l.connection_id and c.mode = $1
     join users u on u.id = l.user_id
     left join stripe_customers s on s.connection_id = l.connection_id and s.customer = l.customer
     left join lateral (
       select array_agg(distinct source order by source) as known,
         array_agg(distinct source order by source) filter (
           where facts -> 'state' ->> 'status' not in ('canceled', 'incomplete_expired', 'incomplete')) as open
       from stripe_facts
       where connection_id = l.connection_id and customer = l.customer and kind = 'SUBSCRIPTION'
     ) f on true
     where l.user_id = $2 and l.active order by l.id`,
    [mode, userId],
  );
}
