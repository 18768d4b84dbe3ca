import type { Reader } from "../database/db";
import type { AccessMode, ProductStatus } from "../products/product.entity";
import { type SweepPlace, pageAfter } from "./clock-sweeps.store";
import type { PairKey } from "../access/stripe-grants.store";

export interface DueReminder extends PairKey {
  /** When it is due. */
  at: Date;
  /** Of the grant that ends. */
  id: string;
  days: number;
  endsAt: Date;
  status: ProductStatus;
  accessMode: AccessMode;
}

/** Grants whose announced end is as many days away as their product reminds of it, after a place. */
export function findDueReminders(db: Reader, from: SweepPlace, until: Date, limit: number): Promise<DueReminder[]> {
  return db.rows(dueRemindersSql, pageAfter(from, until, limit));
}

// A day is 24 hours, whatever the time zone of the session says. For each number of days the index is read from the place on.
export const dueRemindersSql = `/* grants.dueReminders */ with leads as materialized (
    select distinct unnest(remind_days_before) as days from products where remind_days_before <> '{}'
  )
  select due.ends_at - due.lead as at, due.id, due.days, due.ends_at as "endsAt", due.user_id as "userId",
    due.product_id as "productId", due.mode, due.status, due.access_mode as "accessMode"
  from leads l cross join lateral (
    select g.*, l.days, lead, p.status, p.access_mode
    from (select l.days * interval '24 hours' as lead) spans
    join grants g on (g.ends_at, g.id) > ($1::timestamptz + lead, $2::uuid) and g.ends_at <= $3::timestamptz + lead
    join products p on p.id = g.product_id and l.days = any(p.remind_days_before)
    where g.ended_at is null and g.ends_at is not null
    order by g.ends_at, g.id limit $4
  ) due order by at, due.id limit $4`;
