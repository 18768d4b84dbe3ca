import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";

/** The subscriptions of these users that Stripe will charge for again, as they were last seen. */
export async function countChargedSubscriptions(
  db: Reader,
  { userIds, mode }: { userIds: readonly string[]; mode: Mode },
): Promise<number> {
  const [row] = await db.rows<{ count: number }>(
    `/* facts.chargedOfUsers */ select count(*)::int as count
     from stripe_facts f join stripe_connections c on c.id = f.connection_id and c.mode = $2
     where f.kind = 'SUBSCRIPTION' and f.facts -> 'state' ->> 'status' in ('active', 'trialing', 'past_due')
       and not (f.facts -> 'state' ->> 'cancelAtPeriodEnd')::boolean
       and (f.owner_id = any($1::uuid[]) or (f.connection_id, f.customer) in
         (select connection_id, customer from customer_links where user_id = any($1::uuid[]) and active))`,
    [[...userIds], mode],
  );
  return row?.count ?? 0;
}
