import { defineLoader, inOrder } from "../graphql/define-loader";
import { findIncluded } from "./includes.store";
import type { ProductEntity } from "./product.entity";
import { findProductsById, findProductsByKey } from "./products.store";

export const productById = defineLoader<string, ProductEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findProductsById(ctx.db, ids), (product) => product.id),
);

export const productByKey = defineLoader<string, ProductEntity | null>(async (ctx, keys) =>
  inOrder(keys, await findProductsByKey(ctx.db, keys), (product) => product.key),
);

/** The ids of what a bundle includes directly, in the caller's order. */
export const includedIds = defineLoader<string, string[]>(async (ctx, bundleIds) => {
  const rows = await findIncluded(ctx.db, bundleIds);
  return bundleIds.map((id) => rows.filter((row) => row.bundle_id === id).map((row) => row.product_id));
});
