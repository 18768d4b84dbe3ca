import { defineLoader, inOrder } from "../graphql/define-loader";
import { definePages } from "../graphql/define-pages";
import type { GrantLife } from "./grant";
import type { GrantEntity } from "./grant.entity";
import { type VersionKey, findVersions } from "./grant-versions.store";
import { findGrantPages, findGrantsById } from "./grants.store";

/** How a grant was at a moment in the past; null: as it is now. */
export const grantVersion = defineLoader<VersionKey, GrantLife | null>(
  (ctx, keys) => findVersions(ctx.db, keys),
  ({ grantId, at }) => `${grantId} ${at.getTime()}`,
);

export const grantById = defineLoader<string, GrantEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findGrantsById(ctx.db, ctx.identity.mode, ids), (grant) => grant.id),
);

export const grantsOfUser = definePages<{ active: boolean | null }, GrantEntity>((ctx, userIds, filter, page) =>
  findGrantPages(ctx.db, userIds, { ...filter, mode: ctx.identity.mode, at: ctx.clock.now() }, page),
);
