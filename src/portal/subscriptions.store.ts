import type { Reader } from "../database/db";
import type { CustomerKey } from "../links/customer-snapshot";

/** The subscriptions of these customers that somebody could still change, as they were last seen. */
export function findOpenSubscriptions(
  db: Reader,
  keys: readonly CustomerKey[],
): Promise<(CustomerKey & { subscription: string })[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return db.rows(
    `/* portal.subscriptions */ select f.connection_id as "connectionId", f.customer, f.source as subscription
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, customer)
     join stripe_facts f using (connection_id, customer)
     where f.kind = 'SUBSCRIPTION'
       and f.facts -> 'state' ->> 'status' not in ('canceled', 'incomplete_expired', 'incomplete')
     order by f.source`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.customer)],
  );
}
