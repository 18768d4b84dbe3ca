import type { Reader } from "../database/db";
import type { Account } from "./hash-removal";

export interface EarlierRemoval extends Account {
  kind: "CUSTOMER" | "PURCHASE";
  id: string;
  removedAt: Date;
}

/** What still names removed users: the customers that their removal unlinked, and the sources of their purchases. */
export function findEarlierRemovals(db: Reader): Promise<EarlierRemoval[]> {
  return db.rows(
    `/* earlierRemovals.find */ with traces as (
       select 'CUSTOMER' as kind, l.connection_id, l.customer as id, u.deleted_at
       from users u join customer_links l on l.user_id = u.id and l.unlinked_at = u.deleted_at
       union
       select 'PURCHASE', f.connection_id, f.source, u.deleted_at
       from users u join stripe_facts f on f.owner_id = u.id where u.deleted_at is not null
       union
       select 'PURCHASE', g.connection_id, g.stripe_object, u.deleted_at
       from users u join grants g on g.user_id = u.id and g.connection_id is not null and g.ended_at = u.deleted_at
       where u.deleted_at is not null
     )
     select t.kind, s.account, s.mode, t.id, t.deleted_at as "removedAt"
     from traces t join stripe_connections s on s.id = t.connection_id`,
  );
}
