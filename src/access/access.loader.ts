import type { Mode } from "../base/mode";
import type { Db } from "../database/db";
import { type ReadMany, gatherReads } from "../database/gather-reads";
import { defineLoader, inOrder } from "../graphql/define-loader";
import { definePages } from "../graphql/define-pages";
import type { ProductEntity } from "../products/product.entity";
import { type CheckKey, findQuestions } from "./check.store";
import type { Question } from "./decide";
import type { GrantLife } from "./grant";
import type { GrantEntity } from "./grant.entity";
import { type VersionKey, findVersions } from "./grant-versions.store";
import { findGrantPages, findGrantsById } from "./grants.store";
import { findUserProductPages } from "./user-products.store";

/** Checks that are asked in one request share one statement, and so do those of requests that come together. */
export const accessQuestion = defineLoader<CheckKey, Omit<Question, "at">>(
  (ctx, keys) => gathered(ctx.db, ctx.identity.mode)(keys),
  ({ product, user }) => JSON.stringify([product.id, product.key, user?.id, user?.externalId]),
);

type ReadQuestions = ReadMany<CheckKey, Omit<Question, "at">>;

const gatherings = new WeakMap<Db, Map<Mode, ReadQuestions>>();

/** One gathering for each database and mode of this process. */
function gathered(db: Db, mode: Mode): ReadQuestions {
  const ofDb = gatherings.get(db) ?? new Map<Mode, ReadQuestions>();
  gatherings.set(db, ofDb);
  const found = ofDb.get(mode) ?? gatherReads((keys) => findQuestions(db, mode, keys));
  ofDb.set(mode, found);
  return found;
}

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

export const productsOfUser = definePages<{ allowed: boolean | null; liveOnly: boolean }, ProductEntity>(
  (ctx, userIds, filter, page) =>
    findUserProductPages(ctx.db, userIds, { ...filter, mode: ctx.identity.mode, at: ctx.clock.now() }, page),
);
