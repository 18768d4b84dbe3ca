import type { ActivityEntity } from "../activities/activity.entity";
import type { ActivityType, Actor } from "../activities/activity-types";
import type { Page, PageRequest } from "../base/page";
import type { Context } from "../graphql/context";
import { productNotFound } from "../products/products.store";
import { seeProduct } from "../products/see-product";
import { subjectOf } from "../users/subject";
import { findUser, userNotFound } from "../users/users.store";
import { findActivityPage } from "./activities.store";

export interface ActivityFilter {
  types?: ActivityType[] | null | undefined;
  user?: string | null | undefined;
  product?: string | null | undefined;
  after?: Date | null | undefined;
  before?: Date | null | undefined;
  actor?: Actor | null | undefined;
}

/** The journal in the credential's mode; a user token reads its own user's lines only. */
export async function listActivities(
  ctx: Context,
  filter: ActivityFilter,
  page: PageRequest,
): Promise<Page<ActivityEntity>> {
  const { types, after, before, actor } = filter;
  const [userId, productId] = await Promise.all([userOf(ctx, filter), productOf(ctx, filter)]);
  return findActivityPage(ctx.db, { mode: ctx.identity.mode, types, after, before, actor, userId, productId }, page);
}

async function userOf(ctx: Context, filter: ActivityFilter): Promise<string | null> {
  const ref = await subjectOf(ctx, filter.user);
  if (ref === null) return null;
  const user = await findUser(ctx.db, ref);
  if (!user) throw userNotFound("filter.user");
  return user.id;
}

async function productOf(ctx: Context, { product: named }: ActivityFilter): Promise<string | null> {
  if (named === null || named === undefined) return null;
  const product = await seeProduct(ctx, named);
  if (!product) throw productNotFound("filter.product");
  return product.id;
}
