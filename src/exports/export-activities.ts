import type { ActivityEntity } from "../activities/activity.entity";
import { toPublicId } from "../base/ids";
import { type ActivityConditions, findActivityPage } from "../journal/activities.store";
import { findProductsById } from "../products/products.store";
import { findUsersById } from "../users/users.store";
import type { ExportRow } from "./format-rows";
import { readMoment } from "./read-moment";
import { type ExportTable, exporting } from "./run-export";

export const ACTIVITY_COLUMNS = [
  "id",
  "type",
  "customType",
  "at",
  "recordedAt",
  "userId",
  "userExternalId",
  "productKey",
  "actor",
  "origin",
  "stripeObject",
  "message",
  "data",
] as const;

/** The latest first, like the list. Lines never change, so each is there once. */
const activities: ExportTable<ActivityEntity> = {
  columns: ACTIVITY_COLUMNS,
  findPage: ({ db }, { mode, filter }, page) => {
    const asked: Omit<ActivityConditions, "mode"> = filter;
    const [after, before] = [readMoment(asked.after), readMoment(asked.before)];
    return findActivityPage(db, { ...asked, after, before, mode }, page);
  },
  complete: async ({ db }, _mode, rows) => {
    const users = await findUsersById(
      db,
      idsOf(rows, ({ userId }) => userId),
    );
    const products = await findProductsById(
      db,
      idsOf(rows, ({ productId }) => productId),
    );
    const externalIds = new Map(users.map(({ id, externalId }) => [id, externalId]));
    const keys = new Map(products.map(({ id, key }) => [id, key]));
    return rows.map((row) =>
      toRow(row, externalIds.get(row.userId ?? "") ?? null, keys.get(row.productId ?? "") ?? null),
    );
  },
};

function idsOf(rows: readonly ActivityEntity[], idOf: (row: ActivityEntity) => string | null): string[] {
  return [...new Set(rows.map(idOf))].filter((id) => id !== null);
}

function toRow(line: ActivityEntity, userExternalId: string | null, productKey: string | null): ExportRow {
  const { type, customType, at, recordedAt, actor, origin, stripeObject, message, data } = line;
  const id = toPublicId("activity", line.id);
  const userId = line.userId && toPublicId("user", line.userId);
  const row: Record<(typeof ACTIVITY_COLUMNS)[number], ExportRow[string]> = {
    id,
    type,
    customType,
    at,
    recordedAt,
    userId,
    userExternalId,
    productKey,
    actor,
    origin,
    stripeObject,
    message,
    data,
  };
  return row;
}

export const exportActivities = exporting(activities);
