import type { Reader } from "../database/db";
import { type SweepPlace, pageAfter } from "./clock-sweeps.store";

/** A subscription of which an announced end has passed, and Stripe has not said that it came. */
export interface UnconfirmedEnd {
  at: Date;
  /** Of the grant. */
  id: string;
  connectionId: string;
  source: string;
  customer: string | null;
  /** Its account is connected. */
  canAsk: boolean;
}

/** After a place, in the order of the ends. A subscription of several items may be there for each of them. */
export function findUnconfirmedEnds(
  db: Reader,
  from: SweepPlace,
  until: Date,
  limit: number,
): Promise<UnconfirmedEnd[]> {
  return db.rows(unconfirmedEndsSql, pageAfter(from, until, limit));
}

export const unconfirmedEndsSql = `/* grants.unconfirmedEnds */ with due as materialized (
    select ends_at, id, source, connection_id, stripe_object from grants
    where ended_at is null and ends_at is not null
      and (ends_at, id) > ($1::timestamptz, $2::uuid) and ends_at <= $3::timestamptz
    order by ends_at, id limit $4
  )
  select d.ends_at as at, d.id, d.connection_id as "connectionId", d.stripe_object as source, f.customer,
    d.source = 'SUBSCRIPTION' and c.status is not null and c.status <> 'DISCONNECTED' as "canAsk"
  from due d
  left join stripe_connections c on c.id = d.connection_id
  left join stripe_facts f on f.connection_id = d.connection_id and f.source = d.stripe_object
  order by d.ends_at, d.id`;
