import { type Origin, origins } from "../activities/activity-types";
import { Refusal } from "../base/refusal";
import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { productNotFound } from "../products/products.store";
import { seeProduct } from "../products/see-product";
import { subjectOf } from "../users/subject";
import { findUser, userNotFound } from "../users/users.store";
import type { ActivityConditions } from "./activities.store";
import type { ActivityFilter } from "./list-activities";

/** What a filter of the journal means for this caller: whom and what it names is looked up, or refused. */
export async function findActivityConditions(ctx: Context, filter: ActivityFilter): Promise<ActivityConditions> {
  const { types, after, before, actor, customTypes } = filter;
  const named = filter.origins ? readOrigins(filter.origins) : null;
  const [userId, productId] = await Promise.all([userOf(ctx, filter), productOf(ctx, filter)]);
  const hidden = readsEverything(ctx) ? {} : { hidesUnclaimed: true };
  return {
    mode: ctx.identity.mode,
    types,
    after,
    before,
    actor,
    origins: named,
    customTypes,
    userId,
    productId,
    ...hidden,
  };
}

function readOrigins(named: readonly string[]): Origin[] {
  const isOrigin = (name: string): name is Origin => Object.hasOwn(origins, name);
  return named.map((name, index) => {
    if (isOrigin(name)) return name;
    const say = `An origin is one of ${Object.keys(origins).join(", ")}.`;
    throw new Refusal("INVALID_INPUT", { say, field: `filter.origins.${index}` });
  });
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
