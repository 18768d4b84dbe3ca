import type { ActivityEntity } from "../activities/activity.entity";
import { readsEverything } from "../graphql/allow";
import { defineLoader, inOrder } from "../graphql/define-loader";
import { definePages } from "../graphql/define-pages";
import { findActivitiesById, findActivityPages } from "./activities.store";

export const activityById = defineLoader<string, ActivityEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findActivitiesById(ctx.db, ctx.identity.mode, ids), (activity) => activity.id),
);

export const activitiesOfUser = definePages<Record<string, never>, ActivityEntity>((ctx, userIds, _filter, page) =>
  findActivityPages(
    ctx.db,
    userIds,
    { mode: ctx.identity.mode, ...(readsEverything(ctx) ? {} : { hidesUnclaimed: true }) },
    page,
  ),
);
