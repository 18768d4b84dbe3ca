import type { Mode } from "../base/mode";
import type { Tx } from "../database/db";

export interface NoticeRow {
  id: string;
  mode: Mode;
  type: string;
  userId: string | null;
  productId: string | null;
  activityId: string;
  payload: object;
  createdAt: Date;
}

export async function insertNotices(tx: Tx, notices: readonly NoticeRow[]): Promise<void> {
  if (notices.length === 0) return;
  await tx.rows(
    `/* notices.insert */ insert into notices (id, mode, type, user_id, product_id, activity_id, payload, created_at)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::jsonb[],
       $8::timestamptz[])`,
    [
      notices.map((notice) => notice.id),
      notices.map((notice) => notice.mode),
      notices.map((notice) => notice.type),
      notices.map((notice) => notice.userId),
      notices.map((notice) => notice.productId),
      notices.map((notice) => notice.activityId),
      notices.map((notice) => JSON.stringify(notice.payload)),
      notices.map((notice) => notice.createdAt),
    ],
  );
}
