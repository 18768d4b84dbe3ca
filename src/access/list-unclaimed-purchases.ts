import type { Page, PageRequest } from "../base/page";
import { getConnection } from "../connections/find-connection";
import type { Context } from "../graphql/context";
import { productNotFound } from "../products/products.store";
import { seeProduct } from "../products/see-product";
import { readUserRef } from "../users/read-user-ref";
import { findUser, userNotFound } from "../users/users.store";
import { type UnclaimedConditions, type UnclaimedRow, findUnclaimedPage } from "./unclaimed.store";

export interface UnclaimedPurchaseFilter {
  product?: string | null;
  candidate?: string | null;
  connection?: string | null;
  after?: Date | null;
  before?: Date | null;
}

/** Purchases of the caller's mode that would open something and have no owner. What the filter names must exist. */
export async function listUnclaimedPurchases(
  ctx: Context,
  filter: UnclaimedPurchaseFilter,
  page: PageRequest,
): Promise<Page<UnclaimedRow>> {
  const { after = null, before = null } = filter;
  const conditions: UnclaimedConditions = {
    mode: ctx.identity.mode,
    at: ctx.clock.now(),
    productId: await productOf(ctx, filter),
    candidateId: await candidateOf(ctx, filter),
    connectionId: await connectionOf(ctx, filter),
    after,
    before,
  };
  return findUnclaimedPage(ctx.db, conditions, page);
}

async function productOf(ctx: Context, { product: named }: UnclaimedPurchaseFilter): Promise<string | null> {
  if (!named) return null;
  const product = await seeProduct(ctx, named);
  if (!product) throw productNotFound("filter.product");
  return product.id;
}

async function candidateOf(ctx: Context, { candidate: named }: UnclaimedPurchaseFilter): Promise<string | null> {
  if (!named) return null;
  const user = await findUser(ctx.db, readUserRef(named));
  if (!user) throw userNotFound("filter.candidate");
  return user.id;
}

async function connectionOf(ctx: Context, { connection }: UnclaimedPurchaseFilter): Promise<string | null> {
  if (!connection) return null;
  return (await getConnection(ctx, ctx.identity.mode, connection, "filter.connection")).id;
}
