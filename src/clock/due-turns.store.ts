import type { Reader } from "../database/db";
import { type SweepPlace, pageAfter } from "./clock-sweeps.store";
import type { PairKey } from "../access/stripe-grants.store";

export interface DueTurn extends PairKey {
  /** When the grant begins or ends by the clock. */
  at: Date;
  id: string;
}

/** Grants that the clock opens or closes after a place, in the order of the moments. */
export function findDueTurns(db: Reader, from: SweepPlace, until: Date, limit: number): Promise<DueTurn[]> {
  return db.rows(dueTurnsSql, pageAfter(from, until, limit));
}

/** Each part reads its own index from the place on, and no more than a batch. */
const part = (moment: string, condition: string) => `(
  select ${moment} as at, id, user_id as "userId", product_id as "productId", mode from grants
  where ${condition} and (${moment}, id) > ($1::timestamptz, $2::uuid) and ${moment} <= $3::timestamptz
  order by ${moment}, id limit $4)`;

export const dueTurnsSql = `/* grants.dueTurns */ select * from (
  ${part("starts_at", "ended_at is null and starts_at > created_at")}
  union all
  ${part("coalesce(closes_at, ends_at)", "ended_at is null and ends_at is not null")}
  union all
  ${part("ended_at", "ended_at > updated_at")}
) due order by at, id limit $4`;
