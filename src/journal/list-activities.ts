import type { ActivityEntity } from "../activities/activity.entity";
import type { ActivityType, Actor } from "../activities/activity-types";
import type { Page, PageRequest } from "../base/page";
import type { Context } from "../graphql/context";
import { findActivityPage } from "./activities.store";
import { findActivityConditions } from "./find-activity-conditions";

export interface ActivityFilter {
  types?: ActivityType[] | null | undefined;
  user?: string | null | undefined;
  product?: string | null | undefined;
  after?: Date | null | undefined;
  before?: Date | null | undefined;
  actor?: Actor | null | undefined;
  origins?: string[] | null | undefined;
  customTypes?: string[] | null | undefined;
}

/** The journal in the credential's mode; a user token reads its own user's lines only. */
export async function listActivities(
  ctx: Context,
  filter: ActivityFilter,
  page: PageRequest,
): Promise<Page<ActivityEntity>> {
  return findActivityPage(ctx.db, await findActivityConditions(ctx, filter), page);
}
