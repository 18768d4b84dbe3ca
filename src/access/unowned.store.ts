import type { Tx } from "../database/db";
import type { CustomerKey } from "../links/customer-snapshot";

/** Purchases of nobody by these customers are planned again: it is known now whose the customers are. */
export async function markUnownedOf(tx: Tx, customers: readonly CustomerKey[]): Promise<void> {
  if (customers.length === 0) return;
  await tx.rows(
    `/* unowned.mark */ update stripe_facts f set needs_plan = true
     from unnest($1::uuid[], $2::text[]) as n (connection_id, customer)
     where f.connection_id = n.connection_id and f.customer = n.customer and f.owner_id is null and not f.needs_plan`,
    [customers.map(({ connectionId }) => connectionId), customers.map(({ customer }) => customer)],
  );
}
