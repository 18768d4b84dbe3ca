import type { Page, PageRequest } from "../base/page";
import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import type { ProductEntity } from "../products/product.entity";
import { type ProductFilter, findProductPage } from "./list-products.store";

const empty: Page<ProductEntity> = { rows: [], hasNext: false, hasPrevious: false, count: () => Promise.resolve(0) };

/** The catalogue as this caller may see it. */
export function listProducts(ctx: Context, filter: ProductFilter, page: PageRequest): Promise<Page<ProductEntity>> {
  const { mode, userId } = ctx.identity;
  if (readsEverything(ctx)) return findProductPage(ctx.db, mode, filter, page);
  if (filter.status && filter.status !== "LIVE") return Promise.resolve(empty);
  return findProductPage(ctx.db, mode, { ...filter, status: "LIVE", visitor: { userId, at: ctx.clock.now() } }, page);
}
