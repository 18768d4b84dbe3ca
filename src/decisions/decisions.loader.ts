import type { Question } from "../access/decide";
import type { Mode } from "../base/mode";
import type { Db } from "../database/db";
import { type ReadMany, gatherReads } from "../database/gather-reads";
import { defineLoader } from "../graphql/define-loader";
import { definePages } from "../graphql/define-pages";
import type { ProductEntity } from "../products/product.entity";
import { type CheckKey, findQuestions } from "./check.store";
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

export const productsOfUser = definePages<{ allowed: boolean | null; liveOnly: boolean }, ProductEntity>(
  (ctx, userIds, filter, page) =>
    findUserProductPages(ctx.db, userIds, { ...filter, mode: ctx.identity.mode, at: ctx.clock.now() }, page),
);
