import type { ActivityEntity } from "../activities/activity.entity";
import { newUuid, toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import { type NoticeRow, insertNotices } from "./notices.store";

/** What the caller is to be told of, written in the transaction that makes it true. A line of the journal is told once. */
export async function queueNotices(tx: Tx, now: Date, lines: readonly ActivityEntity[]): Promise<void> {
  await insertNotices(
    tx,
    lines.map((line) => toNotice(line, now)),
  );
}

/** Ids only: whoever hears of it asks for the rest with a credential of their own. */
function toNotice(line: ActivityEntity, now: Date): NoticeRow {
  return {
    id: newUuid(now),
    mode: line.mode,
    type: line.type,
    userId: line.userId,
    productId: line.productId,
    activityId: line.id,
    payload: {
      activity: toPublicId("activity", line.id),
      user: line.userId && toPublicId("user", line.userId),
      product: line.productId && toPublicId("product", line.productId),
      at: line.at.toISOString(),
      origin: line.origin,
    },
    createdAt: now,
  };
}
