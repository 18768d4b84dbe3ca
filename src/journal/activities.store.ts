import { In } from "typeorm";
import { ActivityEntity } from "../activities/activity.entity";
import { type ActivityType, type Actor, type Origin, UNCLAIMED } from "../activities/activity-types";
import type { Mode } from "../base/mode";
import type { ListOrder, Page, PageRequest } from "../base/page";
import type { Reader } from "../database/db";
import { entityReader } from "../database/read-entity";
import { type List, readPage, readPages } from "../database/read-pages";

/** By when things happened, the latest first. */
export const activityOrder: ListOrder = {
  list: "activities",
  columns: [
    { sql: "a.at", type: "timestamptz" },
    { sql: "a.id", type: "uuid" },
  ],
  newestFirst: true,
};

export interface ActivityConditions {
  mode: Mode;
  types?: readonly ActivityType[] | null | undefined;
  userId?: string | null | undefined;
  productId?: string | null | undefined;
  after?: Date | null | undefined;
  before?: Date | null | undefined;
  actor?: Actor | null | undefined;
  origins?: readonly Origin[] | null | undefined;
  customTypes?: readonly string[] | null | undefined;
  /** Leaves out purchases that may be the user's and may be a stranger's: for callers who do not read everything. */
  hidesUnclaimed?: boolean;
}

export function findActivityPage(
  db: Reader,
  filter: ActivityConditions,
  page: PageRequest,
): Promise<Page<ActivityEntity>> {
  return readPage(db, journal(filter), page, entityReader(db, ActivityEntity));
}

/** The same page below each of these users. */
export function findActivityPages(
  db: Reader,
  userIds: readonly string[],
  filter: ActivityConditions,
  page: PageRequest,
): Promise<Map<string, Page<ActivityEntity>>> {
  const parents = { column: "a.user_id", ids: userIds };
  return readPages(db, { ...journal(filter), parents }, page, entityReader(db, ActivityEntity));
}

function journal(filter: ActivityConditions): Omit<List, "parents"> {
  const values: unknown[] = [];
  const parameter = (value: unknown, cast: string) => `$${values.push(value)}::${cast}`;
  const conditions = [`a.mode = ${parameter(filter.mode, "text")}`];
  if (filter.hidesUnclaimed) conditions.push(`a.custom_type is distinct from '${UNCLAIMED}'`);
  if (filter.types) conditions.push(`a.type = any(${parameter(filter.types, "text[]")})`);
  if (filter.userId) conditions.push(`a.user_id = ${parameter(filter.userId, "uuid")}`);
  if (filter.productId) conditions.push(`a.product_id = ${parameter(filter.productId, "uuid")}`);
  if (filter.after) conditions.push(`a.at >= ${parameter(filter.after, "timestamptz")}`);
  if (filter.before) conditions.push(`a.at < ${parameter(filter.before, "timestamptz")}`);
  if (filter.origins) conditions.push(`a.origin = any(${parameter(filter.origins, "text[]")})`);
  if (filter.customTypes) conditions.push(`a.custom_type = any(${parameter(filter.customTypes, "text[]")})`);
  if (filter.actor) conditions.push(`a.actor = ${parameter(filter.actor, "text")}`);
  return { order: activityOrder, columns: "a.*", from: "activities a", conditions, values };
}

export function findActivitiesById(db: Reader, mode: Mode, ids: readonly string[]): Promise<ActivityEntity[]> {
  return db.repository(ActivityEntity).findBy({ id: In([...ids]), mode });
}
